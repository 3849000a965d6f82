package dev.postrider.oauth;

import dev.postrider.secret.Secrets;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Has a person give leave, with a browser here or elsewhere, and keeps what comes of it. For one
 * thread.
 */
public final class PersonLogin {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final TokenStore store;
  private final TokenClient client;
  private final InstantSource clock;
  private final LoginTalk talk;

  PersonLogin(TokenStore store, TokenClient client, InstantSource clock, LoginTalk talk) {
    this.store = store;
    this.client = client;
    this.clock = clock;
    this.talk = talk;
  }

  /** Asks providers over the network. */
  public static PersonLogin of(
      TokenStore store, Secrets secrets, InstantSource clock, LoginTalk talk) {
    return new PersonLogin(
        store, new TokenClient(new HttpEndpoint(PATIENCE), secrets, clock), clock, talk);
  }

  /** By a code that is typed in at any browser (RFC 8628). */
  public LoginOutcome byDevice(LoginRequest request) throws IOException, InterruptedException {
    return kept(new DeviceLogin(client, clock, talk).run(request));
  }

  /**
   * By a browser that comes back to this machine, or whose last address the person pastes here (RFC
   * 8252).
   *
   * @param patience how long the person may take
   * @param port where the browser comes back to; 0 for any free one
   */
  public LoginOutcome byBrowser(LoginRequest request, Duration patience, int port)
      throws IOException, InterruptedException {
    return kept(new BrowserLogin(client, talk, patience, port).run(request));
  }

  private LoginOutcome kept(LoginOutcome outcome) throws IOException, InterruptedException {
    if (outcome instanceof LoginOutcome.LoggedIn(var grant)) {
      try (Closeable _ = store.lock(grant.account())) {
        store.save(grant);
      }
    }
    return outcome;
  }
}
