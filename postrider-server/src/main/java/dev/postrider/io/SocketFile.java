package dev.postrider.io;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket that anybody on the machine may connect to. Who removes its file, or puts another
 * in its place, would cut everybody off from a process that goes on listening where nobody can
 * come: so the file is looked at now and then, and made again. Safe on any thread.
 */
public final class SocketFile implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private final Path path;
  private final Duration betweenLooks;
  private final Consumer<String> warnings;

  /** Whether a service manager owns the socket, and goes on listening when we are gone. */
  private final boolean lent;

  private final Object monitor = new Object();
  private volatile ServerSocketChannel channel;
  private volatile boolean closed;

  /** Which file is ours; guarded by the monitor. */
  private @Nullable Object key;

  /** Whether it was said that it cannot be made again; guarded by the monitor. */
  private boolean complained;

  private SocketFile(
      Path path,
      ServerSocketChannel channel,
      boolean lent,
      Duration betweenLooks,
      Consumer<String> warnings) {
    this.path = path;
    this.channel = channel;
    this.lent = lent;
    this.betweenLooks = betweenLooks;
    this.warnings = warnings;
  }

  /**
   * One that {@link #open} makes, in a directory where no other process makes one of that name.
   *
   * @param warnings hears, as a sentence, that the file was gone and is there again, or cannot be
   *     made
   */
  public static SocketFile at(Path path, Consumer<String> warnings) throws IOException {
    return at(path, BETWEEN_LOOKS, warnings);
  }

  static SocketFile at(Path path, Duration betweenLooks, Consumer<String> warnings)
      throws IOException {
    return new SocketFile(
        path,
        ServerSocketChannel.open(StandardProtocolFamily.UNIX),
        /* lent= */ false,
        betweenLooks,
        warnings);
  }

  /** One that listens already and whose file is somebody else's affair. */
  public static SocketFile lent(Path path, ServerSocketChannel channel) {
    return new SocketFile(path, channel, /* lent= */ true, BETWEEN_LOOKS, warning -> {});
  }

  /**
   * Begins to listen, and to look; a stale file of an earlier run is replaced.
   *
   * @throws IOException naming the path
   */
  public void open() throws IOException {
    if (lent) {
      return;
    }
    synchronized (monitor) {
      try {
        bind(channel);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    }
    Thread.ofVirtual()
        .name("socket file " + path)
        .start(
            new EndlessWork(
                this::watch,
                (why, pause) ->
                    warnings.accept(
                        "unexpected: looking at " + path + EndlessWork.again(pause) + ": " + why)));
  }

  /** Guarded by the monitor. */
  private void bind(ServerSocketChannel fresh) throws IOException {
    try {
      Files.deleteIfExists(path);
      fresh.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
      key = key();
    } catch (IOException e) {
      throw new IOException("cannot listen on " + path + ": " + e.getMessage(), e);
    }
  }

  private @Nullable Object key() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  private void watch() throws InterruptedException {
    while (!closed) {
      Thread.sleep(betweenLooks);
      look();
    }
  }

  private void look() {
    synchronized (monitor) {
      try {
        if (closed || Objects.equals(key, key())) {
          return;
        }
      } catch (NoSuchFileException _) {
        // It is gone, so it is made again.
      } catch (IOException _) {
        // The directory cannot be read, or there is no descriptor: the next look tells more.
        return;
      }
      try {
        makeAgain();
        complained = false;
        warnings.accept(path + " was removed or replaced: made again");
      } catch (IOException e) {
        if (!complained) {
          complained = true;
          warnings.accept(
              e.getMessage()
                  + " (it was removed; tried again every "
                  + betweenLooks.toSeconds()
                  + " s: is its directory there? \"postfix check\" makes it)");
        }
      }
    }
  }

  private void makeAgain() throws IOException {
    ServerSocketChannel fresh = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    boolean good = false;
    try {
      bind(fresh);
      good = true;
    } finally {
      if (!good) {
        fresh.close();
      }
    }
    ServerSocketChannel old = channel;
    channel = fresh;
    // Ends the wait of whoever accepts there, who goes on with the new one.
    old.close();
  }

  /** Whether it was not closed. */
  public boolean isOpen() {
    return !closed && channel.isOpen();
  }

  /**
   * Waits for a client.
   *
   * @throws ClosedChannelException when this was closed
   */
  public SocketChannel accept() throws IOException {
    while (true) {
      ServerSocketChannel now = channel;
      try {
        return now.accept();
      } catch (ClosedChannelException e) {
        if (closed || now.equals(channel)) {
          throw e;
        }
      }
    }
  }

  /** Listens no more; the file goes too, unless it is lent. */
  @Override
  public void close() throws IOException {
    synchronized (monitor) {
      closed = true;
      channel.close();
      if (!lent) {
        Files.deleteIfExists(path);
      }
    }
  }
}
