package dev.postrider.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The {@code option_file} of a table: of its {@code option_group} the names user, password and
 * socket count, other lines are for other clients. Stateless.
 */
final class MysqlOptionFile {
  private MysqlOptionFile() {}

  /** The options; none when no file is named. */
  static Map<String, String> of(ParameterFile parameters) throws IOException {
    Map<String, String> options = new HashMap<>();
    if (!parameters.has("option_file")) {
      return options;
    }
    Path file = Path.of(parameters.text("option_file", ""));
    String wanted = parameters.text("option_group", "client");
    boolean inside = false;
    try {
      for (String line : Octets.decode(Files.readAllBytes(file)).lines().toList()) {
        String text = line.strip();
        if (text.startsWith("[")) {
          inside = text.equals("[" + wanted + "]");
        }
        int equals = text.indexOf('=');
        if (inside && equals > 0 && !text.startsWith("#") && !text.startsWith(";")) {
          options.put(text.substring(0, equals).strip(), unquoted(text.substring(equals + 1)));
        }
      }
    } catch (NoSuchFileException e) {
      throw new IOException(
          parameters.place("option_file") + ": open " + file + ": No such file or directory", e);
    }
    return options;
  }

  private static String unquoted(String text) {
    String value = text.strip();
    boolean quoted =
        value.length() > 1
            && (value.charAt(0) == '"' || value.charAt(0) == '\'')
            && value.charAt(0) == value.charAt(value.length() - 1);
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
