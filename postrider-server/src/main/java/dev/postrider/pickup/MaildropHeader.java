package dev.postrider.pickup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The head of a maildrop file. The file is, in bytes:
 *
 * <pre>
 *   postrider-maildrop 1 LF
 *   nNAME NUL              the caller's NAME variable; may be empty
 *   aARGUMENT NUL          one argument of sendmail, in order, as often as there are some
 *   rNOTIFY SP ORCPT SP ADDRESS NUL   a recipient of an SMTP dialog, instead of operands
 *   LF
 *   the message as it came
 *   LF postrider-maildrop-end FILENAME LF
 * </pre>
 *
 * The last line is written when standard input ended well and carries the file's own name, which no
 * message can know in advance: a file without it is what a killed sendmail left. Immutable.
 *
 * @param name the caller's NAME variable, or empty
 * @param arguments as given to sendmail
 * @param recipients those of an SMTP dialog (see {@link DialogRecipient}); empty for others
 */
record MaildropHeader(String name, List<String> arguments, List<DialogRecipient> recipients) {
  static final String MAGIC = "postrider-maildrop 1\n";
  private static final String END = "postrider-maildrop-end ";

  /** More than the largest argument list a kernel passes by default (2 MB), with its separators. */
  private static final int MAX_BYTES = 8 << 20;

  /** Above what a kernel passes as one argument (128 KB): a list in it may name half as many. */
  private static final int MAX_FIELD = 512 << 10;

  /**
   * Above {@link SendmailArguments#MAX_RECIPIENTS}; each costs the daemon memory, even an empty
   * one.
   */
  private static final int MAX_FIELDS = 200_000;

  MaildropHeader {
    arguments = List.copyOf(arguments);
    recipients = List.copyOf(recipients);
  }

  static byte[] trailer(String fileName) {
    return ("\n" + END + fileName + "\n").getBytes(StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    out.writeBytes(MAGIC.getBytes(StandardCharsets.US_ASCII));
    field(out, 'n', name);
    for (String argument : arguments) {
      field(out, 'a', argument);
    }
    for (DialogRecipient recipient : recipients) {
      field(out, 'r', recipient.field());
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, char letter, String value) {
    out.write(letter);
    // A NUL cannot come by the command line; from within it would end the field early.
    out.writeBytes(value.replace("\0", "").getBytes(StandardCharsets.UTF_8));
    out.write(0);
  }

  /**
   * Reads the head and leaves {@code in} at the first byte of the message.
   *
   * @throws MaildropFormatException if this is no head
   */
  static MaildropHeader read(InputStream in) throws IOException {
    byte[] magic = in.readNBytes(MAGIC.length());
    if (!new String(magic, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw new MaildropFormatException("it does not begin as a maildrop file");
    }
    String name = "";
    List<String> arguments = new ArrayList<>();
    List<DialogRecipient> recipients = new ArrayList<>();
    int left = MAX_BYTES;
    ByteArrayOutputStream field = new ByteArrayOutputStream(64);
    int fields = 0;
    for (int letter = in.read(); letter != '\n'; letter = in.read()) {
      field.reset();
      int b = in.read();
      for (; b > 0 && left > 0 && field.size() < MAX_FIELD; b = in.read(), left--) {
        field.write(b);
      }
      if (b != 0 || ++fields > MAX_FIELDS) {
        throw new MaildropFormatException("its head is cut or too long");
      }
      String value = field.toString(StandardCharsets.UTF_8);
      switch (letter) {
        case 'n' -> name = value;
        case 'a' -> arguments.add(value);
        case 'r' -> recipients.add(DialogRecipient.parse(value));
        default -> throw new MaildropFormatException("unknown field " + letter + " in its head");
      }
    }
    return new MaildropHeader(name, arguments, recipients);
  }
}
