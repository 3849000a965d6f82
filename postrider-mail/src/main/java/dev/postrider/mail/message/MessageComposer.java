package dev.postrider.mail.message;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes a message of a text and files, as {@code mail} sends it: the text alone, or
 * multipart/mixed. Attachments stream through; the text is held. For one thread.
 */
public final class MessageComposer {
  /** Opens a file's content; called once. */
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  /**
   * A file to send along.
   *
   * @param name what the receiver sees; any path before it is removed
   */
  public record Attachment(String name, Source source) {}

  /** The usual kinds; all others are octets. */
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("txt", "text/plain"),
          Map.entry("log", "text/plain"),
          Map.entry("csv", "text/csv"),
          Map.entry("html", "text/html"),
          Map.entry("htm", "text/html"),
          Map.entry("xml", "application/xml"),
          Map.entry("json", "application/json"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("zip", "application/zip"),
          Map.entry("gz", "application/gzip"),
          Map.entry("tar", "application/x-tar"),
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("gif", "image/gif"),
          Map.entry("svg", "image/svg+xml"));

  /** RFC 5322 §2.1.1. */
  private static final int MOST_LINE = 998;

  /** 57 bytes make a line of 76; a multiple of it, so that lines stay whole between reads. */
  private static final int BASE64_BLOCK = 57 * 128;

  private MessageComposer() {}

  /**
   * Writes header, empty line and content; the MIME fields are added behind the given header. One
   * that declares a content means the text, which is then not encoded: beside attachments its
   * fields go to the text's part.
   *
   * @param text lines ended by LF; a last line without one gets it
   * @param boundary unique to this message; letters and digits
   */
  public static void write(
      HeaderBlock header,
      byte[] text,
      List<Attachment> attachments,
      String boundary,
      OutputStream out)
      throws IOException {
    HeaderBlock outer = new HeaderBlock();
    HeaderBlock declared = new HeaderBlock();
    for (HeaderField field : header.fields()) {
      if (field.is("Content-Type") || field.is("Content-Transfer-Encoding")) {
        declared.append(field);
      } else if (!field.is("MIME-Version")) {
        outer.append(field);
      }
    }
    outer.writeTo(out);
    line(out, "MIME-Version: 1.0");
    if (attachments.isEmpty()) {
      text(declared, text, out);
      return;
    }
    line(out, "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"");
    line(out, "");
    line(out, "This is a message with parts, in MIME format.");
    line(out, "");
    line(out, "--" + boundary);
    text(declared, text, out);
    for (Attachment attachment : attachments) {
      line(out, "");
      line(out, "--" + boundary);
      attachment(attachment, out);
    }
    line(out, "");
    line(out, "--" + boundary + "--");
  }

  private static void text(HeaderBlock declared, byte[] text, OutputStream out) throws IOException {
    if (!declared.fields().isEmpty()) {
      declared.writeTo(out);
      line(out, "");
      out.write(text);
      return;
    }
    boolean sevenBit = isSevenBit(text);
    String charset = sevenBit ? "us-ascii" : isUtf8(text) ? "utf-8" : "unknown-8bit";
    boolean quoted = hasLongLine(text) || hasNul(text);
    line(out, "Content-Type: text/plain; charset=" + charset);
    line(
        out,
        "Content-Transfer-Encoding: " + (quoted ? "quoted-printable" : sevenBit ? "7bit" : "8bit"));
    line(out, "");
    if (quoted) {
      QuotedPrintable encoder = new QuotedPrintable(out);
      encoder.write(text, 0, text.length);
      encoder.finish();
    } else {
      out.write(text);
    }
    if (text.length > 0 && text[text.length - 1] != '\n') {
      out.write('\n');
    }
  }

  private static void attachment(Attachment attachment, OutputStream out) throws IOException {
    String name = attachment.name().substring(attachment.name().lastIndexOf('/') + 1);
    String suffix = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    line(out, "Content-Type: " + TYPES.getOrDefault(suffix, "application/octet-stream"));
    line(out, "Content-Disposition: attachment;");
    line(out, " " + fileName(name));
    line(out, "Content-Transfer-Encoding: base64");
    line(out, "");
    Base64.Encoder encoder = Base64.getMimeEncoder(76, new byte[] {'\n'});
    try (InputStream in = attachment.source().open()) {
      for (byte[] block = in.readNBytes(BASE64_BLOCK);
          block.length > 0;
          block = in.readNBytes(BASE64_BLOCK)) {
        out.write(encoder.encode(block));
        out.write('\n');
      }
    }
  }

  /** RFC 2183, and RFC 2231 for names beyond ASCII. */
  static String fileName(String name) {
    boolean plain = Latin1Text.isAscii(name);
    StringBuilder out = new StringBuilder(plain ? "filename=\"" : "filename*=utf-8''");
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean word = Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
      if (plain) {
        out.append(c == '"' || c == '\\' ? "\\" : "").append(c < ' ' || c == 0x7f ? '_' : c);
      } else if (c < 0x80 && word) {
        out.append(c);
      } else {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return plain ? out.append('"').toString() : out.toString();
  }

  private static boolean isSevenBit(byte[] text) {
    for (byte b : text) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUtf8(byte[] text) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).remaining() >= 0;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private static boolean hasLongLine(byte[] text) {
    int length = 0;
    for (byte b : text) {
      length = b == '\n' ? 0 : length + 1;
      if (length > MOST_LINE) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasNul(byte[] text) {
    for (byte b : text) {
      if (b == 0 || b == '\r') {
        return true;
      }
    }
    return false;
  }

  private static void line(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.write('\n');
  }
}
