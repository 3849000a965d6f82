package dev.postrider.cli;

import dev.postrider.mail.message.EncodedWord;
import dev.postrider.mail.message.HeaderBlock;
import dev.postrider.mail.message.MessageComposer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Makes a message of a draft (RFC 5322, MIME where it needs it). Plain ASCII text stays as bare as
 * mailx has always made it; the rest is declared. Functions only.
 */
final class MailMessage {
  /** RFC 5322 §2.1.1. */
  private static final int MAX_LINE = 998;

  private MailMessage() {}

  /**
   * The whole message, lines ended by LF. There is no Bcc in it: who is hidden is only a recipient.
   *
   * @throws IOException if an attachment cannot be read
   */
  static byte[] of(MailDraft draft, String boundary) throws IOException {
    HeaderBlock header = header(draft);
    byte[] body = draft.body();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean declared = header.has("Content-Type") || header.has("Content-Transfer-Encoding");
    if (!draft.attachments.isEmpty() || (!declared && !isBare(body))) {
      MessageComposer.write(header, body, attachments(draft.attachments), boundary, out);
      return out.toByteArray();
    }
    if (declared && !header.has("MIME-Version")) {
      header.append("MIME-Version", "1.0");
    }
    header.writeTo(out);
    out.write('\n');
    // Who declares the content has encoded it too.
    out.writeBytes(body);
    return out.toByteArray();
  }

  private static HeaderBlock header(MailDraft draft) {
    HeaderBlock header = new HeaderBlock();
    field(header, "From", draft.from);
    field(header, "To", String.join(", ", draft.to));
    field(header, "Cc", String.join(", ", draft.cc));
    field(header, "Subject", draft.subject);
    for (String further : draft.fields) {
      int colon = further.indexOf(':');
      field(header, further.substring(0, colon).strip(), further.substring(colon + 1).strip());
    }
    return header;
  }

  private static List<MessageComposer.Attachment> attachments(List<Path> files) {
    return files.stream()
        .map(file ->
            new MessageComposer.Attachment(
                String.valueOf(file.getFileName()), () -> Files.newInputStream(file)))
        .toList();
  }

  private static void field(HeaderBlock header, String name, String value) {
    if (!value.isEmpty()) {
      // A line break in a subject would begin a field of its own: it is folded away.
      String line = value.replace("\r", "").replace('\n', ' ');
      header.append(name, isAddresses(name) ? encodePhrases(line) : EncodedWord.encode(line));
    }
  }

  private static boolean isAddresses(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "from", "to", "cc", "bcc", "reply-to", "sender" -> true;
      default -> false;
    };
  }

  /** Encodes display names and leaves what is in angle brackets as it is. */
  private static String encodePhrases(String value) {
    StringBuilder out = new StringBuilder();
    int start = 0;
    while (start < value.length()) {
      int open = value.indexOf('<', start);
      int close = open < 0 ? -1 : value.indexOf('>', open);
      if (close < 0) {
        // No name here, so what is not ASCII belongs to an address, which SMTPUTF8 carries.
        return out.append(value.substring(start)).toString();
      }
      String before = value.substring(start, open);
      int comma = before.lastIndexOf(',') + 1;
      String phrase = before.substring(comma).strip();
      out.append(before, 0, comma).append(comma > 0 ? " " : "");
      if (!phrase.isEmpty()) {
        boolean ascii = phrase.chars().allMatch(c -> c < 0x80);
        out.append(ascii ? phrase : EncodedWord.encode(unquote(phrase))).append(' ');
      }
      out.append(value, open, close + 1);
      start = close + 1;
    }
    return out.toString();
  }

  private static String unquote(String phrase) {
    return phrase.length() > 1 && phrase.startsWith("\"") && phrase.endsWith("\"")
        ? phrase.substring(1, phrase.length() - 1)
        : phrase;
  }

  /** Whether a body needs no word about what it is. */
  private static boolean isBare(byte[] body) {
    int length = 0;
    for (byte b : body) {
      length = b == '\n' ? 0 : length + 1;
      if (b <= 0 || length > MAX_LINE) {
        return false;
      }
    }
    return true;
  }
}
