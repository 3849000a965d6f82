package dev.postrider.local;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.mail.envelope.Recipient;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** What stands in a mailbox: the message with the lines that delivery adds. Stateless. */
final class MailboxFormat {
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
  private static final byte[] FROM = "From ".getBytes(StandardCharsets.ISO_8859_1);

  private MailboxFormat() {}

  /** The separator line of mbox (RFC 4155) with Postfix's two spaces. */
  static String separator(DeliveryRequest request, Instant now) {
    String sender = request.envelope().sender().external();
    return "From "
        + (sender.isEmpty() ? "MAILER-DAEMON" : sender.replace(' ', '-'))
        + "  "
        + ASCTIME.format(now.atZone(ZoneId.systemDefault()))
        + "\n";
  }

  /** The trace lines on top of the header. */
  static String trace(DeliveryRequest request, Recipient recipient) {
    return "Return-Path: <"
        + request.envelope().sender().external()
        + ">\nX-Original-To: "
        + recipient.original().external()
        + "\n"
        + deliveredTo(recipient)
        + "\n";
  }

  /** The line by which a forwarding loop is noticed. */
  static String deliveredTo(Recipient recipient) {
    return "Delivered-To: " + recipient.mailbox().external().toLowerCase(Locale.ROOT);
  }

  /**
   * Copies the message.
   *
   * @param quoteFrom whether a line that begins with {@code From } gets a {@code >} in front, as
   *     mbox needs it
   */
  static void copy(DeliveryRequest request, OutputStream out, boolean quoteFrom)
      throws IOException {
    try (InputStream in = new BufferedInputStream(request.content().open(), 65_536)) {
      int matched = 0;
      int last = '\n';
      for (int c = in.read(); c >= 0; c = in.read()) {
        if (matched >= 0 && matched < FROM.length && c == FROM[matched]) {
          matched++;
          if (matched == FROM.length) {
            if (quoteFrom) {
              out.write('>');
            }
            out.write(FROM);
            matched = -1;
          }
          last = c;
          continue;
        }
        if (matched > 0) {
          out.write(FROM, 0, matched);
        }
        out.write(c);
        matched = c == '\n' ? 0 : -1;
        last = c;
      }
      if (matched > 0) {
        out.write(FROM, 0, matched);
      }
      if (last != '\n') {
        out.write('\n');
      }
    }
  }
}
