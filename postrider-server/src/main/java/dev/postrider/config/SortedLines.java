package dev.postrider.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A text resource of lines {@code key<TAB>rest}, sorted by the bytes of the key, with comments
 * ahead of the first; searched without being split. Immutable.
 */
final class SortedLines {
  private final byte[] bytes;
  private final int start;

  private SortedLines(byte[] bytes) {
    this.bytes = bytes;
    int from = 0;
    while (from < bytes.length && bytes[from] == '#') {
      from = endOfLine(from) + 1;
    }
    this.start = from;
  }

  static SortedLines resource(String name) {
    return new SortedLines(resourceBytes(name));
  }

  static byte[] resourceBytes(String name) {
    try (InputStream in = SortedLines.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing from the program");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be read from the program", e);
    }
  }

  /** What follows the key's tab, or null. */
  @Nullable String find(String key) {
    byte[] wanted = key.getBytes(StandardCharsets.UTF_8);
    int low = start;
    int high = bytes.length;
    while (low < high) {
      int line = startOfLine((low + high) >>> 1);
      int order = compare(line, wanted);
      if (order == 0) {
        int rest = line + wanted.length + 1;
        return new String(bytes, rest, endOfLine(rest) - rest, StandardCharsets.UTF_8);
      }
      if (order < 0) {
        low = endOfLine(line) + 1;
      } else {
        high = line;
      }
    }
    return null;
  }

  void forEach(BiConsumer<String, String> action) {
    for (int line = start; line < bytes.length; line = endOfLine(line) + 1) {
      int tab = line;
      while (bytes[tab] != '\t') {
        tab++;
      }
      action.accept(
          new String(bytes, line, tab - line, StandardCharsets.UTF_8),
          new String(bytes, tab + 1, endOfLine(tab) - tab - 1, StandardCharsets.UTF_8));
    }
  }

  private int startOfLine(int at) {
    int line = at;
    while (line > start && bytes[line - 1] != '\n') {
      line--;
    }
    return line;
  }

  private int endOfLine(int at) {
    int end = at;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    return end;
  }

  /** The order of a line's key against a wanted one; the tab ends the key and sorts before all. */
  private int compare(int line, byte[] wanted) {
    for (int i = 0; i < wanted.length; i++) {
      byte own = bytes[line + i];
      if (own != wanted[i]) {
        return own == '\t' ? -1 : Byte.compareUnsigned(own, wanted[i]);
      }
    }
    return bytes[line + wanted.length] == '\t' ? 0 : 1;
  }
}
