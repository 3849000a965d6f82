package dev.postrider.pickup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.intake.Origin;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PickupServiceTest {
  private static final Instant NOW = Instant.now();

  @TempDir Path queue;
  private final StoredSubmissions stored = new StoredSubmissions();
  private final RememberedLog log = new RememberedLog();
  private Config config = Config.of(Path.of("/nonexistent"), Map.of());
  private Maildrop maildrop = new Maildrop(Path.of("/"), Path.of("/"), 0);
  private @Nullable PickupService service;

  @BeforeEach
  void makeDirectories() throws IOException {
    Files.createDirectory(queue.resolve("maildrop"));
    Files.createDirectory(queue.resolve("public"));
    config =
        Config.of(
            queue, Map.of("queue_directory", queue.toString(), "message_size_limit", "100000"));
    maildrop = Maildrop.of(config);
  }

  @AfterEach
  void stop() throws IOException {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void whatLayThereAtStartIsTakenInItsOrder() throws Exception {
    for (int i = 0; i < 5; i++) {
      Path file = submit("message " + i + "\n", "-i", "-f", "a@b", "c@d");
      Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(100 - i)));
    }

    start();

    assertThat(stored.await(5)).hasSize(5);
    stop();
    assertThat(files("maildrop")).isEmpty();
  }

  @Test
  void aFileIsTakenAsSoonAsItIsComplete() throws Exception {
    start();
    Path file = maildrop.directory().resolve("77.0");
    Files.writeString(file, "postrider-maildrop 1\nnJo\0a-F\0aJo D\0aroot\0\nSubject: x\n\nhalf");
    // Something that comes later is taken: the incomplete one was seen, and left.
    submit("other\n", "other");
    stored.await(1);
    assertThat(stored.messages())
        .extracting(StoredSubmissions.Message::content)
        .containsExactly("other\n");

    Files.write(file, MaildropHeader.trailer("77.0"), java.nio.file.StandardOpenOption.APPEND);

    StoredSubmissions.Message taken = stored.await(2).get(1);
    assertThat(taken.content()).isEqualTo("Subject: x\n\nhalf\n");
    assertThat(taken.submission().origin())
        .isEqualTo(new Origin.Local(uid(), Submitter.of(uid()).login(), "Jo D"));
    assertThat(taken.submission().envelope().sender().internal())
        .isEqualTo(Submitter.of(uid()).login());
    assertThat(taken.submission().envelope().recipients())
        .containsExactly(Recipient.of(new Mailbox("root", "")));
  }

  @Test
  void aTrailerOfAnotherFileDoesNotCompleteThisOne() throws Exception {
    Path file = maildrop.directory().resolve("77.0");
    Files.writeString(file, "postrider-maildrop 1\nn\0aroot\0\nx\n\npostrider-maildrop-end 76.0\n");

    assertThat(MaildropFile.find(file)).isInstanceOf(MaildropFile.Found.Incomplete.class);
  }

  @Test
  void linksAndDirectoriesAreNeverTaken() throws Exception {
    Path secret = Files.writeString(queue.resolve("secret"), "x");
    Files.createSymbolicLink(maildrop.directory().resolve("1.0"), secret);
    Files.createDirectory(maildrop.directory().resolve("2.0"));
    Path file = submit("twice linked\n", "root");
    Files.createLink(queue.resolve("second"), file);

    start();

    log.await("maildrop/1.0: ignored: it is no regular file");
    log.await("maildrop/2.0: ignored: it is no regular file");
    log.await("ignored: it has 2 links");
    assertThat(stored.messages()).isEmpty();
  }

  @Test
  void anIncompleteFileIsRemovedAfterADay() throws Exception {
    // Above the highest process id there is; the other is this test's own.
    Path old =
        Files.writeString(maildrop.directory().resolve("4194305.0"), "postrider-maildrop 1\n");
    Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofHours(25))));
    Path slow =
        Files.writeString(
            maildrop.directory().resolve(ProcessHandle.current().pid() + ".0"),
            "postrider-maildrop 1\n");
    Files.setLastModifiedTime(slow, FileTime.from(NOW.minus(Duration.ofHours(26))));
    Path young = Files.writeString(maildrop.directory().resolve("2.0"), "postrider-maildrop 1\n");

    start();

    log.await("maildrop/4194305.0: removed: a day old and still incomplete");
    stop();
    assertThat(old).doesNotExist();
    assertThat(young).exists();
    assertThat(slow).as("its sendmail still runs").exists();
  }

  @Test
  void whatCanNeverBeTakenIsKeptAndItsOwnerIsTold() throws Exception {
    stored.refuse(Reply.of(552, "5.3.4 Message size exceeds fixed limit"));
    submit("too big for intake\n", "root");

    start();

    StoredSubmissions.Message notice = stored.await(1).getFirst();
    assertThat(notice.submission().envelope().sender().isNull()).isTrue();
    assertThat(notice.submission().envelope().recipients())
        .containsExactly(Recipient.of(new Mailbox(Submitter.of(uid()).login(), "")));
    assertThat(notice.content()).contains("5.3.4 Message size exceeds fixed limit");
    stop();
    assertThat(files("maildrop")).isEmpty();
    assertThat(files("corrupt")).hasSize(1);
  }

  @Test
  void aRefusedFileOfTheLongestNameIsKeptToo() throws Exception {
    String longest = "x\n" + "y".repeat(253);
    Path file = maildrop.directory().resolve(longest);
    Files.writeString(file, "postrider-maildrop 1\nn\0a-Z\0\nx\n");
    Files.write(file, MaildropHeader.trailer(longest), java.nio.file.StandardOpenOption.APPEND);

    start();

    assertThat(stored.await(1).getFirst().content()).contains("usage: sendmail [options]");
    stop();
    assertThat(files("maildrop")).isEmpty();
    assertThat(files("corrupt"))
        .singleElement()
        .satisfies(kept ->
            assertThat(kept.getFileName().toString()).matches("maildrop-inode[0-9]+-[0-9]+"));
  }

  @Test
  void moreRecipientsThanFitInMemoryAreRefused() throws Exception {
    StringBuilder arguments = new StringBuilder("postrider-maildrop 1\nn\0");
    arguments.append("ax\0".repeat(2_600_000));
    for (String head :
        List.of(
            arguments.toString(),
            "postrider-maildrop 1\nn\0a" + "x,".repeat(2_000_000) + "\0",
            "postrider-maildrop 1\nn\0" + ("a" + "x,".repeat(60_000) + "\0").repeat(2))) {
      Path file = maildrop.directory().resolve("1.0");
      Files.writeString(file, head + "\nSubject: x\n\n");
      Files.write(file, MaildropHeader.trailer("1.0"), java.nio.file.StandardOpenOption.APPEND);
      try (MaildropFile found = ((MaildropFile.Found.Complete) MaildropFile.find(file)).file();
          InputStream in = found.open()) {
        assertThatThrownBy(
                () -> LocalSubmission.of(MaildropHeader.read(in), Submitter.of(uid()), config))
            .isInstanceOf(MaildropFormatException.class);
      }
    }
  }

  @Test
  void aFileRemovedBeforeItIsCompleteIsNotCalledStored() throws Exception {
    InputStream removing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            for (Path file : files("maildrop")) {
              Files.delete(file);
            }
            return -1;
          }
        };

    assertThat(maildrop.handOver(header("root"), removing)).isInstanceOf(HandedOver.Failed.class);
  }

  @Test
  void whatCannotBeTakenNowStays() throws Exception {
    stored.refuse(Reply.of(452, "4.3.1 Insufficient system storage"));
    submit("later\n", "root");

    start();

    log.await("not taken yet: 452 4.3.1 Insufficient system storage");
    stop();
    assertThat(files("maildrop")).hasSize(1);
    stored.refuse(null);
    start();
    assertThat(stored.await(1)).hasSize(1);
  }

  @Test
  void verpGivesEachRecipientASenderOfItsOwn() throws Exception {
    submit("x\n", "-XV", "-f", "owner@list.example", "a@b.example", "c@d.example");

    start();

    assertThat(stored.await(2))
        .extracting(message -> message.submission().envelope().sender().internal())
        .containsExactly("owner+a=b.example@list.example", "owner+c=d.example@list.example");
  }

  @Test
  void reportsAskedForConcernRecipientsOfTheHeaderToo() throws Exception {
    submit("To: a@b.example\n\nx\n", "-t", "-v", "-N", "success,delay", "c@d.example");

    start();

    var submission = stored.await(1).getFirst().submission();
    DsnRequest asked =
        new DsnRequest(Set.of(DsnRequest.Event.SUCCESS, DsnRequest.Event.DELAY), null);
    assertThat(submission.recipientsFromHeader()).isTrue();
    assertThat(submission.headerRequest()).isEqualTo(asked);
    assertThat(submission.envelope().recipients().getFirst().dsn()).isEqualTo(asked);
    assertThat(submission.envelope().purpose()).isEqualTo(Envelope.Purpose.TRACED_DELIVERY);
  }

  @Test
  void aProbeIsMarkedAsOne() throws Exception {
    submit("Subject: probe\n\n", "-bv", "c@d.example");

    start();

    assertThat(stored.await(1).getFirst().submission().envelope().purpose())
        .isEqualTo(Envelope.Purpose.PROBE);
  }

  @Test
  void recipientsOfADialogKeepTheirOwnReports() throws Exception {
    Recipient one =
        new Recipient(
            new Mailbox("a b", "c.example"),
            new Mailbox("a b", "c.example"),
            new DsnRequest(Set.of(DsnRequest.Event.SUCCESS), "rfc822;a b%@c.example"));
    Recipient two = Recipient.of(new Mailbox("d", "e.example"));
    Envelope envelope =
        new Envelope(
            new dev.postrider.mail.address.ReversePath.Null(),
            List.of(one, two),
            dev.postrider.mail.envelope.BodyType.EIGHT_BIT_MIME,
            true,
            Envelope.ReturnContent.HEADERS,
            "xy");
    new MaildropIntake(maildrop, InstantSource.fixed(NOW))
        .store(
            new dev.postrider.intake.Submission(envelope, new Origin.Internal(), false),
            stream("a\n.\nb\n"));

    start();

    StoredSubmissions.Message taken = stored.await(1).getFirst();
    assertThat(taken.submission().envelope())
        .isEqualTo(envelope.withHandedOverBy(Submitter.of(uid()).login()));
    assertThat(taken.submission().origin()).isInstanceOf(Origin.Local.class);
    assertThat(taken.content()).isEqualTo("a\n.\nb\n");
  }

  @Test
  void whereTheDirectoryCannotBeWrittenTheSocketTakesIt() throws Exception {
    start();
    Maildrop unwritable =
        new Maildrop(Path.of("/proc/nowhere"), maildrop.socket(), maildrop.sizeLimit());

    HandedOver outcome = unwritable.handOver(header("-f", "a@b", "root"), stream("by socket\n"));

    assertThat(outcome).isInstanceOf(HandedOver.Stored.class);
    StoredSubmissions.Message taken = stored.await(1).getFirst();
    assertThat(taken.content()).isEqualTo("by socket\n");
    assertThat(taken.submission().origin())
        .isEqualTo(
            new Origin.Local(uid(), Submitter.of(uid()).login(), Submitter.of(uid()).fullName()));
  }

  @Test
  void theSocketRefusesWhatIsTooBig() throws Exception {
    start();
    Maildrop unwritable = new Maildrop(Path.of("/proc/nowhere"), maildrop.socket(), 0);

    assertThat(unwritable.handOver(header("root"), stream("x".repeat(200_000))))
        .isInstanceOf(HandedOver.TooBig.class);
    assertThat(stored.messages()).isEmpty();
  }

  @Test
  void aClientOfTheSocketThatDiesHalfwayLeavesNothing() throws Exception {
    start();
    try (var channel = java.nio.channels.SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      channel.connect(java.net.UnixDomainSocketAddress.of(maildrop.socket()));
      channel.write(java.nio.ByteBuffer.wrap(header("root").bytes()));
      channel.write(java.nio.ByteBuffer.wrap("half a mess".getBytes(StandardCharsets.UTF_8)));
    }

    log.await("the submission ended before it was complete");
    assertThat(stored.messages()).isEmpty();
  }

  @Test
  void withoutDirectoryAndSocketTheReasonNamesTheRemedy() throws Exception {
    Maildrop nowhere = new Maildrop(queue.resolve("none"), queue.resolve("nosocket"), 0);

    assertThat(nowhere.handOver(header("root"), stream("x")))
        .isEqualTo(
            new HandedOver.Failed(
                "cannot write to "
                    + queue.resolve("none")
                    + ": No such directory (\"postfix start\" makes it)"));
  }

  @Test
  void aTooBigMessageLeavesNoFile() throws Exception {
    assertThat(maildrop.handOver(header("root"), stream("x".repeat(100_000))))
        .isInstanceOf(HandedOver.TooBig.class);
    assertThat(files("maildrop")).isEmpty();
  }

  private void start() throws IOException {
    service = new PickupService(() -> config, null, stored, log, InstantSource.fixed(NOW));
    service.start();
  }

  @Test
  @Timeout(60)
  void aDirectoryThatWasTakenAwayAndPutBackIsWatchedAgain() throws Exception {
    start();
    submit("before\n", "root");
    stored.await(1);

    Files.delete(maildrop.directory());
    assertThat(log.await("cannot watch")).contains("\"postfix check\" makes it");
    Files.createDirectory(maildrop.directory());

    log.await("can be watched again");
    submit("after\n", "root");
    // Far sooner than the next look at all of it.
    assertThat(stored.await(2).getLast().content()).isEqualTo("after\n");
    submit("and later\n", "root");
    stored.await(3);
    assertThat(log.text()).filteredOn(line -> line.contains("cannot")).hasSize(1);
  }

  @Test
  @Timeout(60)
  void aSocketWhoseFileWasRemovedIsMadeAgain() throws Exception {
    start();
    Files.delete(maildrop.socket());

    log.await("was removed or replaced: made again");

    HandedOver outcome = PickupClient.handOver(maildrop, header("root"), stream("by socket\n"));
    assertThat(outcome).isInstanceOf(HandedOver.Stored.class);
    assertThat(stored.await(1).getFirst().content()).isEqualTo("by socket\n");
  }

  private Path submit(String content, String... arguments) throws IOException {
    HandedOver outcome = maildrop.handOver(header(arguments), stream(content));
    assertThat(outcome).isInstanceOf(HandedOver.Stored.class);
    return maildrop.directory().resolve(((HandedOver.Stored) outcome).name());
  }

  private static MaildropHeader header(String... arguments) {
    return new MaildropHeader("", List.of(arguments), List.of());
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private long uid() throws IOException {
    return ((Integer) Files.getAttribute(queue, "unix:uid")).longValue();
  }

  private List<Path> files(String directory) throws IOException {
    try (Stream<Path> files = Files.list(queue.resolve(directory))) {
      return files.toList();
    }
  }
}
