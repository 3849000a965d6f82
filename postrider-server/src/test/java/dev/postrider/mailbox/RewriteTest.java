package dev.postrider.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program is killed between any two steps, and in the middle of a write. */
class RewriteTest {
  private static final byte[] ARRIVED =
      ("From n@h  Fri Nov 20 09:21:01 2026\nSubject: new\n\n" + "Arrived later.\n".repeat(200))
          .getBytes(StandardCharsets.UTF_8);

  @TempDir Path directory;

  /** Dies after so many blocks of 512 octets or other steps. */
  private static final class Mortal implements Storage {
    private final Storage real;
    private int left;

    Mortal(Storage real, int left) {
      this.real = real;
      this.left = left;
    }

    private void step() throws IOException {
      if (left-- <= 0) {
        throw new IOException("killed");
      }
    }

    @Override
    public long size() throws IOException {
      return real.size();
    }

    @Override
    public byte[] read(long position, int length) throws IOException {
      return real.read(position, length);
    }

    @Override
    public void write(long position, byte[] bytes, int length) throws IOException {
      for (int at = 0; at < length; ) {
        step();
        int block = (int) Math.min(length - at, 512 - (position + at) % 512);
        real.write(position + at, Arrays.copyOfRange(bytes, at, at + block), block);
        at += block;
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      step();
      real.truncate(size);
    }

    @Override
    public void force() throws IOException {
      step();
      real.force();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shrinks", "grows", "same", "empties", "end"})
  void nothingIsLostWhereverItIsCutShort(String how) throws Exception {
    byte[] before = octets(7, 5000);
    List<Piece> pieces = pieces(how);
    boolean finished = false;
    int step = 0;
    for (; !finished; step++) {
      for (boolean mailComes : new boolean[] {false, true}) {
        Path file = directory.resolve("box");
        Files.write(file, before);
        byte[] after = after(pieces, before);
        Path journal = directory.resolve(".box.rewrite");
        try (FileChannel channel = open(file)) {
          Mortal mortal = new Mortal(new Storage.Channel(channel), step);
          new Rewrite(file, mortal, journal).run(pieces);
          finished = true;
        } catch (MailboxException e) {
          assertThat(e).hasMessageContaining("nothing is lost").hasMessageContaining("killed");
          finished = false;
        }
        if (mailComes) {
          Files.write(file, ARRIVED, StandardOpenOption.APPEND);
        }
        if (Files.exists(journal)) {
          try (FileChannel channel = open(file)) {
            new Rewrite(file, new Storage.Channel(channel), journal).recover();
          }
        }

        byte[] found = Files.readAllBytes(file);
        byte[] tail = mailComes ? ARRIVED : new byte[0];
        // Either it never happened or all of it did; what came later is there once and last.
        assertThat(found).isIn(joined(before, tail), joined(after, tail));
        assertThat(journal).doesNotExist();
      }
    }
    assertThat(step).isGreaterThan(3);
  }

  @Test
  void aRecoveryThatIsCutShortIsFinishedByTheNext() throws Exception {
    byte[] before = octets(7, 5000);
    List<Piece> pieces = pieces("shrinks");
    Path file = directory.resolve("box");
    Path journal = directory.resolve(".box.rewrite");
    for (int second = 0; second < 12; second++) {
      Files.write(file, before);
      try (FileChannel channel = open(file)) {
        Rewrite dies = new Rewrite(file, new Mortal(new Storage.Channel(channel), 4), journal);
        assertThatThrownBy(() -> dies.run(pieces)).isInstanceOf(MailboxException.class);
      }
      Files.write(file, ARRIVED, StandardOpenOption.APPEND);
      try (FileChannel channel = open(file)) {
        Mortal mortal = new Mortal(new Storage.Channel(channel), second);
        new Rewrite(file, mortal, journal).recover();
      } catch (MailboxException e) {
        assertThat(e).hasMessageContaining("killed");
      }
      if (Files.exists(journal)) {
        try (FileChannel channel = open(file)) {
          new Rewrite(file, new Storage.Channel(channel), journal).recover();
        }
      }

      assertThat(Files.readAllBytes(file)).isEqualTo(joined(after(pieces, before), ARRIVED));
    }
  }

  @Test
  void whatAnotherProgramHasChangedSinceIsNotTouched() throws Exception {
    Path file = directory.resolve("box");
    Path journal = directory.resolve(".box.rewrite");
    Files.write(file, octets(7, 5000));
    try (FileChannel channel = open(file)) {
      Rewrite dies = new Rewrite(file, new Mortal(new Storage.Channel(channel), 4), journal);
      assertThatThrownBy(() -> dies.run(pieces("shrinks"))).isInstanceOf(MailboxException.class);
    }
    byte[] other = octets(9, 6000);
    Files.write(file, other);

    try (FileChannel channel = open(file)) {
      Rewrite recovery = new Rewrite(file, new Storage.Channel(channel), journal);
      assertThatThrownBy(recovery::recover)
          .isInstanceOf(MailboxException.class)
          .hasMessageContaining("another program has changed it")
          .hasMessageContaining(journal.toString());
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(other);
    assertThat(journal).exists();
  }

  @Test
  void theNextReaderFinishesWhatWasBegun() throws Exception {
    String one = "From a@h  Fri Nov 20 09:21:01 2026\nSubject: 1\n\n" + "one\n".repeat(300) + "\n";
    String two = "From b@h  Fri Nov 20 09:21:01 2026\nSubject: 2\n\n" + "two\n".repeat(300) + "\n";
    Path file = Files.writeString(directory.resolve("box"), one + two);
    Path journal = RewriteJournals.place(file, directory);
    List<Piece> second = List.of(new Piece.Copy(one.length(), two.length()));
    try (FileChannel channel = open(file)) {
      Rewrite dies = new Rewrite(file, new Mortal(new Storage.Channel(channel), 2), journal);
      assertThatThrownBy(() -> dies.run(second)).isInstanceOf(MailboxException.class);
    }

    try (Mailbox box = Mailbox.open(file, directory)) {
      assertThat(box.letters()).hasSize(1);
    }
    assertThat(Files.readString(file)).isEqualTo(two);
  }

  private static List<Piece> pieces(String how) {
    return switch (how) {
      case "shrinks" -> List.of(new Piece.Copy(0, 700), new Piece.Copy(1500, 3500));
      case "grows" ->
          List.of(
              new Piece.Copy(0, 700),
              new Piece.Fresh("Status: RO\n".repeat(100).getBytes(StandardCharsets.UTF_8)),
              new Piece.Copy(700, 4300));
      case "same" ->
          List.of(
              new Piece.Copy(0, 700), new Piece.Fresh(octets(3, 20)), new Piece.Copy(720, 4280));
      case "empties" -> List.of();
      default -> List.of(new Piece.Copy(0, 3000));
    };
  }

  private static byte[] after(List<Piece> pieces, byte[] before) throws IOException {
    var out = new java.io.ByteArrayOutputStream();
    for (Piece piece : pieces) {
      switch (piece) {
        case Piece.Copy(long offset, long length) -> out.write(before, (int) offset, (int) length);
        case Piece.Fresh(byte[] bytes) -> out.write(bytes);
      }
    }
    return out.toByteArray();
  }

  private static byte[] octets(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
