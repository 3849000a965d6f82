package dev.postrider.table;

import dev.postrider.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the server of a table listens. Immutable.
 *
 * @param text as configured, for messages
 * @param path of a Unix-domain socket, or null
 * @param host a name or an address, brackets removed; empty for a Unix-domain socket
 * @param port 1 to 65535; 0 for a Unix-domain socket
 */
record Endpoint(String text, @Nullable Path path, String host, int port) {
  /** Parses {@code inet:host:port} or {@code unix:path}. */
  static Endpoint parse(String text) throws ConfigException {
    if (text.startsWith("unix:") && text.length() > 5) {
      return new Endpoint(text.substring(5), Path.of(text.substring(5)), "", 0);
    }
    if (text.startsWith("inet:")) {
      return inet(text.substring(5));
    }
    throw new ConfigException(
        "need \"inet:host:port\" or \"unix:pathname\" instead of \"" + text + "\"");
  }

  /** Parses {@code host:port}; an IPv6 address stands in brackets. */
  static Endpoint inet(String text) throws ConfigException {
    int colon = text.lastIndexOf(':');
    if (colon <= 0 || text.endsWith("]")) {
      throw new ConfigException("need \"host:port\" instead of \"" + text + "\"");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new Endpoint(text, null, host, port(text.substring(colon + 1)));
  }

  /** A port by number or by the name that services(5) has for it. */
  static int port(String text) throws ConfigException {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      int port = service(text);
      if (port > 0) {
        return port;
      }
    }
    throw new ConfigException(
        "bad port \"" + text + "\" (use a number from 1 to 65535 or a name of /etc/services)");
  }

  private static int service(String name) {
    try (BufferedReader lines =
        Files.newBufferedReader(Path.of("/etc/services"), StandardCharsets.ISO_8859_1)) {
      return lines
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+"))
          .filter(fields -> fields.length > 1 && fields[1].endsWith("/tcp") && has(fields, name))
          .map(fields -> fields[1].substring(0, fields[1].length() - 4))
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static boolean has(String[] fields, String name) {
    for (int i = 0; i < fields.length; i++) {
      if (i != 1 && fields[i].equals(name)) {
        return true;
      }
    }
    return false;
  }
}
