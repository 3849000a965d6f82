package dev.postrider.helper;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.Programs;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The helper's process as the daemon sees it. While there is nothing to do it is a shell of root's
 * that waits on a pipe; asked to, it starts the helper proper, which ends when it has been idle,
 * and may be started again. When the daemon ends, by whichever way, the pipe does, and both end.
 * Safe on any thread.
 */
public final class HelperProcess implements RemoteHelper.Way, Closeable {
  /** What the helper writes when it listens; and what begins a line for the log. */
  static final String READY = "ready";

  static final String NOTICE = "notice ";

  /** What the helper is told. */
  static final String RELOAD = "reload";

  /** The name of its socket in its directory. */
  static final String SOCKET = "socket";

  /**
   * It goes where only root writes, by the inode from there on, so that nobody who may write to the
   * directory above can put anything in its way; then it waits.
   */
  private static final String WAITING =
      """
      umask 077
      export PWD
      cd -P "$1" && [ "$(pwd -P)" = "$1" ] && [ -O . ] && chmod 711 . || exit 1
      shift
      echo waiting
      while read -r word; do
        if [ "$word" = start ]; then
          "$@"
          echo "ended $?"
        fi
      done
      """;

  private static final Duration LIMIT_TO_START = Duration.ofSeconds(30);

  /** A helper that lived as long as that has not died of what it was started with. */
  private static final Duration HEALTHY = Duration.ofMinutes(1);

  private static final int LONGEST_PAUSE_SECONDS = 10;
  private static final int DEATHS_WITHOUT_PAUSE = 3;

  private enum State {
    /** The shell waits. */
    WAITING,
    /** The helper was asked for. */
    STARTING,
    /** The helper listens. */
    READY,
    /** The shell is gone. */
    GONE
  }

  private final Process shell;
  private final OutputStream toShell;
  private final UnixDomainSocketAddress address;
  private final UserPrincipal root;
  private final Consumer<String> warnings;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private State state = State.WAITING;
  private int deaths;
  private long startedAt;
  private long notBefore = System.nanoTime();

  /** Those of the helper that runs. */
  private volatile KeptConnections kept = new KeptConnections();

  private volatile String trouble = "";
  private volatile boolean closed;

  private HelperProcess(
      Process shell,
      UnixDomainSocketAddress address,
      UserPrincipal root,
      Consumer<String> warnings) {
    this.shell = shell;
    this.toShell = shell.getOutputStream();
    this.address = address;
    this.root = root;
    this.warnings = warnings;
  }

  /**
   * Starts the shell. Called by root, before it gives its rights up.
   *
   * @param directory root's own
   * @param command what starts the helper
   * @param environment for that
   * @param warnings what the helper has to say, a line each
   */
  public static HelperProcess start(
      Path directory,
      List<String> command,
      Map<String, String> environment,
      Consumer<String> warnings)
      throws IOException {
    Path real = directory.toRealPath();
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", WAITING, "postrider-helper"));
    line.add(real.toString());
    line.addAll(command);
    ProcessBuilder builder =
        // Whoever reads the daemon's own error output may be gone.
        new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    UserPrincipal root =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("0");
    HelperProcess helper =
        new HelperProcess(
            Programs.start(builder),
            UnixDomainSocketAddress.of(real.resolve(SOCKET)),
            root,
            warnings);
    Thread.ofPlatform().name("helper-output").daemon().start(helper::listen);
    return helper;
  }

  /**
   * Connects to the helper, which is started if need be.
   *
   * @throws DeliveryFailure if it cannot be had now
   */
  @Override
  public HelperConnection connect() throws IOException, InterruptedException {
    @Nullable HelperConnection waiting = kept.take();
    return waiting == null ? connectAnew() : waiting;
  }

  private HelperConnection connectAnew() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT_TO_START.toNanos();
    while (true) {
      awaitReady(deadline);
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      HelperConnection connection = new HelperConnection(channel, kept);
      if (greeted(channel, connection)) {
        return connection;
      }
      connection.close();
      awaitEnd(deadline);
    }
  }

  /** Tells a helper that runs to read main.cf again; one that starts later does so anyway. */
  @Override
  public void reload() throws IOException {
    lock.lock();
    try {
      if (state == State.READY || state == State.STARTING) {
        tell(RELOAD);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The helper ends, as it would if this process did. */
  @Override
  public void close() throws IOException {
    closed = true;
    kept.close();
    toShell.close();
  }

  /** Whether the helper took the connection on; one that is about to end does not. */
  private boolean greeted(SocketChannel channel, HelperConnection connection) throws IOException {
    try {
      if (!channel.connect(address)) {
        return false;
      }
      if (connection.hello() != HelperServer.HELLO) {
        throw new DeliveryFailure(
            "4.3.0", "the helper is of another version than the daemon: stop and start the latter");
      }
    } catch (DeliveryFailure e) {
      throw e;
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException _) {
      return false;
    }
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    if (!peer.equals(root)) {
      throw new DeliveryFailure(
          "4.3.0",
          address.getPath() + " is listened to by user " + peer.getName() + " instead of root");
    }
    return true;
  }

  private void awaitReady(long deadline) throws IOException, InterruptedException {
    lock.lock();
    try {
      while (state != State.READY) {
        switch (state) {
          case GONE ->
              throw new DeliveryFailure(
                  "4.3.0",
                  "the helper of root's has gone"
                      + (trouble.isEmpty() ? "" : " (" + trouble + ")")
                      + ": stop and start the mail system");
          case WAITING -> {
            refuseTooEarly();
            startedAt = System.nanoTime();
            state = State.STARTING;
            tell("start");
          }
          case STARTING, READY -> {}
        }
        if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
          throw late("does not start");
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** It listened, and refused: it is about to end. */
  private void awaitEnd(long deadline) throws IOException, InterruptedException {
    lock.lock();
    try {
      long started = startedAt;
      while (state == State.READY && started == startedAt) {
        if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
          throw late("does not answer");
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static DeliveryFailure late(String what) {
    return new DeliveryFailure(
        "4.3.0",
        "the helper of root's " + what + " within " + LIMIT_TO_START.toSeconds() + " seconds");
  }

  private void refuseTooEarly() throws DeliveryFailure {
    long left = notBefore - System.nanoTime();
    if (left > 0) {
      throw new DeliveryFailure(
          "4.3.0",
          "the helper of root's has ended %d times in a row%s; it is started again in %d seconds"
              .formatted(
                  deaths, trouble.isEmpty() ? "" : " (" + trouble + ")", left / 1_000_000_000 + 1));
    }
  }

  private void tell(String word) throws IOException {
    toShell.write((word + "\n").getBytes(StandardCharsets.US_ASCII));
    toShell.flush();
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hear(line);
      }
    } catch (IOException e) {
      warnings.accept("the helper cannot be heard: " + e.getMessage());
    }
    lock.lock();
    try {
      state = State.GONE;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!closed) {
      warnings.accept(
          "the helper of root's has gone"
              + (trouble.isEmpty() ? "" : " (" + trouble + ")")
              + ": no mail is delivered on this machine until the mail system is started again");
    }
  }

  private void hear(String line) {
    try {
      heard(line);
    } catch (RuntimeException | Error e) {
      // What the helper says next must be heard: whoever delivers waits for it.
      warnings.accept("unexpected: hearing the helper: " + e);
    }
  }

  private void heard(String line) {
    if (line.equals(READY)) {
      lock.lock();
      try {
        state = State.READY;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    } else if (line.startsWith("ended ")) {
      ended(line.substring("ended ".length()));
    } else if (line.startsWith(NOTICE)) {
      warnings.accept(line.substring(NOTICE.length()));
    } else if (!line.equals("waiting")) {
      trouble = line;
      warnings.accept("the helper says: " + line);
    }
  }

  private void ended(String code) {
    KeptConnections dead = kept;
    kept = new KeptConnections();
    dead.close();
    @Nullable String warning = null;
    lock.lock();
    try {
      long now = System.nanoTime();
      if (code.equals("0") || now - startedAt > HEALTHY.toNanos()) {
        deaths = 0;
      }
      if (!code.equals("0")) {
        deaths++;
        // A few times at once; then after 2, 4, 8 … seconds.
        int more = deaths - DEATHS_WITHOUT_PAUSE;
        int seconds = more <= 0 ? 0 : Math.min(LONGEST_PAUSE_SECONDS, 1 << Math.min(more, 10));
        notBefore = now + Duration.ofSeconds(seconds).toNanos();
        warning =
            "the helper of root's ended with code " + code + "; it is started again when needed";
      }
      state = State.WAITING;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (warning != null) {
      warnings.accept(warning);
    }
  }
}
