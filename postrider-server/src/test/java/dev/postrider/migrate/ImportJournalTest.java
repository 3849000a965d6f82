package dev.postrider.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Draft;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.RamSpool;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an import writes down so that nothing is stored twice. */
class ImportJournalTest {
  private static final QueueId ID = new QueueId(1_800_000_000_000_000L);

  @TempDir private Path data;

  @Test
  void aMessageIsFreshThenBegunThenDoneAndStaysSo() throws IOException {
    ImportJournal journal = ImportJournal.open(data);
    assertThat(journal.state("A1-5")).isEqualTo(new ImportJournal.State.Fresh());

    journal.begin("A1-5", ID);
    assertThat(journal.state("A1-5")).isEqualTo(new ImportJournal.State.Begun(ID));
    assertThat(journal.begun("A1-5", ID)).exists();
    journal.end("A1-5", ID);

    assertThat(ImportJournal.open(data).state("A1-5")).isEqualTo(new ImportJournal.State.Done(ID));
    // Neither another message nor a part of this one.
    assertThat(journal.state("A1-55")).isEqualTo(new ImportJournal.State.Fresh());
    assertThat(journal.state("A1-5.700")).isEqualTo(new ImportJournal.State.Fresh());
  }

  @Test
  void whatWasNotStoredAfterAllIsFreshAgain() throws IOException {
    ImportJournal journal = ImportJournal.open(data);
    journal.begin("A1-5", ID);
    journal.cancel("A1-5", ID);

    assertThat(journal.state("A1-5")).isEqualTo(new ImportJournal.State.Fresh());
  }

  @Test
  void withoutItsDirectoryThereIsAWordAboutIt() {
    assertThatThrownBy(() -> ImportJournal.open(data.resolve("missing")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("postfix check");
  }

  @Test
  void whatIntakeStoresHasItsAgeAndStandsInTheJournal() throws IOException {
    ImportJournal journal = ImportJournal.open(data);
    CarryingSpool spool = new CarryingSpool(new RamSpool(InstantSource.system()), journal);
    Instant arrival = Instant.parse("2026-11-20T12:00:00Z");
    spool.next("A1-5", arrival);

    StoredMessage stored;
    try (Draft draft = spool.draft()) {
      draft.content().write("x\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(journal.state("A1-5")).isEqualTo(new ImportJournal.State.Fresh());
      stored =
          draft.commit(
              Envelope.of(
                  ReversePath.of(new Mailbox("a", "x.test")),
                  List.of(Recipient.of(new Mailbox("b", "x.test")))));
    }

    assertThat(stored.arrival()).isEqualTo(arrival);
    assertThat(stored.pending()).hasSize(1);
    assertThat(journal.state("A1-5")).isEqualTo(new ImportJournal.State.Done(stored.id()));
  }
}
