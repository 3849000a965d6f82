package dev.postrider.daemon;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An instance for {@code postrider try}: a directory, a port, and the image's own commands. */
final class TryInstance implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path directory;
  final Path etc;
  final int port;
  private final Path bin;
  private @Nullable Process running;
  private boolean closed;

  private TryInstance(Path directory, int port, Path bin) {
    this.directory = directory;
    this.etc = directory.resolve("etc");
    this.port = port;
    this.bin = bin;
  }

  /**
   * Makes the directory with a configuration that relays to a provider on this machine.
   *
   * @param bin where the image's commands are
   */
  static TryInstance create(Path bin, int providerPort, String user, String password)
      throws IOException {
    // Not in the checkout: the path of a Unix socket has 107 characters at most.
    Path directory = Files.createTempDirectory("postrider-try-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    TryInstance instance = new TryInstance(directory, freePort(), bin);
    Files.createDirectory(instance.etc);
    Files.writeString(instance.etc.resolve("provider.pem"), PretendProvider.certificatePem());
    Files.writeString(
        instance.etc.resolve("main.cf"),
        """
        myhostname = this-machine.test
        mydestination =
        queue_directory = %1$s/queue
        data_directory = %1$s/data
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = %1$s
        alias_maps =
        alias_database =
        """
                .formatted(directory)
            + (OwnUser.isRoot() ? "mail_owner = nobody\n" : "")
            + "\n"
            + instance.guideLines(providerPort));
    Files.writeString(
        instance.etc.resolve("master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        local unix - n n - - local
        """
            .formatted(instance.port));
    Files.writeString(
        instance.etc.resolve("sasl_passwd"),
        "[localhost]:" + providerPort + " " + user + ":" + password + "\n");
    Files.writeString(instance.etc.resolve("generic"), "@this-machine.test " + user + "\n");
    return instance;
  }

  /** What every guide has one add to main.cf. */
  String guideLines(int providerPort) {
    return """
    relayhost = [localhost]:%1$d
    smtp_tls_security_level = secure
    smtp_tls_CAfile = %2$s/provider.pem
    smtp_sasl_auth_enable = yes
    smtp_sasl_tls_security_options = noanonymous
    smtp_sasl_password_maps = hash:%2$s/sasl_passwd
    smtp_generic_maps = hash:%2$s/generic
    """
        .formatted(providerPort, etc);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * Runs one of the image's commands.
   *
   * @return what it printed
   * @throws IOException if it fails, with what it said
   */
  String run(String input, String... command) throws IOException, InterruptedException {
    Path output = directory.resolve("output");
    Process process = start(output, command);
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    String said = Files.readString(output).strip();
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " failed: " + said + "\n" + log());
    }
    return said;
  }

  private synchronized Process start(Path output, String... command) throws IOException {
    if (closed) {
      throw new IOException("interrupted");
    }
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(List.of(command)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.command().set(0, bin.resolve(command[0]).toString());
    builder.environment().put("MAIL_CONFIG", etc.toString());
    builder.environment().remove("POSTRIDER_ERR_TTY");
    Process started = builder.start();
    running = started;
    return started;
  }

  String log() throws IOException {
    try {
      return Files.readString(directory.resolve("mail.log"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  /** Waits for the log to have a number of lines with a text; returns the last of them. */
  String awaitLine(String text, int count) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      List<String> found = log().lines().filter(line -> line.contains(text)).toList();
      if (found.size() >= count) {
        return found.get(count - 1);
      }
      if (System.nanoTime() > end) {
        throw new IOException("the log does not say \"" + text + "\":\n" + log());
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Ends what runs and removes everything; at any moment, also while a command runs. */
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    // The command first: one that is about to start the daemon would start it behind our back.
    Process command = running;
    if (command != null) {
      end(command.toHandle());
    }
    // By its arguments: it may not have come as far as to write its process id, and who started it
    // may be dead.
    List<ProcessHandle> daemons =
        ProcessHandle.allProcesses().filter(each -> worksIn(each, etc.toString())).toList();
    daemons.forEach(TryInstance::end);
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean worksIn(ProcessHandle process, String etc) {
    return process.info().arguments().stream().flatMap(Stream::of).anyMatch(etc::equals);
  }

  private static void end(ProcessHandle process) {
    boolean asked = process.destroy();
    ProcessHandle ended =
        process.onExit().completeOnTimeout(process, PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    if (!asked || ended.isAlive()) {
      boolean _ = process.destroyForcibly();
    }
  }
}
