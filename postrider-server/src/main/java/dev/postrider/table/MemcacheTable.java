package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code memcache:/file}: a memcached server over its text protocol, with another table behind it
 * if there is a {@code backup}, as memcache_table(5) describes it. Safe on any thread.
 */
final class MemcacheTable implements Content {
  static final Set<String> PARAMETERS =
      Set.of(
          "memcache",
          "backup",
          "flags",
          "ttl",
          "key_format",
          "domain",
          "data_size_limit",
          "line_size_limit",
          "max_try",
          "retry_pause",
          "timeout");

  private static final int CONNECTIONS = 8;
  private static final Duration IDLE = Duration.ofSeconds(60);

  private final String name;
  private final boolean fold;
  private final MailLog log;
  private final KeyFormat format = new KeyFormat();
  private final KeyFormat.Text key;
  private final @Nullable StringList domain;
  private final @Nullable LookupTable backup;
  private final int longestData;
  private final int longestLine;
  private final int tries;
  private final Duration pause;
  private final Duration timeout;
  private final String stored;
  private final Pool<Peer> pool;

  /** Whether the log knows that the server does not answer, and the backup does. */
  private final AtomicBoolean toldOfFailure = new AtomicBoolean();

  MemcacheTable(NetworkTable table, ParameterFile parameters) throws IOException, ConfigException {
    this.name = table.name();
    this.fold = table.fold();
    this.log = table.log();
    this.key = format.query(parameters.text("key_format", "%s"));
    this.domain = table.domain(parameters);
    this.backup = parameters.has("backup") ? table.open(parameters.text("backup", "")) : null;
    this.longestData = parameters.number("data_size_limit", 10_240, 1);
    this.longestLine = parameters.number("line_size_limit", 1024, 1);
    this.tries = parameters.number("max_try", 2, 1);
    this.pause = Duration.ofSeconds(parameters.number("retry_pause", 1, 1));
    this.timeout = Duration.ofSeconds(parameters.number("timeout", 2, 1));
    this.stored =
        " " + parameters.number("flags", 0, 0) + " " + parameters.number("ttl", 3600, 0) + " ";
    Endpoint endpoint = Endpoint.parse(parameters.text("memcache", "inet:localhost:11211"));
    this.pool =
        new Pool<>(
            new Pool.Limits(CONNECTIONS, IDLE, timeout), () -> Peer.connect(endpoint, timeout));
  }

  @Override
  public Lookup lookup(String asked) {
    if (asked.isEmpty()) {
      return new Lookup.NotFound();
    }
    if (domain != null && !(NetworkTable.eligible(domain, asked) instanceof Lookup.Found)) {
      return NetworkTable.eligible(domain, asked);
    }
    Optional<String> text =
        format.expand(key, fold ? Keys.fold(asked) : asked, UnaryOperator.identity());
    // White space and line ends would be commands of their own.
    if (text.isEmpty() || text.get().isEmpty() || !text.get().chars().allMatch(c -> c > ' ')) {
      return new Lookup.NotFound();
    }
    Lookup answer = cached(text.get());
    if (backup == null && answer instanceof Lookup.Unavailable(String reason)) {
      log.warning("proxymap", reason);
    }
    if (backup == null || answer instanceof Lookup.Found) {
      return answer;
    }
    Lookup behind = backup.lookup(asked);
    if (answer instanceof Lookup.Unavailable(String reason)) {
      if (!toldOfFailure.getAndSet(true)) {
        log.warning("proxymap", reason + "; asking " + backup.name() + " alone");
      }
    } else {
      toldOfFailure.set(false);
      if (behind instanceof Lookup.Found(String value)) {
        store(text.get(), value);
      }
    }
    return behind;
  }

  private Lookup cached(String wanted) {
    String reason = "";
    for (int i = 0; i < tries; i++) {
      try {
        if (i > 0) {
          Thread.sleep(pause);
        }
        return pool.ask(peer -> get(peer, wanted));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      } catch (EOFException | ProtocolException e) {
        reason = Peer.reason(e);
      } catch (IOException e) {
        // Nobody there: another attempt would only take longer.
        reason = Peer.reason(e);
        break;
      }
    }
    return new Lookup.Unavailable("table " + name + ": " + reason);
  }

  private Lookup get(Peer peer, String wanted) throws IOException {
    peer.begin(timeout);
    peer.write(Octets.encode("get " + wanted + "\r\n"));
    String line = line(peer);
    if (line.equals("END")) {
      return new Lookup.NotFound();
    }
    String[] words = line.split(" ", -1);
    if (words.length < 4 || !words[0].equals("VALUE")) {
      throw new ProtocolException(
          "unexpected memcache server reply: " + line.substring(0, Math.min(30, line.length())));
    }
    byte[] value = peer.read(size(words[3]));
    byte[] end = peer.read(2);
    if (end[0] != '\r' || end[1] != '\n' || !line(peer).equals("END") || !peer.isClean()) {
      throw new ProtocolException("the memcache server's reply does not end where it says");
    }
    return new Lookup.Found(Octets.decode(value));
  }

  private int size(String digits) throws ProtocolException {
    try {
      int size = Integer.parseInt(digits);
      if (size >= 0 && size <= longestData) {
        return size;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ProtocolException(
        "the memcache server has a value of "
            + digits
            + " bytes (data_size_limit = "
            + longestData
            + ")");
  }

  /** Keeps an answer of the backup; the mail does not wait for that to succeed. */
  private void store(String wanted, String value) {
    byte[] bytes = Octets.encode(value);
    if (bytes.length > longestData) {
      log.warning(
          "proxymap",
          "table %s: data for key %s is too long (data_size_limit=%d) -- not stored"
              .formatted(name, wanted, longestData));
      return;
    }
    try {
      String answer =
          pool.ask(peer -> {
            peer.begin(timeout);
            byte[] head = Octets.encode("set " + wanted + stored + bytes.length + "\r\n");
            byte[] all = Arrays.copyOf(head, head.length + bytes.length + 2);
            System.arraycopy(bytes, 0, all, head.length, bytes.length);
            all[all.length - 2] = '\r';
            all[all.length - 1] = '\n';
            peer.write(all);
            return line(peer);
          });
      if (!answer.equals("STORED")) {
        log.warning("proxymap", "table " + name + ": update failed: " + answer);
      }
    } catch (IOException e) {
      log.warning("proxymap", "table " + name + ": update failed: " + Peer.reason(e));
    }
  }

  private String line(Peer peer) throws IOException {
    byte[] line = peer.line(longestLine);
    int length = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
    return MapSource.printable(new String(line, 0, length, StandardCharsets.ISO_8859_1));
  }
}
