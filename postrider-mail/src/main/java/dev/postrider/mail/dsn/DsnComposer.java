package dev.postrider.mail.dsn;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.message.RfcDate;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes delivery reports as multipart/report (RFC 6522, 3464, 6533) in the layout of Postfix,
 * which programs read, with words for the people who get them. Immutable and safe on any thread.
 *
 * <p>The report has every header field but Message-ID and Received, which intake adds to all mail.
 */
public final class DsnComposer {

  private final String hostName;
  private final String origin;
  private final ZoneId zone;

  /**
   * Fixes who speaks.
   *
   * @param hostName myhostname: the Reporting-MTA
   * @param origin myorigin: the domain of MAILER-DAEMON
   * @param zone of the dates
   */
  public DsnComposer(String hostName, String origin, ZoneId zone) {
    this.hostName = hostName;
    this.origin = origin;
    // The plain offset has the name Z, which no mail program knows.
    this.zone = zone.equals(ZoneOffset.UTC) ? ZoneId.of("UTC") : zone;
  }

  /**
   * Writes one report.
   *
   * @param to who gets it, as its To header says
   * @return header, empty line, body; LF line ends; UTF-8
   */
  public byte[] compose(DeliveryReport report, Mailbox to, Instant now, OriginalMessage original) {
    return compose(report, to, now, original, null);
  }

  /**
   * Writes one report, perhaps in words of the administrator's.
   *
   * @param wording null for our own
   * @return as above, but for the text of {@code wording}, which is in its charset
   */
  public byte[] compose(
      DeliveryReport report,
      Mailbox to,
      Instant now,
      OriginalMessage original,
      @Nullable Wording wording) {
    String boundary = report.queueId() + "." + now.getEpochSecond() + "/" + hostName;
    ByteArrayOutputStream out = new ByteArrayOutputStream(4_000 + original.content().length);
    StringBuilder head = new StringBuilder(2_000);
    appendHeader(head, report, to, now, boundary, wording);
    if (wording != null && wording.text().length > 0) {
      appendPart(head, boundary, "Notification", "text/plain; charset=" + wording.charset());
      out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
      out.writeBytes(wording.text());
      head.setLength(0);
    } else {
      appendPart(head, boundary, "Notification", "text/plain; charset=utf-8");
      appendNotification(head, report, now);
    }
    appendRecipients(head, report);
    appendStatus(head, report, boundary);
    appendReturnedHeader(head, report, original, boundary);
    out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
    out.writeBytes(original.content());
    String end = original.content().length > 0 && !endsWithLineFeed(original) ? "\n\n--" : "\n--";
    out.writeBytes((end + boundary + "--\n").getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static boolean endsWithLineFeed(OriginalMessage original) {
    return original.content()[original.content().length - 1] == '\n';
  }

  private void appendHeader(
      StringBuilder out,
      DeliveryReport report,
      Mailbox to,
      Instant now,
      String boundary,
      @Nullable Wording wording) {
    out.append("Date: ").append(date(now)).append('\n');
    if (wording == null) {
      out.append("From: Mail Delivery System <MAILER-DAEMON@").append(origin).append(">\n");
      out.append("Subject: ").append(report.kind().subject()).append('\n');
    } else {
      out.append("From: ").append(wording.from()).append('\n');
      out.append("Subject: ").append(wording.subject()).append('\n');
    }
    out.append("To: ").append(to.external()).append('\n');
    out.append("Auto-Submitted: ")
        .append(report.kind().forPostmaster() ? "auto-generated" : "auto-replied")
        .append('\n');
    out.append("MIME-Version: 1.0\n");
    // Postfix keeps this report type for RFC 6533 reports too, and readers look for it.
    out.append("Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"")
        .append(boundary)
        .append("\"\n");
    out.append("Content-Transfer-Encoding: 8bit\n\nThis is a MIME-encapsulated message.\n");
  }

  private static void appendPart(
      StringBuilder out, String boundary, String description, String type) {
    out.append("\n--").append(boundary).append('\n');
    out.append("Content-Description: ").append(description).append('\n');
    out.append("Content-Type: ").append(type).append('\n');
    if (!type.equals("message/delivery-status")) {
      out.append("Content-Transfer-Encoding: 8bit\n");
    }
    out.append('\n');
  }

  private void appendNotification(StringBuilder out, DeliveryReport report, Instant now) {
    out.append("This is the mail system at host ").append(hostName).append(".\n\n");
    boolean single = report.recipients().size() == 1;
    switch (report.kind()) {
      case FAILURE, POSTMASTER_FAILURE -> {
        out.append(
            report.kind() == DeliveryReport.Kind.FAILURE
                ? "Your message could not be delivered to "
                : "A message of this system could not be delivered to ");
        out.append(single ? "the recipient" : "the recipients").append(" below.\n");
        out.append("No further attempt will be made. Recipients not named here are not\n");
        out.append("affected. The message, or its header, is attached.\n");
      }
      case DELAY, POSTMASTER_DELAY -> {
        out.append("THIS IS A WARNING ONLY. YOU NEED NOT SEND THE MESSAGE AGAIN.\n\n");
        out.append("The message could not be delivered for ")
            .append(span(Duration.between(report.arrival(), now)))
            .append(" to ")
            .append(single ? "the recipient" : "the recipients")
            .append(" below.\n");
        if (report.retryUntil() != null) {
          out.append("The attempts go on until ").append(date(report.retryUntil())).append(".\n");
        }
      }
      case STATUS -> {
        out.append(
            "This is the mail delivery report that you asked for. It says what became, or\n");
        out.append("would become, of the message for each recipient below.\n");
      }
      case SUCCESS -> {
        out.append("Your message was delivered to ");
        out.append(single ? "the recipient" : "the recipients").append(" below. From a mailbox\n");
        out.append("no more is heard; from another mail system a report about a failure there\n");
        out.append("may still come.\n");
      }
    }
    if (!report.kind().forPostmaster()) {
      out.append("\nIf you need help, write to postmaster@").append(origin).append('\n');
      out.append("and include this report; you can leave out your own text.\n");
    }
  }

  private static void appendRecipients(StringBuilder out, DeliveryReport report) {
    for (RecipientReport each : report.recipients()) {
      Recipient recipient = each.recipient();
      if (!each.plain().isEmpty()) {
        out.append('\n');
        each.plain().forEach(words -> Wrap.append(out, words, false));
      }
      StringBuilder line = new StringBuilder();
      line.append('<').append(recipient.mailbox().external()).append('>');
      if (!recipient.mailbox().sameAs(recipient.original())) {
        line.append(" (expanded from <").append(recipient.original().external()).append(">)");
      }
      line.append(": ").append(each.text());
      out.append('\n');
      Wrap.append(out, line.toString(), false);
      String explanation = each.plain().isEmpty() ? Explanation.of(each) : "";
      if (!explanation.isEmpty()) {
        out.append('\n');
        Wrap.append(out, "    " + explanation, false);
      }
    }
  }

  private void appendStatus(StringBuilder out, DeliveryReport report, String boundary) {
    boolean utf8 = report.needsUtf8();
    appendPart(
        out,
        boundary,
        "Delivery report",
        utf8 ? "message/global-delivery-status" : "message/delivery-status");
    out.append("Reporting-MTA: dns; ").append(hostName).append('\n');
    if (report.envelopeId() != null) {
      out.append("Original-Envelope-Id: ")
          .append(Wrap.clean(report.envelopeId(), !utf8))
          .append('\n');
    }
    out.append("X-Postfix-Queue-ID: ").append(report.queueId()).append('\n');
    String sender = senderOf(report);
    out.append("X-Postfix-Sender: ").append(type(sender)).append("; ").append(sender).append('\n');
    out.append("Arrival-Date: ").append(date(report.arrival())).append('\n');
    for (RecipientReport each : report.recipients()) {
      appendRecipient(out, report, each, !utf8);
    }
  }

  private void appendRecipient(
      StringBuilder out, DeliveryReport report, RecipientReport each, boolean asciiOnly) {
    String address = each.recipient().mailbox().external();
    out.append("\nFinal-Recipient: ")
        .append(type(address))
        .append("; ")
        .append(Wrap.clean(address, asciiOnly))
        .append('\n');
    String given = each.recipient().dsn().originalRecipient();
    if (given == null) {
      String original = each.recipient().original().qualified(origin).external();
      given = type(original) + ";" + original;
    }
    out.append("Original-Recipient: ").append(typed(given, asciiOnly)).append('\n');
    out.append("Action: ").append(each.action().name().toLowerCase(Locale.ROOT)).append('\n');
    out.append("Status: ").append(each.status()).append('\n');
    if (each.remoteMta() != null) {
      out.append("Remote-MTA: dns; ").append(Wrap.clean(each.remoteMta(), true)).append('\n');
    }
    String diagnostic =
        each.diagnostic() == null ? "X-Postfix; " + each.text() : "smtp; " + each.diagnostic();
    Wrap.append(out, "Diagnostic-Code: " + diagnostic, asciiOnly);
    if (report.retryUntil() != null) {
      out.append("Will-Retry-Until: ").append(date(report.retryUntil())).append('\n');
    }
  }

  /** An address with its type; of type utf-8 encoded where the report is ASCII (RFC 6533 §3). */
  private static String typed(String address, boolean asciiOnly) {
    if (!asciiOnly || !Utf8Address.isType(address)) {
      return Wrap.clean(address, asciiOnly);
    }
    int start = address.indexOf(';') + 1;
    return address.substring(0, start) + Utf8Address.encode(address.substring(start));
  }

  private void appendReturnedHeader(
      StringBuilder out, DeliveryReport report, OriginalMessage original, String boundary) {
    boolean utf8 = report.needsUtf8() || original.hasUtf8Header();
    if (original.headerOnly()) {
      String type = utf8 ? "message/global-headers" : "text/rfc822-headers";
      boolean undelivered =
          switch (report.kind()) {
            case STATUS, SUCCESS -> false;
            case FAILURE, DELAY, POSTMASTER_FAILURE, POSTMASTER_DELAY -> true;
          };
      appendPart(
          out, boundary, undelivered ? "Undelivered Message Headers" : "Message Headers", type);
    } else {
      String type = utf8 ? "message/global" : "message/rfc822";
      appendPart(out, boundary, "Undelivered Message", type);
    }
    out.append("Return-Path: <").append(senderOf(report)).append(">\n");
  }

  private String senderOf(DeliveryReport report) {
    return report.sender().isNull() ? "MAILER-DAEMON@" + hostName : report.sender().external();
  }

  /** The address type of RFC 6533 §3 when the address needs it. */
  private static String type(String address) {
    for (int i = 0; i < address.length(); i++) {
      if (address.charAt(i) >= 0x80) {
        return "utf-8";
      }
    }
    return "rfc822";
  }

  private String date(Instant instant) {
    return RfcDate.format(instant, zone);
  }

  private static String span(Duration age) {
    long hours = age.toHours();
    if (hours < 1) {
      long minutes = age.toMinutes();
      return minutes < 1 ? "less than a minute" : "more than " + minutes + " minute(s)";
    }
    return hours < 48 ? "more than " + hours + " hour(s)" : "more than " + age.toDays() + " day(s)";
  }
}
