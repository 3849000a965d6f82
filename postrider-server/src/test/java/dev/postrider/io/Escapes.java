package dev.postrider.io;

/** Octets in the scripts of tests: {@code \\r}, {@code \\n}, {@code \\xHH}. Functions only. */
public final class Escapes {
  private Escapes() {}

  /** One char a byte. */
  public static String octets(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      i++;
      switch (text.charAt(i)) {
        case 'r' -> out.append('\r');
        case 'n' -> out.append('\n');
        case '0' -> out.append('\0');
        case '\\' -> out.append('\\');
        case 'x' -> {
          out.append((char) Integer.parseInt(text, i + 1, i + 3, 16));
          i += 2;
        }
        default -> throw new IllegalArgumentException("bad escape in " + text);
      }
    }
    return out.toString();
  }
}
