package dev.postrider.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MboxTest {
  private static final String ONE =
      "From a@h  Fri Nov 20 09:21:01 2026\nSubject: one\n\nHello\nFrom here on: text.\n\n";
  private static final String TWO =
      "From b@h  Sat Nov 21 10:00:00 2026\nSubject: two\nStatus: RO\n\nBody\n\n";
  private static final String THREE =
      "From c@h  Sat Nov 21 11:00:00 2026\nSubject: three\nStatus: O\n\nFrom me to you\n\n";
  private static final ReadStatus READ = new ReadStatus(true, true);

  @TempDir Path directory;

  @Test
  void messagesArePartedBySeparatorsOnly() throws Exception {
    try (Mailbox box = open(ONE + TWO + THREE)) {
      assertThat(box.letters()).hasSize(3);
      assertThat(box.letters().get(0).status()).isEqualTo(ReadStatus.NEW);
      assertThat(box.letters().get(1).status()).isEqualTo(READ);
      assertThat(box.letters().get(2).status()).isEqualTo(new ReadStatus(false, true));
      assertThat(box.letters().get(0).lines()).isEqualTo(6);
      assertThat(box.separator(box.letters().get(1)))
          .isEqualTo(new Separator("b@h", "Sat Nov 21 10:00:00 2026"));
      assertThat(text(box, 0)).isEqualTo("Subject: one\n\nHello\nFrom here on: text.\n");
    }
  }

  @Test
  void onlyWhatIsAskedForChanges() throws Exception {
    try (Mailbox box = open(ONE + TWO + THREE)) {
      boolean arrived =
          box.write(
              List.of(
                  new Change(box.letters().get(0), false, READ, null),
                  new Change(box.letters().get(1), true, READ, null)));

      assertThat(arrived).isFalse();
    }
    assertThat(content())
        .isEqualTo(ONE.replace("Subject: one\n", "Subject: one\nStatus: RO\n") + THREE);
    assertThat(files()).containsExactly("box");
  }

  @Test
  void mailThatArrivesMeanwhileStays() throws Exception {
    try (Mailbox box = open(ONE + TWO)) {
      Files.writeString(path(), THREE, StandardOpenOption.APPEND);

      assertThat(box.write(List.of(new Change(box.letters().get(0), true, READ, null)))).isTrue();
    }
    assertThat(content()).isEqualTo(TWO + THREE);
  }

  @Test
  void newMailIsReadIn() throws Exception {
    try (Mailbox box = open(ONE)) {
      Files.writeString(path(), TWO, StandardOpenOption.APPEND);

      assertThat(box.readArrivals()).hasSize(1);
      assertThat(text(box, 1)).isEqualTo("Subject: two\nStatus: RO\n\nBody\n");
      assertThat(box.readArrivals()).isEmpty();
    }
  }

  @Test
  void aMailboxThatSomebodyElseHasChangedIsLeftAlone() throws Exception {
    try (Mailbox box = open(ONE + TWO + THREE)) {
      Files.writeString(path(), TWO + THREE + ONE + ONE);
      Change change = new Change(box.letters().get(0), true, READ, null);

      assertThatThrownBy(() -> box.write(List.of(change)))
          .isInstanceOf(MailboxException.class)
          .hasMessageContaining("another program has changed this mailbox");
      assertThatThrownBy(() -> box.open(box.letters().get(0))).isInstanceOf(MailboxException.class);
    }
    assertThat(content()).isEqualTo(TWO + THREE + ONE + ONE);
  }

  @Test
  void aMailboxThatWasReplacedIsLeftAlone() throws Exception {
    try (Mailbox box = open(ONE)) {
      Path other = Files.writeString(directory.resolve("other"), ONE);
      Files.move(other, path(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      Change change = new Change(box.letters().get(0), true, READ, null);

      assertThatThrownBy(() -> box.write(List.of(change))).isInstanceOf(MailboxException.class);
    }
    assertThat(content()).isEqualTo(ONE);
  }

  @Test
  void anEditedMessageCannotBecomeTwo() throws Exception {
    try (Mailbox box = open(ONE + TWO)) {
      byte[] edited =
          "Subject: new\n\nFrom x@h  Fri Nov 20 09:21:01 2026\n".getBytes(StandardCharsets.UTF_8);

      assertThat(box.write(List.of(new Change(box.letters().get(0), false, READ, edited))))
          .isFalse();
    }
    assertThat(content())
        .isEqualTo(
            """
            From a@h  Fri Nov 20 09:21:01 2026
            Subject: new
            Status: RO

            >From x@h  Fri Nov 20 09:21:01 2026

            """
                + TWO);
  }

  @Test
  void aFileThatIsNoMailboxIsRefused() {
    assertThatThrownBy(() -> open("hello\n").close())
        .isInstanceOf(MailboxException.class)
        .hasMessageContaining("not a mailbox");
  }

  @Test
  void aFolderGrowsByWholeMessages() throws Exception {
    Path target = directory.resolve("saved");
    Files.writeString(target, "From z@h  Fri Nov 20 09:21:01 2026\n\nno end");
    try (Mailbox box = open(ONE + TWO.strip())) {
      FolderFile.append(
          target,
          out -> {
            FolderFile.copy(box, box.letters().get(0), READ, out);
            FolderFile.copy(box, box.letters().get(1), READ, out);
          });
    }

    try (Mailbox saved = Mailbox.open(target, directory)) {
      assertThat(saved.letters())
          .hasSize(3)
          .element(1)
          .matches(letter -> letter.status().equals(READ));
      assertThat(text(saved, 2)).isEqualTo("Subject: two\nStatus: RO\n\nBody\n");
    }
  }

  @Test
  void aLockOfAReaderThatWasKilledIsNoLock() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    assertThat(gone.waitFor()).isZero();
    Path lock = directory.resolve("box.lock");
    Path host = Path.of("/proc/sys/kernel/hostname");
    assumeTrue(Files.isReadable(host), "needs /proc");
    Files.writeString(lock, gone.pid() + " " + Files.readString(host).strip() + "\n");

    open(ONE).close();

    assertThat(lock).doesNotExist();
  }

  private Mailbox open(String content) throws IOException, InterruptedException {
    Files.writeString(path(), content);
    return Mailbox.open(path(), directory);
  }

  private Path path() {
    return directory.resolve("box");
  }

  private String content() throws IOException {
    return Files.readString(path());
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  private static String text(Mailbox box, int index) throws IOException {
    try (var in = box.open(box.letters().get(index))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
