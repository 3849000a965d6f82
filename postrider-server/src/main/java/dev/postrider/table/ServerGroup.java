package dev.postrider.table;

import dev.postrider.log.MailLog;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one table that all have the same to say. One that answered last is asked before
 * the others, one that could not be reached rests for a minute. Safe on any thread.
 */
final class ServerGroup<C extends AutoCloseable> {
  private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int CONNECTIONS = 8;
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** One server with what is known of it; that is guarded by itself. */
  private static final class Server<C extends AutoCloseable> {
    final String text;
    final int rank;
    final Pool<C> pool;
    private boolean answered;
    private @Nullable String failure;
    private long failedAt;

    Server(String text, int rank, Pool<C> pool) {
      this.text = text;
      this.rank = rank;
      this.pool = pool;
    }

    synchronized void hasAnswered() {
      answered = true;
      failure = null;
    }

    synchronized void hasFailed(String reason, long now) {
      answered = false;
      failure = reason;
      failedAt = now;
    }

    /** Why it rests, or null when it may be asked. */
    synchronized @Nullable String rest(long now) {
      return failure != null && now - failedAt < REST_NANOS ? failure : null;
    }

    synchronized int turn() {
      return answered ? rank - 1000 : rank;
    }
  }

  private final String table;
  private final MailLog log;
  private final LongSupplier nanos;
  private final List<Server<C>> servers = new ArrayList<>();

  ServerGroup(NetworkTable table) {
    this.table = table.name();
    this.log = table.log();
    this.nanos = table.nanos();
  }

  /**
   * Adds a server.
   *
   * @param text for messages
   * @param rank small for those to be asked first; among equals chance decides
   * @param opener throws {@link UnreachableException}, naming the server
   */
  void add(String text, int rank, Pool.Opener<C> opener) {
    servers.add(
        new Server<>(text, rank, new Pool<>(new Pool.Limits(CONNECTIONS, IDLE, PATIENCE), opener)));
  }

  /**
   * Asks the servers in turn until one answers.
   *
   * @throws IOException naming the last one that did not
   */
  <R> R ask(Pool.Use<C, R> use) throws IOException {
    List<Server<C>> order = new ArrayList<>(servers);
    Collections.shuffle(order);
    order.sort(Comparator.comparingInt(Server::turn));
    String reason = "there is no server";
    for (Server<C> server : order) {
      @Nullable String rest = server.rest(nanos.getAsLong());
      if (rest != null) {
        reason = rest + " (less than a minute ago)";
        continue;
      }
      try {
        R answer = server.pool.ask(use);
        server.hasAnswered();
        return answer;
      } catch (UnreachableException e) {
        reason = String.valueOf(e.getMessage());
        server.hasFailed(reason, nanos.getAsLong());
      } catch (SocketTimeoutException e) {
        reason = server.text + ": timed out";
        server.hasFailed(reason, nanos.getAsLong());
      } catch (IOException e) {
        reason = server.text + ": " + e.getMessage();
      }
      log.warning("proxymap", "table " + table + ": " + reason);
    }
    throw new IOException(reason);
  }
}
