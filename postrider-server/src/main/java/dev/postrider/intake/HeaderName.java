package dev.postrider.intake;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header fields that intake knows, those that count as seen or name recipients. */
enum HeaderName {
  RECEIVED("Received", Role.OTHER),
  CONTENT_TYPE("Content-Type", Role.OTHER),
  CONTENT_TRANSFER_ENCODING("Content-Transfer-Encoding", Role.OTHER),
  DATE("Date", Role.OTHER),
  MESSAGE_ID("Message-Id", Role.OTHER),
  FROM("From", Role.OTHER),
  TO("To", Role.RECIPIENT),
  CC("Cc", Role.RECIPIENT),
  BCC("Bcc", Role.RECIPIENT),
  RESENT_DATE("Resent-Date", Role.OTHER),
  RESENT_MESSAGE_ID("Resent-Message-Id", Role.OTHER),
  RESENT_FROM("Resent-From", Role.OTHER),
  RESENT_SENDER("Resent-Sender", Role.OTHER),
  RESENT_REPLY_TO("Resent-Reply-To", Role.OTHER),
  RESENT_TO("Resent-To", Role.RESENT_RECIPIENT),
  RESENT_CC("Resent-Cc", Role.RESENT_RECIPIENT),
  RESENT_BCC("Resent-Bcc", Role.RESENT_RECIPIENT);

  /** Whether the addresses in a field are recipients. */
  enum Role {
    /** Nobody who receives this message. */
    OTHER,
    /** Who sendmail -t sends to. */
    RECIPIENT,
    /** Who sendmail -t sends to instead when there is one of these. */
    RESENT_RECIPIENT
  }

  private static final Map<String, HeaderName> BY_LOWER_CASE = new HashMap<>();

  static {
    for (HeaderName name : values()) {
      BY_LOWER_CASE.put(name.text.toLowerCase(Locale.ROOT), name);
    }
  }

  final String text;
  final Role role;

  HeaderName(String text, Role role) {
    this.text = text;
    this.role = role;
  }

  boolean isResent() {
    return text.startsWith("Resent-");
  }

  /** The known field of that name in any case, or null. */
  static @Nullable HeaderName of(String lowerCase) {
    return BY_LOWER_CASE.get(lowerCase);
  }
}
