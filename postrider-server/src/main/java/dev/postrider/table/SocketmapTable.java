package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * {@code socketmap:inet:host:port:map} and {@code socketmap:unix:path:map}, as socketmap_table(5)
 * describes it: a netstring {@code map key}, and one in return. Safe on any thread.
 */
final class SocketmapTable implements LookupTable {
  private static final Duration TIMEOUT = Duration.ofSeconds(100);
  private static final int LONGEST_REPLY = 100_000;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final String name;
  private final String map;
  private final TableServer server;

  SocketmapTable(TableSpec spec, MailLog log) throws ConfigException {
    this(spec, log, TIMEOUT);
  }

  /**
   * @param timeout for connecting, and for one question with its answer
   */
  SocketmapTable(TableSpec spec, MailLog log, Duration timeout) throws ConfigException {
    int colon = spec.name().lastIndexOf(':');
    if (colon < 0) {
      throw new ConfigException("socketmap requires server:socketmap argument");
    }
    this.name = spec.toString();
    this.map = spec.name().substring(colon + 1);
    this.server =
        new TableServer(
            name,
            Endpoint.parse(spec.name().substring(0, colon)),
            new TableServer.Times(timeout, IDLE),
            log);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Lookup lookup(String key) {
    byte[] reply;
    try {
      reply = server.ask(peer -> exchange(peer, key));
    } catch (IOException e) {
      return server.unavailable(Peer.reason(e));
    }
    String text = Octets.decode(reply);
    int space = text.indexOf(' ');
    String status = space < 0 ? text : text.substring(0, space);
    String data = space < 0 ? "" : text.substring(space + 1);
    return switch (status) {
      // Without the space there is no data, not even an empty one.
      case "OK" -> space < 0 ? new Lookup.NotFound() : new Lookup.Found(data);
      case "NOTFOUND" -> new Lookup.NotFound();
      case "TEMP" -> refused("temporary", data);
      case "TIMEOUT" -> refused("timeout", data);
      case "PERM" -> refused("permanent", data);
      default -> refused("unknown", data);
    };
  }

  private Lookup refused(String kind, String data) {
    String reason = data.strip();
    return server.unavailable(
        "socketmap server "
            + kind
            + " error"
            + (reason.isEmpty() ? "" : ": " + TcpTable.shown(Octets.encode(reason))));
  }

  private byte[] exchange(Peer peer, String key) throws IOException {
    byte[] question = Octets.encode(map + " " + key);
    ByteArrayOutputStream netstring = new ByteArrayOutputStream(question.length + 16);
    netstring.writeBytes((question.length + ":").getBytes(StandardCharsets.US_ASCII));
    netstring.writeBytes(question);
    netstring.write(',');
    peer.write(netstring.toByteArray());
    byte[] reply = peer.read(length(peer));
    if (peer.read() != ',' || !peer.isClean()) {
      throw new ProtocolException("the reply is no netstring");
    }
    return reply;
  }

  private static int length(Peer peer) throws IOException {
    int length = 0;
    int digits = 0;
    for (int b = peer.read(); b != ':'; b = peer.read()) {
      if (b < '0' || b > '9' || (digits > 0 && length == 0)) {
        throw new ProtocolException("the reply is no netstring");
      }
      digits++;
      length = 10 * length + b - '0';
      if (length > LONGEST_REPLY) {
        throw new ProtocolException("the reply is longer than " + LONGEST_REPLY + " bytes");
      }
    }
    if (digits == 0) {
      throw new ProtocolException("the reply is no netstring");
    }
    return length;
  }

  /** The server may match as it likes: it gets whole addresses only, as from Postfix. */
  @Override
  public boolean matchesPatterns() {
    return true;
  }
}
