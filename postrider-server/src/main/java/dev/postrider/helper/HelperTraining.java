package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.io.ActingAs;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Does in one process what the helper does all day, for whoever makes a start-up cache. What this
 * process has no right to do fails, which is no matter: the way there was gone. Functions only.
 */
public final class HelperTraining {
  /** Of nobody in particular, for a process that may take any identity. */
  private static final Identity ANYBODY = new Identity("", 65_533, 65_533);

  private static final int ROUNDS = 20;

  private HelperTraining() {}

  /**
   * Runs it.
   *
   * @param directory empty, for whatever comes up
   */
  public static void run(Config config, Path directory) throws IOException, InterruptedException {
    Path open = Files.createDirectory(directory.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Helper rights = new RootRights(config, InstantSource.system(), ActingAs.inPlace(), directory);
    HelperServer server =
        HelperServer.open(
            directory.resolve(HelperProcess.SOCKET),
            Files.getOwner(directory),
            rights,
            notice -> {});
    Thread serving = Thread.ofPlatform().name("helper-accept").start(() -> serve(server));
    try (Connections way = new Connections(directory)) {
      work(new RemoteHelper(way), open);
    } finally {
      server.close();
    }
    serving.join();
    server.awaitWork();
  }

  private static void serve(HelperServer server) {
    try {
      server.serve();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void work(Helper helper, Path open) throws InterruptedException {
    Payload payload = out -> out.write("From a  Thu\n\nx\n\n".getBytes(StandardCharsets.US_ASCII));
    CommandCall call =
        new CommandCall(
            List.of("true"), Map.of("A", "b"), null, null, Duration.ofMinutes(1), 100, 0);
    for (int i = 0; i < ROUNDS; i++) {
      tried(() -> helper.read(ANYBODY, open.resolve(".forward"), 1_000));
      tried(() -> {
        helper.append(
            ANYBODY, new Append(open.resolve("mbox"), Append.Kind.VIRTUAL_MAILBOX), payload);
        return true;
      });
      tried(() -> {
        helper.addToMaildir(ANYBODY, open.resolve("Maildir"), 0, payload);
        return true;
      });
    }
    tried(() -> helper.run(ANYBODY, call, payload));
  }

  /** A piece of work. */
  @FunctionalInterface
  private interface Piece {
    Object run() throws IOException, InterruptedException;
  }

  private static void tried(Piece piece) throws InterruptedException {
    try {
      Object _ = piece.run();
    } catch (IOException _) {
      // No right to it; what it loads on the way is what counts.
    }
  }

  /** To the server of the same process. */
  private static final class Connections implements RemoteHelper.Way, AutoCloseable {
    private final Path directory;
    private final KeptConnections kept = new KeptConnections();

    Connections(Path directory) {
      this.directory = directory;
    }

    @Override
    public HelperConnection connect() throws IOException {
      @Nullable HelperConnection waiting = kept.take();
      if (waiting != null) {
        return waiting;
      }
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      boolean _ =
          channel.connect(UnixDomainSocketAddress.of(directory.resolve(HelperProcess.SOCKET)));
      HelperConnection made = new HelperConnection(channel, kept);
      int _ = made.hello();
      return made;
    }

    @Override
    public void reload() {}

    @Override
    public void close() {
      kept.close();
    }
  }
}
