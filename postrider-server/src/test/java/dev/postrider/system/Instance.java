package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A whole Postrider of the built image in a temporary directory of its own: configuration, spool,
 * log, a free port on loopback. Closing it ends the daemon and removes the directory.
 */
final class Instance implements AutoCloseable {
  static final Path IMAGE =
      Path.of(System.getProperty("postrider.root", ".."))
          .resolve("target/postrider")
          .toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Path directory;
  final Path etc;
  final Path log;
  final int port;
  final Shell shell;

  private Instance(Path directory, int port) {
    this.directory = directory;
    this.etc = directory.resolve("etc");
    this.log = directory.resolve("mail.log");
    this.port = port;
    this.shell =
        new Shell(
            directory,
            Map.of(
                "MAIL_CONFIG",
                etc.toString(),
                "PATH",
                IMAGE.resolve("bin") + ":" + System.getenv("PATH") + ":/usr/sbin:/sbin",
                "LC_ALL",
                "C.UTF-8"));
  }

  /** Makes the directory and a configuration that a test may append to; starts nothing. */
  static Instance create() throws IOException {
    assumeTrue(
        Files.isExecutable(IMAGE.resolve("bin/postrider")),
        "the image is not built: run ./postrider build");
    // Not below target/: the path of a Unix socket has 107 characters at most.
    Path directory = Files.createTempDirectory("prtest");
    Files.setAttribute(directory, "unix:mode", 0755);
    Instance instance = new Instance(directory, freePort());
    Files.createDirectories(instance.etc);
    Files.writeString(
        instance.etc.resolve("main.cf"),
        """
        compatibility_level = 3.6
        myhostname = host.local.test
        mydestination = $myhostname, localhost
        queue_directory = %1$s/q
        data_directory = %1$s/data
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = /var, /dev/stdout, %1$s
        alias_maps = hash:%1$s/etc/aliases
        alias_database = hash:%1$s/etc/aliases
        mail_spool_directory = %1$s/mailboxes
        """
            .formatted(directory));
    if (isRoot()) {
      instance.main("mail_owner = nobody");
    }
    Files.writeString(instance.etc.resolve("aliases"), "postmaster: root\n");
    Files.createDirectories(directory.resolve("mailboxes"));
    Files.setAttribute(directory.resolve("mailboxes"), "unix:mode", 01777);
    Files.writeString(
        instance.etc.resolve("master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        bounce unix - - n - 0 bounce
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        local unix - n n - - local
        error unix - - n - - error
        """
            .formatted(instance.port));
    return instance;
  }

  /** A program of the image. */
  static Path program(String name) {
    return IMAGE.resolve("bin").resolve(name);
  }

  static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Appends lines to main.cf, as guides say. */
  void main(String lines) throws IOException {
    Files.writeString(etc.resolve("main.cf"), lines + "\n", StandardOpenOption.APPEND);
  }

  void start() throws IOException, InterruptedException {
    Shell.Result result = shell.run("postfix start");
    if (result.code() != 0) {
      throw new IOException("postfix start: " + result.all() + logText());
    }
  }

  /** A command of the image, by its path. */
  static String command(String name) {
    return IMAGE.resolve("bin").resolve(name).toString();
  }

  /** The daemon itself as a child process, whose first line of output says that it listens. */
  Process daemon() throws IOException, InterruptedException {
    if (!Files.isDirectory(directory.resolve("q"))) {
      shell.run("postfix check");
    }
    return new ProcessBuilder(
            IMAGE.resolve("bin/postrider").toString(), "daemon", "-c", etc.toString())
        .redirectErrorStream(true)
        .start();
  }

  String logText() {
    return text(log);
  }

  /** What a file has by now; nothing while there is none. */
  static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a text in the log. */
  void awaitLog(String text) throws IOException {
    await("the log to say: " + text, () -> logText().contains(text));
  }

  void await(String what, BooleanSupplier condition) throws IOException {
    await(what, condition, this::logText);
  }

  /** Waits for a condition that another process makes true. */
  static void await(
      String what, BooleanSupplier condition, java.util.function.Supplier<String> report)
      throws IOException {
    await(what, condition, report, PATIENCE);
  }

  static void await(
      String what,
      BooleanSupplier condition,
      java.util.function.Supplier<String> report,
      Duration patience)
      throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new IOException("waited in vain for " + what + "\n" + report.get());
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Path pid = directory.resolve("q/pid/master.pid");
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
          });
    }
    delete(directory);
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
