package dev.postrider.cli;

import dev.postrider.table.CompiledTable.Kind;
import dev.postrider.table.Octets;
import java.io.IOException;
import java.io.PrintStream;

/**
 * Prints entries: key, tab, value; or a JSON object a line (-j). Bytes as they are in the table.
 */
record TableOutput(PrintStream out, Kind kind, boolean json) {
  void entry(String key, String value) throws IOException {
    if (json) {
      out.write(Octets.encode("{" + quoted(key) + ": " + quoted(value) + "}\n"));
      return;
    }
    String separator = kind == Kind.ALIASES ? ":\t" : "\t";
    out.write(Octets.encode(key + separator + value + "\n"));
  }

  void value(String key, String value) throws IOException {
    if (json) {
      entry(key, value);
    } else {
      out.write(Octets.encode(value + "\n"));
    }
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u").append("%04X".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
