package dev.postrider.mail.message;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Text beyond ASCII in header fields (RFC 2047). */
public final class EncodedWord {
  /** Bytes for one word of at most 75 characters, {@code =?UTF-8?B?...?=}. */
  private static final int MOST_BYTES = 45;

  private EncodedWord() {}

  /**
   * ASCII as it is; other text as encoded words, joined by line fold and space. Control characters
   * become spaces, so that no text can add a field.
   */
  public static String encode(String text) {
    String clean = withoutControls(text);
    if (Latin1Text.isAscii(clean) && !clean.contains("=?")) {
      return clean;
    }
    StringBuilder out = new StringBuilder();
    StringBuilder part = new StringBuilder();
    int bytes = 0;
    for (int i = 0; i < clean.length(); ) {
      int codePoint = clean.codePointAt(i);
      i += Character.charCount(codePoint);
      int width = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes + width > MOST_BYTES) {
        word(out, part);
        bytes = 0;
      }
      part.appendCodePoint(codePoint);
      bytes += width;
    }
    word(out, part);
    return out.toString();
  }

  private static void word(StringBuilder out, StringBuilder part) {
    if (!out.isEmpty()) {
      out.append("\n ");
    }
    byte[] bytes = part.toString().getBytes(StandardCharsets.UTF_8);
    out.append("=?UTF-8?B?").append(Base64.getEncoder().encodeToString(bytes)).append("?=");
    part.setLength(0);
  }

  private static String withoutControls(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c == 0x7f ? ' ' : c);
    }
    return out.toString();
  }

  /** For people: encoded words replaced by what they say; what is none, or unknown, stays. */
  public static String decode(String text) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    boolean behindWord = false;
    while (at < text.length()) {
      int start = text.indexOf("=?", at);
      int charsetEnd = start < 0 ? -1 : text.indexOf('?', start + 2);
      int wordEnd = charsetEnd < 0 ? -1 : text.indexOf("?=", charsetEnd + 3);
      if (wordEnd < 0) {
        break;
      }
      String between = text.substring(at, start);
      String decoded = word(text.substring(start + 2, wordEnd), charsetEnd - start - 2);
      if (decoded == null) {
        out.append(between).append("=?");
        at = start + 2;
        behindWord = false;
        continue;
      }
      if (!behindWord || !between.isBlank()) {
        out.append(between);
      }
      out.append(decoded);
      at = wordEnd + 2;
      behindWord = true;
    }
    return out.append(text, at, text.length()).toString();
  }

  private static @Nullable String word(String inner, int charsetLength) {
    int language = inner.indexOf('*');
    String name =
        inner.substring(0, language > 0 && language < charsetLength ? language : charsetLength);
    if (inner.length() < charsetLength + 3 || inner.charAt(charsetLength + 2) != '?') {
      return null;
    }
    byte[] data = inner.substring(charsetLength + 3).getBytes(StandardCharsets.ISO_8859_1);
    try {
      Charset charset = Charset.forName(name);
      return switch (inner.charAt(charsetLength + 1)) {
        case 'B', 'b' -> new String(Base64.getMimeDecoder().decode(data), charset);
        case 'Q', 'q' -> new String(QuotedPrintable.decode(spaces(data)), charset);
        default -> null;
      };
    } catch (IllegalArgumentException e) {
      // An unknown charset or no base64.
      return null;
    }
  }

  private static byte[] spaces(byte[] data) {
    byte[] out = data.clone();
    for (int i = 0; i < out.length; i++) {
      if (out[i] == '_') {
        out[i] = ' ';
      }
    }
    return out;
  }
}
