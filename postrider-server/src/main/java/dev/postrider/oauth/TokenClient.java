package dev.postrider.oauth;

import dev.postrider.io.Printable;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretAnswer;
import dev.postrider.secret.Secrets;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The questions for tokens, and what the answers mean (RFC 6749 §5). Safe on any thread. */
final class TokenClient {
  /** What a provider means that does not say it (RFC 6749 §5.1 recommends to say). */
  private static final long USUAL_SECONDS = 3600;

  private static final long MOST_SECONDS = Duration.ofDays(30).toSeconds();
  private static final int MOST_DESCRIPTION = 300;

  private final TokenEndpoint endpoint;
  private final Secrets secrets;
  private final InstantSource clock;

  TokenClient(TokenEndpoint endpoint, Secrets secrets, InstantSource clock) {
    this.endpoint = endpoint;
    this.secrets = secrets;
    this.clock = clock;
  }

  /** Asks for a new access token. */
  TokenReply renew(Grant grant, Secret refresh) throws InterruptedException {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", refresh.text());
    if (grant.provider().name().startsWith("microsoft")) {
      // Otherwise the token may be for another of Microsoft's services.
      form.put("scope", grant.provider().scope());
    }
    return ask(grant.provider().token(), grant.client(), form);
  }

  /**
   * Asks for tokens.
   *
   * @param form without the client's id and secret, which are added
   */
  TokenReply ask(URI address, OAuthClient client, Map<String, String> form)
      throws InterruptedException {
    Instant asked = clock.instant();
    return switch (send(address, client, form)) {
      case Sent.Nothing(var reason) -> new TokenReply.Unreachable(reason);
      case Sent.Fields(var status, var fields) -> meaning(address, status, fields, asked, form);
    };
  }

  /** What came back. */
  sealed interface Sent {
    record Fields(int status, Map<String, String> fields) implements Sent {
      @Override
      public String toString() {
        return "Fields[" + status + "]";
      }
    }

    record Nothing(String reason) implements Sent {}
  }

  /** Sends a form with the client's id and secret. */
  Sent send(URI address, OAuthClient client, Map<String, String> form) throws InterruptedException {
    form.put("client_id", client.id());
    if (client.secret().isPresent()) {
      switch (secrets.fetch(client.secret().get())) {
        case SecretAnswer.Found(var secret) -> form.put("client_secret", secret.text());
        case SecretAnswer.Unavailable(var reason) -> {
          return new Sent.Nothing("the secret of the client: " + reason);
        }
      }
    }
    try {
      TokenEndpoint.Answer answer = endpoint.post(address, form);
      if (answer.status() == 429 || answer.status() >= 500) {
        return new Sent.Nothing(address.getHost() + ": HTTP status " + answer.status());
      }
      try {
        return new Sent.Fields(answer.status(), FlatJson.read(answer.body()));
      } catch (IOException e) {
        return new Sent.Nothing(
            address.getHost()
                + ": HTTP status "
                + answer.status()
                + " with an answer that cannot be read: "
                + e.getMessage());
      }
    } catch (IOException e) {
      return new Sent.Nothing(String.valueOf(e.getMessage()));
    }
  }

  private static TokenReply meaning(
      URI address,
      int status,
      Map<String, String> fields,
      Instant asked,
      Map<String, String> form) {
    String error = fields.getOrDefault("error", "");
    if (!error.isEmpty()) {
      return new TokenReply.Refused(
          plain(error, form), plain(fields.getOrDefault("error_description", ""), form));
    }
    String access = fields.getOrDefault("access_token", "");
    String type = fields.getOrDefault("token_type", "bearer");
    if (status != 200 || access.isEmpty() || !type.equalsIgnoreCase("bearer") || !isToken(access)) {
      return new TokenReply.Unreachable(
          address.getHost() + ": HTTP status " + status + " with an answer that holds no token");
    }
    return new TokenReply.Granted(
        new Grant.Access(
            Secret.of(access), asked, asked.plusSeconds(seconds(fields.get("expires_in")))),
        Optional.ofNullable(fields.get("refresh_token"))
            .filter(text -> !text.isEmpty())
            .map(Secret::of));
  }

  /** Visible ASCII, as RFC 6750 §2.1 has it: anything else could end the line of AUTH. */
  private static boolean isToken(String text) {
    return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }

  private static long seconds(@org.jspecify.annotations.Nullable String text) {
    try {
      double seconds = text == null ? USUAL_SECONDS : Double.parseDouble(text);
      return seconds > 0 ? (long) Math.min(seconds, (double) MOST_SECONDS) : USUAL_SECONDS;
    } catch (NumberFormatException _) {
      return USUAL_SECONDS;
    }
  }

  /** The provider's words, in case they repeat what was asked. */
  private static String plain(String text, Map<String, String> form) {
    String safe = text;
    for (String name :
        new String[] {"refresh_token", "client_secret", "code", "code_verifier", "device_code"}) {
      String secret = form.getOrDefault(name, "");
      safe = secret.isEmpty() ? safe : safe.replace(secret, "********");
    }
    return Printable.beginning(safe.lines().findFirst().orElse(""), MOST_DESCRIPTION);
  }
}
