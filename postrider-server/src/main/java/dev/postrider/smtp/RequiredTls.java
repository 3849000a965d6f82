package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.smtp.RequireTls.Level;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Why a server is not good enough for a message whose sender asked for TLS (RFC 8689 §4.2.1): the
 * next one is tried, and where there is none the mail is returned. Functions only.
 */
final class RequiredTls {
  private static final String ASKED = "Sender requested REQUIRETLS, but ";

  private RequiredTls() {}

  /** Why what main.cf wants of a server is too little; null if it is enough. */
  static @Nullable Failure ofPolicy(Level wanted, TlsPolicy policy, Target target) {
    if (wanted == Level.ENFORCE && !policy.level().verifiesCertificate()) {
      return failure(
          "5.7.10",
          "my configured TLS security level '%s' disables certificate matching. The last attempted server was %s"
              .formatted(policy.level().word(), target.host()));
    }
    if (wanted == Level.OPPORTUNISTIC_STARTTLS && policy.level() == TlsLevel.NONE) {
      return failure(
          "5.7.10",
          "my configured TLS security level '%s' disables encryption. The last attempted server was %s"
              .formatted(policy.level().word(), target.host()));
    }
    return null;
  }

  /** What a session that did not come about means then. */
  static Failure ofSession(Level wanted, Failure failure, Target target) {
    if (!wanted.needsTls() || failure.stage() != Stage.TLS) {
      return failure;
    }
    if (failure.reply() != null && failure.reply().code() / 100 == 4) {
      // What the server refuses for now it may grant later.
      return failure;
    }
    if (failure.reply() != null) {
      return failure(
          "5.7.10", "host " + target.label() + " refused to start TLS: " + failure.text());
    }
    if (failure.code().toString().equals("4.7.4")) {
      return failure("5.7.30", "TLS service was not offered by host " + target.label());
    }
    if (wanted == Level.ENFORCE && failure.text().startsWith("Server certificate not verified")) {
      return failure(
          "5.7.10",
          "no matching server certificate was found. The last attempted server was "
              + target.label());
    }
    // A handshake that fails today may do tomorrow.
    return failure;
  }

  /** Why a session cannot carry the message; null if it can. */
  static @Nullable Failure ofFeatures(Level wanted, ClientSession session) {
    return wanted == Level.ENFORCE && !isOffered(session)
        ? failure(
            "5.7.30",
            "no server was found that supports REQUIRETLS. The last attempted server was "
                + session.target().label())
        : null;
  }

  /** An announcement in clear text is anybody's. */
  static boolean isOffered(ClientSession session) {
    return session.isEncrypted() && session.features().requireTls();
  }

  private static Failure failure(String code, String why) {
    return Failure.of(Stage.FEATURE, code, ASKED + why);
  }
}
