package dev.postrider.oauth;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The browser flow: the provider sends the person's browser back to this machine with a code (RFC
 * 8252 §7.3), which is good only together with what this process keeps to itself (PKCE, RFC 7636).
 * Where the browser is on another machine, the person pastes the address that it could not open.
 */
final class BrowserLogin {
  private static final int RANDOM_OCTETS = 32;

  private final TokenClient client;
  private final LoginTalk talk;
  private final Duration patience;
  private final int port;
  private final String state = random();
  private final String verifier = random();

  BrowserLogin(TokenClient client, LoginTalk talk, Duration patience, int port) {
    this.client = client;
    this.talk = talk;
    this.patience = patience;
    this.port = port;
  }

  LoginOutcome run(LoginRequest request) throws IOException, InterruptedException {
    IdentityProvider provider = request.provider();
    if (provider.authorization().isEmpty()) {
      return new LoginOutcome.Failed(
          provider.name() + " has no page to log in at with a browser; use --device");
    }
    BlockingQueue<Redirect> arrived = new LinkedBlockingQueue<>();
    try (RedirectListener listener = RedirectListener.open(port, state, arrived::add)) {
      talk.say("Open this page in your browser and log in:");
      talk.say(page(provider.authorization().get(), request, listener.address()).toString());
      talk.say(
          "The browser comes back to this machine. If it runs on another one it will show an error");
      talk.say("then: paste the whole address that it could not open, and press Enter.");
      Thread paste = Thread.ofPlatform().daemon().name("paste").start(() -> paste(arrived));
      @Nullable Redirect redirect = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      paste.interrupt();
      if (redirect == null) {
        return new LoginOutcome.Failed(
            "nobody logged in within " + patience.toMinutes() + " minutes; try again");
      }
      return switch (redirect) {
        case Redirect.Code(var code) -> exchange(request, code, listener.address());
        case Redirect.Refused(var words) ->
            new LoginOutcome.Failed(
                words.startsWith("access_denied")
                    ? "the login was refused at the provider's page"
                    : provider.name() + " said " + words);
        case Redirect.Foreign(var why) -> new LoginOutcome.Failed(why);
      };
    }
  }

  private void paste(BlockingQueue<Redirect> arrived) {
    for (Optional<String> line = talk.pasted(); line.isPresent(); line = talk.pasted()) {
      if (line.get().isBlank()) {
        continue;
      }
      Redirect redirect = Redirect.parse(line.get().strip(), state);
      if (redirect instanceof Redirect.Foreign(var why)) {
        talk.say(why);
      } else {
        arrived.add(redirect);
        return;
      }
    }
  }

  private URI page(URI authorization, LoginRequest request, URI redirect) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", request.client().id());
    query.put("redirect_uri", redirect.toString());
    query.put("scope", request.provider().scope());
    query.put("state", state);
    query.put("code_challenge", challenge(verifier));
    query.put("code_challenge_method", "S256");
    if (request.account().indexOf('@') > 0) {
      query.put("login_hint", request.account());
    }
    query.putAll(request.provider().extras());
    String text =
        query.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return URI.create(authorization + (authorization.getQuery() == null ? "?" : "&") + text);
  }

  private LoginOutcome exchange(LoginRequest request, String code, URI redirect)
      throws InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code);
    form.put("redirect_uri", redirect.toString());
    form.put("code_verifier", verifier);
    return switch (client.ask(request.provider().token(), request.client(), form)) {
      case TokenReply.Granted(var access, var refresh) ->
          new LoginOutcome.LoggedIn(request.granted(access, refresh));
      case TokenReply.Refused refused ->
          new LoginOutcome.Failed(request.provider().name() + " said " + refused.words());
      case TokenReply.Unreachable(var reason) -> new LoginOutcome.Failed(reason);
    };
  }

  private static String challenge(String verifier) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static String random() {
    byte[] octets = new byte[RANDOM_OCTETS];
    new SecureRandom().nextBytes(octets);
    return base64(octets);
  }

  private static String base64(byte[] octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
