package dev.postrider.mailbox;

import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.QuotedPrintable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * A message or a part of one (RFC 2045, 2046), read for people: what is broken is shown as text.
 * Immutable, but for the octets, which are shared.
 *
 * @param header its fields
 * @param type of the content, {@code text/plain} if none is said
 * @param disposition {@code attachment}, {@code inline} or empty, with its parameters
 * @param message octets of the whole message
 * @param from where its body begins
 * @param to where it ends
 * @param parts of a multipart or an enclosed message; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // Shared on purpose: a copy each would not fit.
record MimePart(
    List<HeaderField> header,
    FieldValue type,
    FieldValue disposition,
    byte[] message,
    int from,
    int to,
    List<MimePart> parts) {
  private static final int MOST_NESTED = 30;

  /** In one message; what is beyond is the text of the last one. */
  private static final int MOST_PARTS = 2000;

  static MimePart parse(byte[] message) {
    return new Parser(message).part(0, message.length, 0, "text/plain");
  }

  boolean isMultipart() {
    return type.word().startsWith("multipart/") && !parts.isEmpty();
  }

  /** Whether it is text that belongs to the letter, and no file that came with it. */
  boolean isShown() {
    return !disposition.word().equals("attachment")
        && (type.word().equals("text/plain")
            || type.word().equals("text/html")
            || type.word().equals("message/delivery-status")
            || type.word().equals("text/rfc822-headers"));
  }

  /** The name it came with, which may be anything; empty if none. */
  String fileName() {
    String name = disposition.parameter("filename");
    return name.isEmpty() ? type.parameter("name") : name;
  }

  /** The content without its transfer encoding. */
  byte[] content() {
    byte[] raw = Arrays.copyOfRange(message, from, to);
    String encoding =
        LetterHeader.value(header, "Content-Transfer-Encoding").toLowerCase(Locale.ROOT);
    try {
      return switch (encoding) {
        case "base64" -> Base64.getMimeDecoder().decode(raw);
        case "quoted-printable" -> QuotedPrintable.decode(raw);
        default -> raw;
      };
    } catch (IllegalArgumentException e) {
      return raw;
    }
  }

  /** The content as text. */
  String text() {
    return new String(content(), FieldValue.charset(type.parameter("charset")));
  }

  private static final class Parser {
    private final byte[] message;
    private int count;

    Parser(byte[] message) {
      this.message = message;
    }

    MimePart part(int from, int to, int depth, String defaultType) {
      count++;
      int body = bodyAt(from, to);
      List<HeaderField> header;
      try {
        header = LetterHeader.read(new ByteArrayInputStream(message, from, body - from));
      } catch (IOException e) {
        throw new IllegalStateException("octets in memory could not be read", e);
      }
      String written = LetterHeader.value(header, "Content-Type");
      FieldValue type = FieldValue.parse(written.isEmpty() ? defaultType : written);
      FieldValue disposition = FieldValue.parse(LetterHeader.value(header, "Content-Disposition"));
      List<MimePart> parts = List.of();
      String encoding = LetterHeader.value(header, "Content-Transfer-Encoding");
      boolean deeper = depth < MOST_NESTED && count < MOST_PARTS;
      if (deeper && type.word().startsWith("multipart/")) {
        parts = parts(type, body, to, depth);
      } else if (deeper
          && type.word().equals("message/rfc822")
          && !encoding.equalsIgnoreCase("base64")
          && !encoding.equalsIgnoreCase("quoted-printable")) {
        parts = List.of(part(body, to, depth + 1, "text/plain"));
      }
      return new MimePart(header, type, disposition, message, body, to, parts);
    }

    private List<MimePart> parts(FieldValue type, int from, int to, int depth) {
      byte[] boundary = ("--" + type.parameter("boundary")).getBytes(StandardCharsets.ISO_8859_1);
      String inner = type.word().equals("multipart/digest") ? "message/rfc822" : "text/plain";
      List<MimePart> parts = new ArrayList<>();
      if (boundary.length == 2) {
        return parts;
      }
      int begins = -1;
      for (int line = from; line < to && count < MOST_PARTS; ) {
        int next = lineEnd(line, to);
        if (isBoundary(line, to, boundary)) {
          if (begins >= 0) {
            // The line end before a boundary belongs to the boundary.
            int end = line - 1;
            end -= end > begins && message[end - 1] == '\r' ? 1 : 0;
            parts.add(part(begins, Math.max(begins, end), depth + 1, inner));
          }
          begins = next;
          int after = line + boundary.length;
          if (after + 1 < to && message[after] == '-' && message[after + 1] == '-') {
            return parts;
          }
        }
        line = next;
      }
      if (begins >= 0 && begins < to) {
        parts.add(part(begins, to, depth + 1, inner));
      }
      return parts;
    }

    private boolean isBoundary(int line, int to, byte[] boundary) {
      int end = line + boundary.length;
      if (end > to || !Arrays.equals(message, line, end, boundary, 0, boundary.length)) {
        return false;
      }
      if (end + 1 < to && message[end] == '-' && message[end + 1] == '-') {
        end += 2;
      }
      while (end < to && (message[end] == ' ' || message[end] == '\t' || message[end] == '\r')) {
        end++;
      }
      return end == to || message[end] == '\n';
    }

    private int lineEnd(int line, int to) {
      int at = line;
      while (at < to && message[at] != '\n') {
        at++;
      }
      return Math.min(at + 1, to);
    }

    private int bodyAt(int from, int to) {
      int line = from;
      while (line < to) {
        int next = lineEnd(line, to);
        if (message[line] == '\n' || message[line] == '\r') {
          return next;
        }
        line = next;
      }
      return to;
    }
  }
}
