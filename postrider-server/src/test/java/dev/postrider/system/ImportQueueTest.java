package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The queue of a real Postfix is taken over, and every message arrives once, as it was. */
class ImportQueueTest {
  private static final Pattern IMPORTED = Pattern.compile("([a-z]+)/(\\w+): imported as (\\w+)");

  private SmtpSink early;
  private SmtpSink sink;
  private RealPostfix postfix;
  private Instance fresh;

  @BeforeEach
  void aPostfixWhoseRelayIsDead() throws IOException, InterruptedException {
    postfix = RealPostfix.create();
    early = SmtpSink.start();
    sink = SmtpSink.start();
    postfix.main(
        """
        relayhost = [127.0.0.1]:1
        transport_maps = inline:{ {early.test = smtp:[127.0.0.1]:%d} }
        """
            .formatted(early.port));
    postfix.start();
    fresh = Instance.create();
    fresh.main("relayhost = [127.0.0.1]:" + sink.port);
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (fresh != null) {
      fresh.close();
    }
    postfix.close();
    early.close();
    sink.close();
  }

  private void send(String message, String... arguments) throws IOException, InterruptedException {
    Shell.Result sent =
        postfix.shell.run(
            message,
            Stream.concat(Stream.of("sendmail", "-f", "me@here.test"), Stream.of(arguments))
                .toList());
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private String log() {
    try {
      return Files.readString(postfix.log);
    } catch (IOException e) {
      return "";
    }
  }

  private Shell.Result take(String options) throws IOException, InterruptedException {
    return fresh.shell.run("postrider import queue --from " + postfix.directory + "/q" + options);
  }

  /** Both postcats on both queues: what they print of the message must be the same. */
  private void sameContent(String queue, String old, String id)
      throws IOException, InterruptedException {
    String theirs = postfix.shell.run("postcat -bh -q " + old).out();
    String ours = fresh.shell.run("postcat -bh -q " + id).out();
    assertThat(theirs).isNotEmpty();
    assertThat(ours).as(queue + "/" + old).isEqualTo(theirs);
  }

  private List<String> files() throws IOException {
    List<String> found = new ArrayList<>();
    for (String queue : List.of("maildrop", "incoming", "active", "deferred", "hold", "defer")) {
      Path directory = postfix.directory.resolve("q").resolve(queue);
      try (Stream<Path> all = Files.walk(directory)) {
        all.filter(Files::isRegularFile).map(Path::toString).forEach(found::add);
      }
    }
    return found;
  }

  @Test
  void everyMessageArrivesOnceAsItWas() throws IOException, InterruptedException {
    send("Subject: plain\n\nhello\n", "a@dest.test");
    send("Subject: half\n\nhello\n", "b@early.test", "c@dest.test");
    send(
        "Subject: dsn\n\nhello\n",
        "-N",
        "success,failure",
        "-R",
        "hdrs",
        "-V",
        "my-envid",
        "d@dest.test");
    send(
        "Subject: eight\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            + "gr\u00fc\u00dfe "
            + "x".repeat(9_000)
            + "\nend\n",
        "-B8BITMIME",
        "e@dest.test");
    send("Subject: held\n\nhello\n", "f@dest.test");
    Instance.await(
        "five deferred recipients", () -> log().split("status=deferred", -1).length > 5, this::log);
    early.take(1, this::log);
    Matcher held = Pattern.compile("(\\w+): to=<f@dest.test>").matcher(log());
    assertThat(held.find()).isTrue();
    assertThat(postfix.shell.run("postsuper -h " + held.group(1)).code()).isZero();

    assertThat(fresh.shell.run("postfix check").code()).isZero();
    Shell.Result busy = take(" --write");
    assertThat(busy.code()).as(busy.all()).isEqualTo(75);
    assertThat(busy.err()).contains("Postfix uses this queue");
    assertThat(postfix.shell.run("/usr/sbin/postfix stop").code()).isZero();
    send("Subject: dropped\n\nhello\n", "g@dest.test");
    Files.writeString(postfix.directory.resolve("q/deferred/BAD"), "this is no message");
    List<String> before = files();
    String waiting = postfix.shell.run("postqueue -j").out();

    Shell.Result shown = take("");
    assertThat(shown.out())
        .contains("maildrop/")
        .contains("to <c@dest.test> (1 served already)")
        .contains("(stays on hold)")
        .contains("6 messages to import");
    assertThat(shown.err()).contains("deferred/BAD");

    Shell.Result taken = take(" --write");
    assertThat(taken.code()).as(taken.all()).isEqualTo(1);
    assertThat(taken.out()).contains("6 messages imported; not imported: 1, see above");
    assertThat(files()).isEqualTo(before);
    Map<String, String> ids = new TreeMap<>();
    Matcher imported = IMPORTED.matcher(taken.out());
    while (imported.find()) {
      ids.put(imported.group(2), imported.group(3));
      if (!imported.group(1).equals("maildrop")) {
        sameContent(imported.group(1), imported.group(2), imported.group(3));
      }
    }
    assertThat(ids).hasSize(6);
    String envelopes = fresh.shell.run("postqueue -j").out();
    assertThat(envelopes).contains("Connection refused").contains("\"queue_name\": \"hold\"");
    assertThat(arrivals(envelopes)).isEqualTo(arrivals(waiting));

    Shell.Result again = take(" --write --remove");
    assertThat(again.out()).contains("0 messages imported; imported before: 6; not imported: 1");
    assertThat(files()).hasSize(1).allMatch(name -> name.endsWith("deferred/BAD"));
    assertThat(fresh.shell.run("postrider spool check").out()).endsWith("sound\n");

    fresh.start();
    fresh.shell.run("postqueue -f");
    List<String> arrived = new ArrayList<>(sink.take(5, fresh::logText));
    assertThat(fresh.shell.run("mailq").out()).contains("f@dest.test");
    assertThat(fresh.shell.run("postsuper -H ALL && postqueue -f").code()).isZero();
    arrived.addAll(sink.take(1, fresh::logText));
    fresh.await("an empty queue", () -> empty(fresh));

    assertThat(arrived.stream().map(ImportQueueTest::recipients))
        .containsExactlyInAnyOrder(
            "<a@dest.test>",
            "<c@dest.test>",
            "<d@dest.test>",
            "<e@dest.test>",
            "<f@dest.test>",
            "<g@dest.test>");
    assertThat(sink.count()).isZero();
    String eight =
        arrived.stream().filter(m -> m.contains("Subject: eight")).findFirst().orElseThrow();
    assertThat(new String(eight.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8))
        .contains("gr\u00fc\u00dfe " + "x".repeat(100));
    assertThat(fresh.shell.run("postfix stop").code()).isZero();
    Shell.Result audit = fresh.shell.run("postrider audit");
    assertThat(audit.code()).as(audit.all()).isZero();
  }

  /** When the messages came, the oldest first. */
  private static List<String> arrivals(String listing) {
    Matcher found = Pattern.compile("\"arrival_time\": ([0-9]+)").matcher(listing);
    List<String> times = new ArrayList<>();
    while (found.find()) {
      times.add(found.group(1));
    }
    return times.stream().sorted().toList();
  }

  private static String recipients(String message) {
    return String.join(
        " ",
        message
            .lines()
            .filter(line -> line.startsWith("X-Rcpt-Args:"))
            .map(line -> line.split(" ")[1])
            .toList());
  }

  private static boolean empty(Instance host) {
    try {
      return host.shell.run("mailq").out().contains("Mail queue is empty");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aContentFilterIsNotPassedBySilently() throws IOException, InterruptedException {
    postfix.main("content_filter = scan:[127.0.0.1]:1");
    assertThat(postfix.shell.run("/usr/sbin/postfix reload").code()).isZero();
    send("Subject: filtered\n\nhello\n", "a@dest.test");
    Instance.await("a deferral", () -> log().contains("status=deferred"), this::log);
    assertThat(postfix.shell.run("/usr/sbin/postfix stop").code()).isZero();
    assertThat(fresh.shell.run("postfix check").code()).isZero();

    Shell.Result refused = take(" --write");
    assertThat(refused.code()).as(refused.all()).isEqualTo(1);
    assertThat(refused.err()).contains("content filter scan:[127.0.0.1]:1");
    assertThat(take(" --write --ignore-filter").out()).contains("1 message imported\n");
  }

  @Test
  void anInterruptedImportIsEndedAndNothingIsStoredTwice()
      throws IOException, InterruptedException {
    send("Subject: once\n\nhello\n", "a@dest.test");
    Instance.await("a deferral", () -> log().contains("status=deferred"), this::log);
    assertThat(postfix.shell.run("/usr/sbin/postfix stop").code()).isZero();
    assertThat(fresh.shell.run("postfix check").code()).isZero();
    assertThat(take(" --write").out()).contains("1 message imported\n");

    // Ended between the spool and the journal.
    reopen("");
    assertThat(take(" --write").out()).contains("0 messages imported; imported before: 1\n");
    // And it has left the queue since.
    reopen("");
    assertThat(fresh.shell.run("postsuper -d ALL").code()).isZero();
    assertThat(take(" --write").out()).contains("0 messages imported; imported before: 1\n");
    assertThat(fresh.shell.run("mailq").out()).contains("Mail queue is empty");
    // Ended before the spool: the id is nobody's.
    reopen(new dev.postrider.spool.QueueId(4_000_000_000_000_000L).longForm());
    assertThat(take(" --write").out()).contains("1 message imported\n");
    assertThat(fresh.shell.run("mailq").out()).contains("a@dest.test");
  }

  /** As if the import had ended before it could note that the message is stored. */
  private void reopen(String otherId) throws IOException {
    try (Stream<Path> files = Files.list(fresh.directory.resolve("data/import"))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        int id = name.indexOf(".imported-");
        if (id < 0) {
          continue;
        }
        String kept = otherId.isEmpty() ? name.substring(id + ".imported-".length()) : otherId;
        Files.move(file, file.resolveSibling(name.substring(0, id) + ".importing-" + kept));
      }
    }
  }

  @Test
  void noQueueIsSaid() throws IOException, InterruptedException {
    Shell.Result none = fresh.shell.run("postrider import queue --from " + fresh.etc);
    assertThat(none.code()).isEqualTo(66);
    assertThat(none.err()).contains("there is no queue of Postfix");
  }
}
