package dev.postrider.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.event.Event;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Draft;
import dev.postrider.spool.Mark;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.RamSpool;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.Spool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported comes back as it was, once. */
class ArchiveRoundTripTest {
  private static final MailLog SILENT = (_, _, _) -> {};
  private static final Importer.Allowed NOTHING = new Importer.Allowed(false, false);

  @TempDir Path directory;
  private final List<Event> events = new ArrayList<>();

  private Importer importer(Spool spool) {
    return new Importer(
        new Importer.Target(spool, events::add, SILENT, 42, false),
        Importer.Caller.same(),
        NOTHING);
  }

  private static <T> T any(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private static String text(Random random) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      out.append(
          any(random, List.of("a", "B", " ", "\"", "\\", ".", "@", "é", "😀", ";", "<", "\t")));
    }
    return out.toString();
  }

  private static Mailbox mailbox(Random random) {
    return new Mailbox(
        text(random),
        any(random, List.of("", "x.example", "[192.0.2.1]", "müller.example", "A-b_c.test")));
  }

  private static Recipient recipient(Random random) {
    Set<DsnRequest.Event> notify =
        switch (random.nextInt(4)) {
          case 0 -> EnumSet.of(DsnRequest.Event.NEVER);
          case 1 -> EnumSet.of(DsnRequest.Event.SUCCESS, DsnRequest.Event.DELAY);
          case 2 -> EnumSet.of(DsnRequest.Event.FAILURE);
          default -> Set.of();
        };
    Mailbox mailbox = mailbox(random);
    return new Recipient(
        mailbox,
        random.nextBoolean() ? mailbox : mailbox(random),
        new DsnRequest(notify, random.nextBoolean() ? null : "rfc822;" + text(random)));
  }

  private static Envelope envelope(Random random) {
    List<Recipient> recipients = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      recipients.add(recipient(random));
    }
    return new Envelope(
        random.nextInt(4) == 0 ? new ReversePath.Null() : ReversePath.of(mailbox(random)),
        recipients,
        any(random, List.of(BodyType.values())),
        random.nextBoolean(),
        any(random, List.of(Envelope.ReturnContent.values())),
        random.nextBoolean() ? null : text(random),
        any(random, List.of(Envelope.Purpose.values())),
        random.nextBoolean() ? Client.NONE : client(random),
        random.nextBoolean() ? "" : "alice");
  }

  private static Client client(Random random) {
    return new Client(
        text(random),
        "2001:db8::" + random.nextInt(10_000),
        random.nextInt(65_536),
        text(random),
        "ESMTP",
        text(random),
        text(random),
        text(random));
  }

  private static Carried past(Random random, int recipients) {
    List<StoredMessage.Pending> pending = new ArrayList<>();
    for (int i = 0; i < recipients; i++) {
      if (random.nextInt(3) > 0) {
        pending.add(new StoredMessage.Pending(i, random.nextBoolean() ? "" : text(random)));
      }
    }
    Instant arrival = Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000) * 1_000L);
    return new Carried(
        arrival.isBefore(Instant.EPOCH) ? Instant.EPOCH : arrival,
        pending,
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean() ? Set.of() : EnumSet.allOf(Mark.class),
        random.nextInt(1000),
        Instant.ofEpochSecond(random.nextInt(2_000_000_000)));
  }

  private static byte[] content(Random random) {
    byte[] content = new byte[random.nextInt(10) == 0 ? 300_000 : random.nextInt(3000)];
    random.nextBytes(content);
    return content;
  }

  private static byte[] read(StoredMessage message) throws IOException {
    try (InputStream in = message.content().open()) {
      return in.readAllBytes();
    }
  }

  private static StoredMessage store(Spool spool, Random random) throws IOException {
    Envelope envelope = envelope(random);
    try (Draft draft = spool.draft()) {
      draft.content().write(content(random));
      return draft.commit(envelope, past(random, envelope.recipients().size()));
    }
  }

  private void roundTrip(Spool from, Spool to, String name) throws IOException {
    Path exported = directory.resolve(name);
    List<StoredMessage> before = new ArrayList<>();
    for (int seed = 1; seed <= 150; seed++) {
      before.add(store(from, new Random(seed)));
    }
    ExportDirectory export = ExportDirectory.create(exported);
    for (StoredMessage message : before) {
      String id = message.id().shortForm();
      StoredMessage stored = from.find(message.id()).orElseThrow();
      export.write(id, ExportedMessage.of(id, stored), stored.content());
    }
    export.force();
    Importer importer = importer(to);
    for (ImportFile file : ImportFile.in(exported).waiting()) {
      importer.run(file);
    }

    List<StoredMessage> after;
    try (Stream<StoredMessage> all = to.messages()) {
      after = all.toList();
    }
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.size(); i++) {
      String seed = "seed " + (i + 1);
      assertThat(after.get(i).envelope()).as(seed).isEqualTo(before.get(i).envelope());
      assertThat(Carried.of(after.get(i))).as(seed).isEqualTo(Carried.of(before.get(i)));
      assertThat(read(after.get(i))).as(seed).isEqualTo(read(before.get(i)));
    }
    assertThat(ImportFile.in(exported)).isEqualTo(new ImportFile.Found(List.of(), List.of()));
  }

  @Test
  void messagesOfASegmentSpoolComeBackInMemory() throws IOException {
    try (Spool from = SegmentSpool.open(directory.resolve("q"), SILENT, InstantSource.system());
        Spool to = new RamSpool(InstantSource.system())) {
      roundTrip(from, to, "out");
    }
  }

  @Test
  void messagesInMemoryComeBackInASegmentSpool() throws IOException {
    try (Spool from = new RamSpool(InstantSource.system());
        Spool to = SegmentSpool.open(directory.resolve("q"), SILENT, InstantSource.system())) {
      roundTrip(from, to, "out");
    }
  }

  private StoredMessage exported(Spool spool) throws IOException {
    StoredMessage message = store(spool, new Random(7));
    ExportDirectory.create(directory.resolve("out"))
        .write("A1", ExportedMessage.of("A1", message), message.content());
    return message;
  }

  @Test
  void onlyTheOwnerCanReadAnExportAndNothingIsOverwritten() throws IOException {
    Spool spool = new RamSpool(InstantSource.system());
    StoredMessage message = exported(spool);
    Path out = directory.resolve("out");

    for (String name : List.of("A1.eml", "A1.json")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out.resolve(name))))
          .isEqualTo("rw-------");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
        .isEqualTo("rwx------");
    assertThat(Files.list(out)).hasSize(2);
    ExportDirectory again = ExportDirectory.create(out);
    assertThatThrownBy(
            () -> again.write("A1", ExportedMessage.of("A1", message), message.content()))
        .isInstanceOf(FileAlreadyExistsException.class);
    Files.delete(out.resolve("A1.json"));
    assertThatThrownBy(
            () -> again.write("A1", ExportedMessage.of("A1", message), message.content()))
        .isInstanceOf(FileAlreadyExistsException.class);
  }

  @Test
  void aContentThatCannotBeReadLeavesNothing() throws IOException {
    Spool spool = new RamSpool(InstantSource.system());
    StoredMessage message = store(spool, new Random(7));
    Path out = directory.resolve("out");
    ExportDirectory export = ExportDirectory.create(out);
    dev.postrider.delivery.MessageContent damaged =
        new dev.postrider.delivery.MessageContent() {
          @Override
          public long size() {
            return 5;
          }

          @Override
          public InputStream open() throws IOException {
            throw new IOException("damaged");
          }
        };

    assertThatThrownBy(() -> export.write("A1", ExportedMessage.of("A1", message), damaged))
        .hasMessage("damaged");

    assertThat(Files.list(out)).isEmpty();
  }

  @Test
  void anImportedFileIsNotImportedAgain() throws IOException {
    Spool spool = new RamSpool(InstantSource.system());
    exported(spool);
    Path out = directory.resolve("out");
    ImportFile file = ImportFile.in(out).waiting().getFirst();
    importer(spool).run(file);

    assertThat(ImportFile.in(out)).isEqualTo(new ImportFile.Found(List.of(), List.of()));
    assertThatThrownBy(() -> importer(spool).run(file)).hasMessageContaining("is not there");
    assertThat(spool.messages()).hasSize(2);
  }

  @Test
  void aRefusedCommitLeavesTheFileToBeImportedLater() throws IOException {
    RamSpool spool = new RamSpool(InstantSource.system());
    exported(spool);
    spool.failCommits(true);
    ImportFile file = ImportFile.in(directory.resolve("out")).waiting().getFirst();

    assertThatThrownBy(() -> importer(spool).run(file)).hasMessage("No space left on device");

    assertThat(ImportFile.in(directory.resolve("out")).waiting()).containsExactly(file);
    spool.failCommits(false);
    importer(spool).run(file);
  }

  @Test
  void whatInterruptedImportsLeftIsToldApart() throws IOException {
    RamSpool spool = new RamSpool(InstantSource.system());
    StoredMessage message = exported(spool);
    Path out = directory.resolve("out");
    QueueId gone = new QueueId(message.id().micros() - 1);

    assertThat(resumed(spool, out, message.id(), Optional.empty()))
        .isEqualTo(Importer.Outcome.IMPORTED);
    assertThat(out.resolve("A1.json.imported")).exists();
    Files.move(out.resolve("A1.json.imported"), out.resolve("A1.json"));

    assertThat(resumed(spool, out, gone, Optional.empty())).isEqualTo(Importer.Outcome.UNKNOWN);
    Files.move(out.resolve("A1.json.importing-" + gone.longForm()), out.resolve("A1.json"));

    assertThat(resumed(spool, out, gone, Optional.of(false))).isEqualTo(Importer.Outcome.WAITS);
    assertThat(out.resolve("A1.json")).exists();

    assertThat(resumed(spool, out, gone, Optional.of(true))).isEqualTo(Importer.Outcome.ENDED);
    assertThat(out.resolve("A1.json.imported")).exists();
  }

  /** As if an import had been killed behind its note. */
  private Importer.Outcome resumed(Spool spool, Path out, QueueId id, Optional<Boolean> known)
      throws IOException {
    ImportFile.in(out).waiting().getFirst().begin(id);
    ImportFile.Interrupted interrupted = ImportFile.in(out).interrupted().getFirst();
    assertThat(interrupted.id()).isEqualTo(id);
    return importer(spool).resume(interrupted, _ -> known);
  }

  @Test
  void theEventLogHearsWhoWasServedBefore() throws IOException {
    Spool spool = new RamSpool(InstantSource.system());
    StoredMessage message = exported(spool);
    importer(spool).run(ImportFile.in(directory.resolve("out")).waiting().getFirst());

    Event.Accepted accepted = (Event.Accepted) events.getFirst();
    Event.Source.Imported from = (Event.Source.Imported) accepted.from();
    assertThat(from.previous()).isEqualTo("A1");
    assertThat(from.uid()).isEqualTo(42);
    assertThat(accepted.recipients() - from.done().cardinality())
        .isEqualTo(message.pending().size());
  }
}
