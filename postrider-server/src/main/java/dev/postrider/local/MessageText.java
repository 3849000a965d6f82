package dev.postrider.local;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.helper.Payload;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.table.Octets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A message as mailboxes and commands get it: with the lines on top that delivery adds. Immutable.
 *
 * @param request the message
 * @param sender who stands in From_ and Return-Path
 * @param original X-Original-To, or null for no such line
 * @param delivered Delivered-To, or null for no such line
 * @param form which
 * @param now the time in the From_ line
 */
record MessageText(
    DeliveryRequest request,
    ReversePath sender,
    @Nullable Mailbox original,
    @Nullable Mailbox delivered,
    Form form,
    Instant now)
    implements Payload {
  /** What surrounds a message. */
  enum Form {
    /** A From_ line, {@code >} in front of lines that look like one, and an empty line behind. */
    MBOX(true, true),
    /** Nothing. */
    MAILDIR(false, false),
    /** A From_ line. */
    COMMAND(true, false);

    private final boolean from;
    private final boolean mbox;

    Form(boolean from, boolean mbox) {
      this.from = from;
      this.mbox = mbox;
    }
  }

  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);

  @Override
  public void writeTo(OutputStream out) throws IOException {
    out.write(Octets.encode(head()));
    copy(out);
    if (form.mbox) {
      out.write('\n');
    }
  }

  private String head() {
    StringBuilder head = new StringBuilder();
    String from = sender.external();
    if (form.from) {
      // RFC 4155, with Postfix's two spaces.
      head.append("From ")
          .append(from.isEmpty() ? "MAILER-DAEMON" : from)
          .append("  ")
          .append(ASCTIME.format(now.atZone(ZoneId.systemDefault())))
          .append('\n');
    }
    head.append("Return-Path: <").append(from).append(">\n");
    if (original != null) {
      head.append("X-Original-To: ").append(original.external()).append('\n');
    }
    if (delivered != null) {
      head.append("Delivered-To: ").append(delivered.external()).append('\n');
    }
    return head.toString();
  }

  private void copy(OutputStream out) throws IOException {
    try (InputStream in = request.content().open()) {
      if (form.mbox) {
        FromQuoting quoting = new FromQuoting(out);
        in.transferTo(quoting);
        quoting.end();
      } else {
        LastOctet last = new LastOctet(out);
        in.transferTo(last);
        last.endLine();
      }
    }
  }

  /** Passes on, and knows whether the last line has ended. */
  private static final class LastOctet extends OutputStream {
    private final OutputStream out;
    private int last = '\n';

    LastOctet(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int octet) throws IOException {
      out.write(octet);
      last = octet;
    }

    @Override
    public void write(byte[] octets, int from, int length) throws IOException {
      out.write(octets, from, length);
      if (length > 0) {
        last = octets[from + length - 1];
      }
    }

    void endLine() throws IOException {
      if (last != '\n') {
        out.write('\n');
      }
    }
  }
}
