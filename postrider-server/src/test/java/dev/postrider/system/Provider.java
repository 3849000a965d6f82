package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A real provider: Debian's Postfix and Cyrus SASL on loopback (peers/provider.sh). */
final class Provider implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("postrider.root", ".."))
          .resolve("postrider-server/src/test/peers/provider.sh")
          .toAbsolutePath();

  final Path directory;
  final int submission;
  final int smtps;
  private final Shell shell;

  private Provider(Path directory, int submission, int smtps) {
    this.directory = directory;
    this.submission = submission;
    this.smtps = smtps;
    this.shell =
        new Shell(Path.of("/"), Map.of("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin"));
  }

  static Provider start() throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "the provider is a Debian Postfix, which only root can start");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/postfix"))
            && Files.isExecutable(Path.of("/usr/sbin/saslpasswd2")),
        "the provider needs Debian's packages postfix and sasl2-bin");
    Path directory = Files.createTempDirectory("prprov");
    Provider provider = new Provider(directory, Instance.freePort(), Instance.freePort());
    Shell.Result result =
        provider.shell.run(
            "bash "
                + SCRIPT
                + " start "
                + directory
                + " "
                + provider.submission
                + " "
                + provider.smtps);
    if (result.code() != 0) {
      Instance.delete(directory);
      throw new IOException("the provider did not start: " + result.all());
    }
    return provider;
  }

  Path ca() {
    return directory.resolve("ca/ca.pem");
  }

  /** Every message the provider has accepted and put into a mailbox, as text. */
  List<String> received() {
    List<String> messages = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory.resolve("inbox"))) {
      for (Path file : files.filter(f -> f.getParent().endsWith("new")).sorted().toList()) {
        messages.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      // The delivery agent renames while we look: look again.
      return messages;
    }
    return messages;
  }

  String awaitMessage(String text) throws IOException {
    Instance.await(
        "the provider to receive: " + text,
        () -> received().stream().anyMatch(message -> message.contains(text)),
        this::log);
    return received().stream().filter(message -> message.contains(text)).findFirst().orElseThrow();
  }

  String log() {
    try {
      return Files.readString(directory.resolve("mail.log"));
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Shell.Result result = shell.run("bash " + SCRIPT + " stop " + directory);
    if (result.code() != 0) {
      throw new IOException("the provider did not stop: " + result.all());
    }
    Instance.delete(directory);
  }
}
