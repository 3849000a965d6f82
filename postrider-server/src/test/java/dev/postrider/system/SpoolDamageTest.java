package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an administrator hears of a damaged spool, and of one that is in use. */
class SpoolDamageTest {
  private Instance host;

  @BeforeEach
  void aRunningMachine() throws IOException, InterruptedException {
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:1");
    host.start();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
  }

  @Test
  void aCheckTellsOfADamagedMessageAndLeavesTheDeferredOnesAlone()
      throws IOException, InterruptedException {
    for (String to : List.of("a@x.test", "b@y.test", "c@z.test")) {
      host.shell.run("z".repeat(2000), List.of("sendmail", "-f", "me@here.test", to));
    }
    host.await(
        "three deferred messages", () -> host.logText().split("status=deferred", -1).length > 3);
    Shell.Result sound = host.shell.run("postrider spool check");
    assertThat(sound.all()).contains("3 messages with ").endsWith("sound\n");
    assertThat(sound.code()).isZero();
    assertThat(host.shell.run("postfix stop").code()).isZero();
    Path segment;
    try (Stream<Path> files = Files.list(spool())) {
      segment = files.filter(file -> file.toString().endsWith(".segment")).findAny().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[1500] ^= 1;
    Files.write(segment, bytes);

    Shell.Result damaged = host.shell.run("postrider spool check");

    assertThat(damaged.code()).isEqualTo(1);
    assertThat(damaged.out()).contains("  damaged: bytes 64-").contains("2 messages with ");
    assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
  }

  private Path spool() {
    return host.directory.resolve("q/spool");
  }

  @Test
  void damageIsSaidOnStandardErrorAndTheListingStaysAsItIs()
      throws IOException, InterruptedException {
    assertThat(host.shell.run("mailq").all()).isEqualTo("Mail queue is empty\n");
    assertThat(host.shell.run("postrider spool check").code()).isZero();
    Files.createDirectories(spool().resolve("quarantine"));
    Files.writeString(spool().resolve("quarantine/a.0-64"), "x");
    String warning =
        "warning: the spool has damaged parts in %s/quarantine (1 file): see \"postrider spool check\"\n"
            .formatted(spool());

    Shell.Result running = host.shell.run("postqueue -p");
    assertThat(running.out()).isEqualTo("Mail queue is empty\n");
    assertThat(running.err()).isEqualTo("postqueue: " + warning);
    assertThat(host.shell.run("postrider queue shape").err())
        .isEqualTo("postrider queue: " + warning);
    assertThat(host.shell.run("postqueue -j").all()).isEmpty();

    assertThat(host.shell.run("postfix stop").code()).isZero();
    Shell.Result stopped = host.shell.run("postqueue -p");
    assertThat(stopped.out()).isEqualTo("Mail queue is empty\n");
    assertThat(stopped.err()).endsWith("postqueue: " + warning);

    Shell.Result check = host.shell.run("postrider spool check");
    assertThat(check.code()).isEqualTo(1);
    assertThat(check.out()).contains("set aside: quarantine/a.0-64").endsWith("damaged\n");
    assertThat(host.shell.run("postrider spool nonsense").code()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"right", "1", "garbage", ""})
  void whoeverComesSecondHearsTheProcessOfTheFirst(String pidFile)
      throws IOException, InterruptedException {
    String pid = Files.readString(host.directory.resolve("q/pid/master.pid")).strip();
    if (!pidFile.equals("right")) {
      Files.writeString(spool().resolve("pid"), pidFile);
    }
    String refusal = "spool is in use by process " + pid + " (stop it first)";
    Path other = host.directory.resolve("other");
    Files.createDirectories(other);
    Files.copy(host.etc.resolve("main.cf"), other.resolve("main.cf"));
    Files.writeString(
        other.resolve("master.cf"),
        Files.readString(host.etc.resolve("master.cf"))
            .replace(":" + host.port, ":" + Instance.freePort()));

    Shell.Result second = host.shell.run("postrider daemon -c " + other);
    assertThat(second.code()).isEqualTo(69);
    assertThat(second.all()).contains(refusal);

    // Without its socket the command takes the daemon for stopped.
    Files.delete(host.directory.resolve("q/public/control"));
    Shell.Result command = host.shell.run("postsuper -h ALL");
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.err()).contains(refusal);
  }
}
