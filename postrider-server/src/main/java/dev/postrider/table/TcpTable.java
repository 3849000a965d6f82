package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * {@code tcp:host:port}, as tcp_table(5) describes it: {@code get key} with everything but plain
 * characters as {@code %XX}, and a reply of a code and a text. Safe on any thread.
 */
final class TcpTable implements LookupTable {
  private static final Duration TIMEOUT = Duration.ofSeconds(100);
  private static final int LONGEST_REPLY = 4096;

  /** The protocol does not say how long a server likes an idle client. */
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final String name;
  private final TableServer server;

  TcpTable(TableSpec spec, MailLog log) throws ConfigException {
    this(spec, log, TIMEOUT);
  }

  /**
   * @param timeout for connecting, and for one question with its answer
   */
  TcpTable(TableSpec spec, MailLog log, Duration timeout) throws ConfigException {
    this.name = spec.toString();
    this.server =
        new TableServer(
            name, Endpoint.inet(spec.name()), new TableServer.Times(timeout, IDLE), log);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Lookup lookup(String key) {
    try {
      return server.ask(peer -> exchange(peer, key));
    } catch (IOException e) {
      return server.unavailable(Peer.reason(e));
    }
  }

  private static Lookup exchange(Peer peer, String key) throws IOException {
    peer.write(Octets.encode("get " + quoted(Octets.encode(key)) + "\n"));
    byte[] line = peer.line(LONGEST_REPLY);
    byte @Nullable [] text = hasCode(line) ? unquoted(line, 4) : null;
    if (text == null || !peer.isClean()) {
      throw new ProtocolException("malformed reply: " + shown(line));
    }
    return switch (line[0]) {
      case '2' -> new Lookup.Found(Octets.decode(text));
      case '5' -> new Lookup.NotFound();
      // The server asks to be left alone for a while, so the connection ends too.
      case '4' -> throw new ProtocolException("the server says: " + shown(line));
      default -> throw new ProtocolException("bad status code: " + shown(line));
    };
  }

  private static boolean hasCode(byte[] line) {
    return line.length > 3
        && isDigit(line[0])
        && isDigit(line[1])
        && isDigit(line[2])
        && LogicalLines.isSpace((char) line[3]);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static String quoted(byte[] bytes) {
    StringBuilder out = new StringBuilder(bytes.length);
    for (byte b : bytes) {
      if (b > ' ' && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return out.toString();
  }

  /** Null when a percent sign is not followed by two digits. */
  static byte @Nullable [] unquoted(byte[] line, int from) {
    byte[] out = new byte[line.length - from];
    int length = 0;
    for (int i = from; i < line.length; i++) {
      if (line[i] != '%') {
        out[length++] = line[i];
        continue;
      }
      if (i + 2 >= line.length
          || !HexFormat.isHexDigit(line[i + 1])
          || !HexFormat.isHexDigit(line[i + 2])) {
        return null;
      }
      out[length++] =
          (byte) (16 * HexFormat.fromHexDigit(line[i + 1]) + HexFormat.fromHexDigit(line[i + 2]));
      i += 2;
    }
    return java.util.Arrays.copyOf(out, length);
  }

  /** At most a hundred characters that a log can show. */
  static String shown(byte[] text) {
    return MapSource.printable(Octets.decode(text, 0, Math.min(text.length, 100)));
  }

  /** The server may match as it likes: it gets whole addresses only, as from Postfix. */
  @Override
  public boolean matchesPatterns() {
    return true;
  }
}
