package dev.postrider.table;

import dev.postrider.log.MailLog;
import java.io.IOException;
import java.time.Duration;

/**
 * The server that answers for a table: connections to it, and what is said when it does not answer.
 * Safe on any thread.
 */
final class TableServer {
  private static final int CONNECTIONS = 8;

  private final String table;
  private final MailLog log;
  private final Duration timeout;
  private final Pool<Peer> pool;

  /**
   * How long it is waited for.
   *
   * @param timeout for connecting, and for one question with its answer
   * @param idle how long a connection is kept that nothing is asked over
   */
  record Times(Duration timeout, Duration idle) {}

  /** Knows where to connect to when something is asked. The log names {@code table}. */
  TableServer(String table, Endpoint endpoint, Times times, MailLog log) {
    this.table = table;
    this.log = log;
    this.timeout = times.timeout();
    this.pool =
        new Pool<>(
            new Pool.Limits(CONNECTIONS, times.idle(), timeout),
            () -> Peer.connect(endpoint, timeout));
  }

  /** Asks one question. */
  <R> R ask(Pool.Use<Peer, R> exchange) throws IOException {
    return pool.ask(peer -> {
      peer.begin(timeout);
      return exchange.of(peer);
    });
  }

  /** The answer when there is none; the log says so too. */
  Lookup unavailable(String reason) {
    String text = "table " + table + ": " + reason;
    log.warning("proxymap", text);
    return new Lookup.Unavailable(text);
  }
}
