package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A queue goes from one machine to another, and every message is delivered once. */
class SpoolMoveTest {
  private Instance old;
  private Instance fresh;
  private SmtpSink sink;

  @BeforeEach
  void twoMachines() throws IOException {
    sink = SmtpSink.start();
    old = Instance.create();
    old.main("relayhost = [127.0.0.1]:1");
    fresh = Instance.create();
    fresh.main("relayhost = [127.0.0.1]:" + sink.port);
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    old.close();
    fresh.close();
    sink.close();
  }

  private void send(String subject, String... to) throws IOException, InterruptedException {
    Shell.Result sent =
        old.shell.run(
            "Subject: " + subject + "\n\nhello\n",
            Stream.concat(Stream.of("sendmail", "-f", "me@here.test"), Stream.of(to)).toList());
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private static Set<String> names(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(suffix))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void everyMessageArrivesOnceFromTheNewMachine() throws IOException, InterruptedException {
    old.start();
    send("one", "a@x.test");
    send("two", "b@y.test", "c@z.test");
    send("three", "d@z.test");
    old.await(
        "four deferred recipients", () -> old.logText().split("status=deferred", -1).length > 4);
    Path out = old.directory.resolve("out");

    // While the daemon runs.
    Shell.Result exported = old.shell.run("postrider spool export " + out);
    assertThat(exported.all()).isEqualTo(out + ": 3 messages exported\n");
    assertThat(exported.code()).isZero();
    assertThat(names(out, ".json")).hasSize(3);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rwx------");
    Shell.Result again = old.shell.run("postrider spool export " + out);
    assertThat(again.code()).isEqualTo(1);
    assertThat(again.out()).isEqualTo(out + ": 0 messages exported; not exported: 3, see above\n");

    assertThat(old.shell.run("postfix stop").code()).isZero();
    String id = names(out, ".json").iterator().next().replace(".json", "");
    Path one = old.directory.resolve("one");
    assertThat(old.shell.run("postrider spool export " + one + " " + id).code()).isZero();
    assertThat(names(one, "")).containsExactlyInAnyOrder(id + ".json", id + ".eml");
    assertThat(Files.readAllBytes(one.resolve(id + ".eml")))
        .isEqualTo(Files.readAllBytes(out.resolve(id + ".eml")));

    // Somebody has it already, says the export.
    Path two = withTwoRecipients(out);
    Files.writeString(
        two, Files.readString(two).replaceFirst("(\"b@y.test\",\\s+\"done\" : )false", "$1true"));
    fresh.start();
    Shell.Result refused = fresh.shell.run("postrider spool import " + out);
    assertThat(refused.code()).isEqualTo(75);
    assertThat(refused.err()).contains("is in use by process ").contains("stop it first");
    assertThat(fresh.shell.run("postfix stop").code()).isZero();

    Shell.Result imported = fresh.shell.run("postrider spool import " + out);
    assertThat(imported.code()).as(imported.all()).isZero();
    assertThat(imported.out()).endsWith("3 messages imported\n");
    assertThat(names(out, ".json.imported")).hasSize(3);
    assertThat(fresh.shell.run("postrider spool import " + out).out())
        .isEqualTo("0 messages imported\n");
    assertThat(fresh.shell.run("postrider spool check").out()).endsWith("sound\n");
    fresh.start();
    fresh.shell.run("postqueue -f");
    fresh.await("an empty queue", () -> emptied(fresh));

    List<String> served =
        sink.take(3, fresh::logText).stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("X-Rcpt-Args:"))
            .map(line -> line.split(" ")[1])
            .toList();
    assertThat(served).containsExactlyInAnyOrder("<a@x.test>", "<c@z.test>", "<d@z.test>");
    assertThat(sink.count()).isZero();
    assertThat(fresh.shell.run("postfix stop").code()).isZero();
    Shell.Result audit = fresh.shell.run("postrider audit");
    assertThat(audit.code()).as(audit.all()).isZero();
  }

  private static Path withTwoRecipients(Path out) throws IOException {
    for (String name : names(out, ".json")) {
      if (Files.readString(out.resolve(name)).contains("\"b@y.test\"")) {
        return out.resolve(name);
      }
    }
    throw new AssertionError("the message with two recipients was not exported");
  }

  private static boolean emptied(Instance host) {
    try {
      return host.shell.run("mailq").out().contains("Mail queue is empty");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void badFilesAreNamedAndTheOthersGoOn() throws IOException, InterruptedException {
    assertThat(fresh.shell.run("postfix check").code()).isZero();
    Path in = Files.createDirectories(fresh.directory.resolve("in"));
    String good =
        """
        { "format": "postrider message 1", "arrival": "2026-11-20T12:00:00Z", "held": true,
          "sender": "", "recipients": [ { "address": "a@x.test" } ] }
        """;
    Files.writeString(in.resolve("1.json"), good);
    Files.writeString(in.resolve("1.eml"), "Subject: x\n\ny\n");
    Files.writeString(in.resolve("2.json"), good.replace("true", "1"));
    Files.writeString(in.resolve("3.json"), good);

    Shell.Result result = fresh.shell.run("postrider spool import " + in);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .contains(in + "/2.json: not imported: line 1: field \"held\": is neither true nor false")
        .contains(in + "/3.json: not imported: 3.eml is missing beside it");
    assertThat(result.out()).endsWith("1 message imported; not imported: 2, see above\n");
    assertThat(names(in, ".json")).isEqualTo(Set.copyOf(List.of("2.json", "3.json")));
    assertThat(fresh.shell.run("postqueue -j").out()).contains("\"queue_name\": \"hold\"");
  }

  @Test
  void wrongCallsSayWhatIsRight() throws IOException, InterruptedException {
    assertThat(fresh.shell.run("postfix check").code()).isZero();
    assertThat(fresh.shell.run("postrider spool export").code()).isEqualTo(64);
    assertThat(fresh.shell.run("postrider spool export x nonsense").code()).isEqualTo(64);
    assertThat(fresh.shell.run("postrider spool import --x y").code()).isEqualTo(64);
    Shell.Result unknown = fresh.shell.run("postrider spool export x 0000A2B5C1D0");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("0000A2B5C1D0: is not in the queue");
    assertThat(fresh.shell.run("postrider spool import missing").code()).isEqualTo(1);
    assertThat(fresh.shell.run("postrider spool --help").code()).isZero();
  }
}
