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

/** A message is taken out of a damaged spool and goes its way. */
class SpoolSalvageTest {
  /** In the first record's header: its lengths can no longer be trusted. */
  private static final int HEADER_OF_THE_FIRST = 64 + 30;

  /** In the first record's content. */
  private static final int CONTENT_OF_THE_FIRST = 1500;

  private Instance host;

  @BeforeEach
  void aMachineWithThreeDeferredMessages() throws IOException, InterruptedException {
    host = Instance.create();
    host.main("relayhost = [127.0.0.1]:1");
    host.start();
    for (String to : List.of("a@x.test", "b@y.test", "c@z.test")) {
      assertThat(
              host.shell
                  .run("z".repeat(2000), List.of("sendmail", "-f", "me@here.test", to))
                  .code())
          .isZero();
      host.await(to + " to be deferred", () -> host.logText().contains("to=<" + to + ">"));
    }
    assertThat(host.shell.run("postfix stop").code()).isZero();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.close();
  }

  private void flip(int at) throws IOException {
    Path segment;
    try (Stream<Path> files = Files.list(host.directory.resolve("q/spool"))) {
      segment =
          files
              .filter(file -> file.toString().endsWith(".segment"))
              .sorted()
              .findFirst()
              .orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(segment);
    bytes[at] ^= 1;
    Files.write(segment, bytes);
  }

  @Test
  void whatIsWholeGoesBackIntoTheQueue() throws IOException, InterruptedException {
    assertThat(host.shell.run("postrider spool salvage").all())
        .isEqualTo("nothing is damaged or set aside\n");
    flip(HEADER_OF_THE_FIRST);
    // The start sets it aside, and the queue goes on without it.
    host.start();
    assertThat(host.shell.run("mailq").out()).doesNotContain("a@x.test").contains("b@y.test");
    Path out = host.directory.resolve("out");

    Shell.Result saved = host.shell.run("postrider spool salvage --to " + out);

    assertThat(saved.out())
        .contains(": whole, from=<me@here.test>, 1 recipients, ")
        .endsWith(
            "whole messages: 1, incomplete: 0, written to "
                + out
                + "; nothing to save of 0; places without a message: 0\n");
    assertThat(saved.code()).isZero();
    assertThat(host.shell.run("postfix stop").code()).isZero();
    Shell.Result imported = host.shell.run("postrider spool import " + out);
    assertThat(imported.out()).as(imported.all()).endsWith("1 message imported\n");
    host.start();
    assertThat(host.shell.run("mailq").out()).contains("a@x.test");
  }

  @Test
  void whatIsIncompleteIsImportedOnlyIfSomebodyWantsIt() throws IOException, InterruptedException {
    flip(CONTENT_OF_THE_FIRST);
    Path out = host.directory.resolve("out");
    Shell.Result exported =
        host.shell.run("postrider spool export " + host.directory.resolve("others"));
    assertThat(exported.code()).isEqualTo(1);
    assertThat(exported.err()).contains(": cannot be read: ").contains("postrider spool salvage");
    assertThat(exported.out())
        .endsWith("others: 2 messages exported; not exported: 1, see above\n");

    Shell.Result saved = host.shell.run("postrider spool salvage --to " + out);

    assertThat(saved.code()).isEqualTo(1);
    assertThat(saved.out())
        .contains(": incomplete, from=<me@here.test>, 1 recipients")
        .contains("  the content is damaged somewhere in its ");
    // The start sets it aside, so that there is no second one in the queue.
    host.start();
    assertThat(host.shell.run("postfix stop").code()).isZero();
    Shell.Result refused = host.shell.run("postrider spool import " + out);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .contains("is incomplete: the content is damaged")
        .contains("--incomplete");

    Shell.Result imported = host.shell.run("postrider spool import --incomplete " + out);

    assertThat(imported.code()).as(imported.all()).isZero();
    assertThat(host.shell.run("postqueue -p").out()).contains("a@x.test", "b@y.test", "c@z.test");
  }

  @Test
  void whatWasDeliveredIsNotSavedAgain() throws IOException, InterruptedException {
    host.start();
    String id =
        host.shell
            .run("postqueue -j")
            .out()
            .lines()
            .filter(line -> line.contains("a@x.test"))
            .map(line -> line.replaceFirst(".*\"queue_id\": \"([^\"]*)\".*", "$1"))
            .findFirst()
            .orElseThrow();
    assertThat(host.shell.run("postsuper -d " + id).code()).isZero();
    assertThat(host.shell.run("postfix stop").code()).isZero();
    flip(HEADER_OF_THE_FIRST);

    Shell.Result result =
        host.shell.run("postrider spool salvage --to " + host.directory.resolve("out"));

    assertThat(result.out()).contains(id + ": nothing to save, it had ended: deleted");
    assertThat(host.directory.resolve("out")).doesNotExist();
  }
}
