package dev.postrider.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that header and body checks would look up for a message (postmap -h and -b): each header
 * with its continuation lines, each line of the body. Stateless.
 */
final class MessageKeys {
  private MessageKeys() {}

  static List<String> read(BufferedInputStream in, TableOptions options) throws IOException {
    List<String> keys = new ArrayList<>();
    StringBuilder header = new StringBuilder();
    boolean body = false;
    for (@Nullable String line = TableQuery.line(in); line != null; line = TableQuery.line(in)) {
      if (body) {
        if (options.has('b')) {
          keys.add(line);
        }
        continue;
      }
      boolean folded = line.startsWith(" ") || line.startsWith("\t");
      if (folded && !header.isEmpty()) {
        header.append('\n').append(line);
        continue;
      }
      flush(header, keys, options);
      if (isHeader(line)) {
        header.append(line);
      } else {
        body = true;
        // The empty line that ends the header is looked up too; where it is missing, as if it were
        // there. Body checks do the same.
        if (options.has('b')) {
          keys.add("");
          if (!line.isEmpty()) {
            keys.add(line);
          }
        }
      }
    }
    flush(header, keys, options);
    return keys;
  }

  private static void flush(StringBuilder header, List<String> keys, TableOptions options) {
    if (!header.isEmpty() && options.has('h')) {
      keys.add(header.toString());
    }
    header.setLength(0);
  }

  private static boolean isHeader(String line) {
    int colon = line.indexOf(':');
    if (colon < 1) {
      return false;
    }
    for (int i = 0; i < colon; i++) {
      char c = line.charAt(i);
      if (c < '!' || c > '~') {
        return line.substring(i, colon).isBlank();
      }
    }
    return true;
  }
}
