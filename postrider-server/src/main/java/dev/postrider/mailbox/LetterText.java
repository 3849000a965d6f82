package dev.postrider.mailbox;

import dev.postrider.mail.message.EncodedWord;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import dev.postrider.mail.message.QuotedPrintable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * What a message says to a person: its text decoded, HTML reduced, what came as files listed.
 * Nothing in it steers a terminal. Immutable.
 *
 * @param body lines of text, ended by a line end unless empty
 * @param attachments in order
 * @param plain whether the message has no MIME structure, so that {@code body} is its whole content
 */
public record LetterText(String body, List<Attachment> attachments, boolean plain) {
  /** What is read of one message, in octets; more is no letter to a person. */
  public static final int MOST_READ = 40 << 20;

  /** Characters; nobody pages through more. */
  private static final int MOST_SHOWN = 4 << 20;

  /**
   * A file that came with a message.
   *
   * @param fileName as its sender gives it, made harmless: one name, no directory, no leading dot
   * @param type as {@code image/png}
   * @param content decoded
   */
  @SuppressWarnings("ArrayRecordComponent") // Made once and handed over.
  public record Attachment(String fileName, String type, byte[] content) {}

  /** Reads a message from its first header line on. */
  public static LetterText of(InputStream message) throws IOException {
    byte[] octets = message.readNBytes(MOST_READ);
    boolean cut = message.read() >= 0;
    MimePart root = MimePart.parse(octets);
    Reader reader = new Reader();
    reader.show(root);
    if (cut) {
      reader.note(
          "this message is larger than " + (MOST_READ >> 20) + " MB; the rest is not shown");
    }
    return new LetterText(
        PlainText.lines(reader.text.toString()), reader.attachments, root.parts().isEmpty());
  }

  /** A header value for people: encoded words decoded, on one line. */
  public static String header(String value) {
    return PlainText.line(EncodedWord.decode(FieldValue.utf8(value.replace("\n", ""))));
  }

  /**
   * Copies the content of a message that is one part, without its transfer encoding; one that has
   * none may have any size.
   */
  public static void copyContent(InputStream message, OutputStream out) throws IOException {
    HeaderScanner scanner = new HeaderScanner(message, 1000);
    String encoding = "";
    for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
      if (field.is("Content-Transfer-Encoding")) {
        encoding = field.unfolded().toLowerCase(Locale.ROOT);
      }
    }
    switch (encoding) {
      case "base64" -> Base64.getMimeDecoder().wrap(scanner.body()).transferTo(out);
      case "quoted-printable" ->
          out.write(QuotedPrintable.decode(scanner.body().readNBytes(MOST_READ)));
      default -> scanner.copyBody(out);
    }
  }

  private static final class Reader {
    final StringBuilder text = new StringBuilder();
    final List<Attachment> attachments = new ArrayList<>();

    void show(MimePart part) {
      if (part.type().word().equals("multipart/alternative") && part.isMultipart()) {
        show(best(part.parts()));
      } else if (part.isMultipart()) {
        part.parts().forEach(this::show);
      } else if (!part.parts().isEmpty()) {
        enclosed(part);
      } else if (part.isShown()) {
        newLine();
        text(part.type().word().equals("text/html") ? HtmlText.of(part.text()) : part.text());
      } else if (part.type().word().startsWith("multipart/")) {
        newLine();
        text(part.text());
      } else {
        attachment(part);
      }
    }

    /** The last kind that can be shown is the sender's best, but plain text needs no guessing. */
    private static MimePart best(List<MimePart> parts) {
      MimePart best = parts.getFirst();
      for (MimePart part : parts) {
        if (part.type().word().equals("text/plain")) {
          return part;
        }
        if (part.isShown() || part.isMultipart()) {
          best = part;
        }
      }
      return best;
    }

    private void enclosed(MimePart part) {
      note("enclosed message");
      MimePart inner = part.parts().getFirst();
      for (String name : new String[] {"From", "To", "Date", "Subject"}) {
        String value = LetterHeader.value(inner.header(), name);
        if (!value.isEmpty()) {
          text.append(name).append(": ").append(header(value)).append('\n');
        }
      }
      text.append('\n');
      show(inner);
    }

    private void attachment(MimePart part) {
      String name = harmless(part.fileName(), attachments.size() + 1);
      byte[] content = part.content();
      attachments.add(new Attachment(name, part.type().word(), content));
      note(
          "attachment %d: %s, %s, %d bytes; write saves it"
              .formatted(attachments.size(), name, part.type().word(), content.length));
    }

    private void text(String all) {
      if (text.length() + all.length() <= MOST_SHOWN) {
        text.append(all);
      } else {
        text.append(all, 0, Math.max(0, MOST_SHOWN - text.length()));
        note("the rest of this text is not shown; write saves all of it");
      }
    }

    void note(String words) {
      newLine();
      text.append('[').append(PlainText.line(words)).append("]\n");
    }

    private void newLine() {
      if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
        text.append('\n');
      }
    }
  }

  /** A file name may be meant to overwrite something, or to look like something else. */
  static String harmless(String name, int number) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    String clean = PlainText.line(last).replace('\ufffd', '_').strip();
    while (clean.startsWith(".") || clean.startsWith("-") || clean.startsWith("~")) {
      clean = clean.substring(1);
    }
    if (clean.isEmpty()) {
      return "attachment" + number;
    }
    return clean.length() > 100 ? clean.substring(clean.length() - 100) : clean;
  }
}
