package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Postfix's smtp-sink: takes every message and writes envelope and content into a file each. */
final class SmtpSink implements AutoCloseable {
  final int port;
  private final Path directory;
  private final Process process;

  private SmtpSink(int port, Path directory, Process process) {
    this.port = port;
    this.directory = directory;
    this.process = process;
  }

  static SmtpSink start(String... options) throws IOException {
    return startAt(Instance.freePort(), options);
  }

  static SmtpSink startAt(int port, String... options) throws IOException {
    Path program = Path.of("/usr/sbin/smtp-sink");
    assumeTrue(
        Files.isExecutable(program), "smtp-sink (Debian's package postfix) is not installed");
    Path directory = Files.createTempDirectory("prsink");
    Files.setAttribute(directory, "unix:mode", 0777);
    List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
    if (Instance.isRoot()) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.addAll(List.of(options));
    command.addAll(List.of("-d", directory + "/%s.", "127.0.0.1:" + port, "128"));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    SmtpSink sink = new SmtpSink(port, directory, process);
    Instance.await("smtp-sink to listen", sink::listens, () -> "");
    return sink;
  }

  private boolean listens() {
    try (var _ = new java.net.Socket("127.0.0.1", port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  int count() {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Waits until {@code count} messages are there in all and takes them away. */
  List<String> take(int count, java.util.function.Supplier<String> report) throws IOException {
    Instance.await(count + " messages at smtp-sink", () -> complete() >= count, report);
    List<String> messages = new java.util.ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.sorted().toList()) {
        messages.add(Files.readString(file, StandardCharsets.ISO_8859_1));
        Files.delete(file);
      }
    }
    return messages;
  }

  /** A file is whole when it is no longer empty: smtp-sink writes it when the message has ended. */
  int complete() {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.filter(file -> file.toFile().length() > 0).count();
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Instance.delete(directory);
  }
}
