package dev.postrider.smtp;

import dev.postrider.mail.reply.Reply;
import dev.postrider.sasl.Credentials;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which logins a server has refused, so that a queue full of mail does not hammer it with
 * a bad password until it locks the account. A changed password is another login and is tried at
 * once. Safe on any thread.
 */
final class LoginRefusals {
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MAX_ENTRIES = 1000;

  private record Refusal(Reply reply, Instant until, Duration pause) {}

  private final InstantSource clock;
  private final Map<String, Refusal> refusals = new LinkedHashMap<>();

  LoginRefusals(InstantSource clock) {
    this.clock = clock;
  }

  /** What the server said when this login was last refused, while it is not to be tried again. */
  synchronized Optional<Reply> remembered(String server, Credentials credentials) {
    Refusal refusal = refusals.get(key(server, credentials));
    return refusal != null && clock.instant().isBefore(refusal.until)
        ? Optional.of(refusal.reply)
        : Optional.empty();
  }

  synchronized void refused(String server, Credentials credentials, Reply reply) {
    String key = key(server, credentials);
    Refusal before = refusals.remove(key);
    Duration wait = before == null ? FIRST : before.pause.multipliedBy(2);
    if (wait.compareTo(LONGEST) > 0) {
      wait = LONGEST;
    }
    if (refusals.size() >= MAX_ENTRIES) {
      refusals.remove(refusals.keySet().iterator().next());
    }
    refusals.put(key, new Refusal(reply, clock.instant().plus(wait), wait));
  }

  synchronized void accepted(String server, Credentials credentials) {
    refusals.remove(key(server, credentials));
  }

  /** A person asked for a new attempt. */
  synchronized void forgetAll() {
    refusals.clear();
  }

  /** The password goes in as a hash, so that no copy of it stays in memory. */
  private static String key(String server, Credentials credentials) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(credentials.password().getBytes(StandardCharsets.UTF_8));
      return server + "\0" + credentials.user() + "\0" + HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
