package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.io.FileFacts;
import dev.postrider.io.OwnUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process left is taken back when it is surely its own, and else left alone. */
final class UndoTest {
  private static final String OLD = "From old  Thu Jan  1 00:00:00 2026\n\nold\n\n";
  private static final String NEW = "From new  Thu Jan  1 00:00:01 2026\n\nFrom text\nnew\n\n";
  private static final String OTHER = "From other  Thu Jan  1 00:00:02 2026\n\nother\n\n";

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private Path mailbox = Path.of("");
  private Path lock = Path.of("");
  private Path journal = Path.of("");

  /** One for all starts: the journal is claimed by it until the process ends. */
  private @Nullable OwnRights rights;

  @BeforeEach
  void begin() throws Exception {
    mailbox = Files.writeString(directory.resolve("mailbox"), OLD);
    lock = directory.resolve("mailbox.lock");
    journal = directory.resolve("data/own/append-1");
    Files.createDirectories(directory.resolve("data/own"));
  }

  private OwnRights rights() throws Exception {
    OwnRights made = rights;
    if (made != null) {
      return made;
    }
    Map<String, String> settings =
        Map.of(
            "data_directory", directory.resolve("data").toString(), "deliver_lock_attempts", "1");
    made = new OwnRights(Config.of(directory, settings), InstantSource.system());
    rights = made;
    return made;
  }

  private JournalEntry.FileId id(Path file) throws Exception {
    FileFacts facts = FileFacts.of(file);
    return new JournalEntry.FileId(facts.device(), facts.inode());
  }

  private void killedWhileWriting(String payload, String head) throws Exception {
    boolean whole = payload.equals(head);
    Path mark = Files.createFile(directory.resolve("mailbox.lock.1.1"));
    Path _ = Files.createLink(lock, mark);
    JournalEntry entry =
        new JournalEntry(mailbox, OwnUser.uid(), 1, List.of(), null, null)
            .withMark(mark)
            .withTail(
                JournalEntry.Tail.of(
                    id(mailbox), OLD.length(), head.getBytes(StandardCharsets.UTF_8), whole));
    Files.write(journal, entry.encoded());
  }

  private void add(String text) throws Exception {
    Files.writeString(mailbox, text, StandardOpenOption.APPEND);
  }

  private String afterUndo() throws Exception {
    rights().undoLeft(warnings::add);
    return Files.readString(mailbox);
  }

  @Test
  void aPartIsCutOffAndTheLockRemoved() throws Exception {
    for (int length = 0; length <= NEW.length(); length++) {
      killedWhileWriting(NEW, NEW);
      add(NEW.substring(0, length));

      assertThat(afterUndo()).as("after %d octets", length).isEqualTo(OLD);
      assertThat(lock).doesNotExist();
      assertThat(journal).doesNotExist();
    }
    assertThat(warnings)
        .hasSize(NEW.length())
        .first()
        .asString()
        .isEqualTo(
            "took back the last 1 bytes of %s: an earlier end had cut an append short, and the"
                    .formatted(mailbox)
                + " message comes again");
  }

  @Test
  void aPartOfALargeMessageIsCutOff() throws Exception {
    killedWhileWriting(NEW.repeat(50), NEW);
    add(NEW + "a line with From inside\nhalf a li");

    assertThat(afterUndo()).isEqualTo(OLD);
  }

  @Test
  void whatAnotherProgramAddedStays() throws Exception {
    for (String behind : List.of(NEW, NEW.substring(0, 20), NEW + "half a li")) {
      Files.writeString(mailbox, OLD);
      killedWhileWriting(NEW.repeat(50), NEW);
      add(behind + OTHER);

      assertThat(afterUndo()).isEqualTo(OLD + behind + OTHER);
      assertThat(lock).doesNotExist();
    }
    assertThat(warnings).hasSize(3).allSatisfy(one -> assertThat(one).contains(mailbox.toString()));
  }

  @Test
  void anythingBehindAWholeMessageStays() throws Exception {
    killedWhileWriting(NEW, NEW);
    add(NEW + "without a separator");

    assertThat(afterUndo()).isEqualTo(OLD + NEW + "without a separator");
    assertThat(warnings).singleElement().asString().contains("something was added since");
  }

  @Test
  void aLargePayloadOfAnotherKindStays() throws Exception {
    killedWhileWriting("no mbox ".repeat(50), "no mbox ");
    add("no mbox no m");

    assertThat(afterUndo()).endsWith("no mbox no m");
  }

  @Test
  void anotherFileInItsPlaceAndAShorterOneStay() throws Exception {
    killedWhileWriting(NEW, NEW);
    Path replacement = Files.writeString(directory.resolve("replacement"), OLD + NEW);
    Files.move(replacement, mailbox, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertThat(afterUndo()).isEqualTo(OLD + NEW);

    Files.writeString(mailbox, OLD);
    killedWhileWriting(NEW, NEW);
    Files.writeString(mailbox, "short");
    assertThat(afterUndo()).isEqualTo("short");
  }

  @Test
  void aLockOfAnotherProgramIsLeftAndTheNextStartTriesAgain() throws Exception {
    killedWhileWriting(NEW, NEW);
    add("From new");
    // Another file of that name: ours was taken to be left over, and removed.
    Path held = Files.createFile(directory.resolve("held"));
    Files.move(held, lock, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThat(afterUndo()).isEqualTo(OLD + "From new");
    assertThat(lock).exists();
    assertThat(journal).exists();

    Files.delete(lock);
    assertThat(afterUndo()).isEqualTo(OLD);
    assertThat(journal).doesNotExist();
  }

  @Test
  void aTornEntryMeansThatNothingWasWritten() throws Exception {
    killedWhileWriting(NEW, NEW);
    byte[] whole = Files.readAllBytes(journal);
    for (int length = 0; length < whole.length; length++) {
      assertThat(JournalEntry.decode(Arrays.copyOf(whole, length)).map(this::hasTail))
          .isNotEqualTo(Optional.of(true));
    }
    Random random = new Random(1);
    for (int i = 0; i < 2_000; i++) {
      byte[] bent = whole.clone();
      bent[random.nextInt(bent.length)] ^= (byte) (1 << random.nextInt(8));
      assertThat(JournalEntry.decode(bent).map(this::hasTail)).isNotEqualTo(Optional.of(true));
    }
    assertThat(JournalEntry.decode(whole).flatMap(e -> Optional.ofNullable(e.tail())))
        .hasValueSatisfying(tail -> assertThat(tail.length()).isEqualTo(OLD.length()));
  }

  private boolean hasTail(JournalEntry entry) {
    return entry.tail() != null;
  }

  /** The JDK writes what is longer than 64 KB in pieces, and a kill may come between two. */
  @Test
  void whereverTheWritingOfATailIsCutShortTheLockIsGivenBack() throws Exception {
    killedWhileWriting(NEW, NEW);
    byte[] with = Files.readAllBytes(journal);
    JournalEntry entry = JournalEntry.decode(with).orElseThrow();
    byte[] without =
        new JournalEntry(entry.file(), entry.uid(), entry.gid(), entry.groups(), entry.mark(), null)
            .encoded();
    for (int cut = 0; cut <= with.length; cut++) {
      byte[] torn = Arrays.copyOf(with, Math.max(cut, without.length));
      if (cut < without.length) {
        System.arraycopy(without, cut, torn, cut, without.length - cut);
      }
      assertThat(JournalEntry.decode(torn).map(JournalEntry::mark))
          .as("cut at %d", cut)
          .hasValue(entry.mark());
    }
    Files.write(journal, Arrays.copyOf(with, with.length - 1));
    assertThat(afterUndo()).isEqualTo(OLD);
    assertThat(lock).doesNotExist();
    assertThat(journal).doesNotExist();
  }

  @Test
  void anAppendThatWentWellLeavesNothing() throws Exception {
    rights()
        .append(
            new Identity("me", OwnUser.uid(), 1),
            new Append(mailbox, Append.Kind.MAILBOX),
            out -> out.write(NEW.getBytes(StandardCharsets.UTF_8)));

    assertThat(Files.size(journal)).isZero();
    assertThat(afterUndo()).isEqualTo(OLD + NEW);
    assertThat(warnings).isEmpty();
  }
}
