package dev.postrider.smtpd;

import dev.postrider.mail.dsn.Utf8Address;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.reply.Reply;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters behind RCPT TO (RFC 3461 §4.1, §4.2), taken one by one. */
final class RcptParameters {
  private static final int MOST_ORIGINAL = 500;
  private static final Reply BAD_NOTIFY = Reply.of(501, "5.5.4 Error: Bad NOTIFY parameter syntax");
  private static final Reply BAD_ORCPT = Reply.of(501, "5.5.4 Error: Bad ORCPT parameter syntax");
  private static final Reply NO_DSN = Reply.of(501, "5.7.1 DSN support is disabled");

  private final SessionSettings settings;
  private Set<DsnRequest.Event> events = Set.of();
  private @Nullable String original;

  RcptParameters(SessionSettings settings) {
    this.settings = settings;
  }

  /** Takes one parameter; returns what is wrong with it, or null. */
  @Nullable Reply take(String word) {
    int equals = word.indexOf('=');
    String keyword = equals < 0 ? "" : word.substring(0, equals).toUpperCase(Locale.ROOT);
    return switch (keyword) {
      case "NOTIFY" -> settings.dsn() ? notify(word.substring(equals + 1)) : NO_DSN;
      case "ORCPT" -> settings.dsn() ? orcpt(word.substring(equals + 1)) : NO_DSN;
      default -> MailParameters.unsupported(word);
    };
  }

  DsnRequest request() {
    return events.isEmpty() && original == null
        ? DsnRequest.DEFAULT
        : new DsnRequest(events, original);
  }

  private @Nullable Reply notify(String value) {
    EnumSet<DsnRequest.Event> found = EnumSet.noneOf(DsnRequest.Event.class);
    for (String name : value.split(",", -1)) {
      DsnRequest.Event event = event(name);
      if (event == null) {
        return BAD_NOTIFY;
      }
      found.add(event);
    }
    if (!events.isEmpty() || (found.contains(DsnRequest.Event.NEVER) && found.size() > 1)) {
      return BAD_NOTIFY;
    }
    events = found;
    return null;
  }

  private static DsnRequest.@Nullable Event event(String name) {
    for (DsnRequest.Event event : DsnRequest.Event.values()) {
      if (event.name().equalsIgnoreCase(name)) {
        return event;
      }
    }
    return null;
  }

  private @Nullable Reply orcpt(String value) {
    int semicolon = value.indexOf(';');
    if (original != null || semicolon < 1 || value.length() > MOST_ORIGINAL) {
      return BAD_ORCPT;
    }
    String coded = value.substring(semicolon + 1);
    String decoded = Utf8Address.isType(value) ? Utf8Address.decode(coded) : Xtext.decode(coded);
    if (decoded == null) {
      return BAD_ORCPT;
    }
    original = value.substring(0, semicolon) + ";" + decoded;
    return null;
  }
}
