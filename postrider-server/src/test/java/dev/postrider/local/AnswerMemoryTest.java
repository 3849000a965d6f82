package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.sieve.VacationReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of answers, and that whatever becomes of the files, mail is answered. */
class AnswerMemoryTest {
  private static final VacationReply.Letter LETTER =
      new VacationReply.Letter("ann@host.example", "s", List.of(), "Away.", false);

  @TempDir Path directory;
  private final RememberedLog log = new RememberedLog();
  private Instant now = Instant.parse("2026-11-05T10:00:00Z");

  private static VacationReply reply(String to, String handle) {
    return new VacationReply(new Mailbox(to, "far.example"), Duration.ofDays(7), handle, LETTER);
  }

  /** Asks a memory that was just made, so that nothing is known but what is on the disk. */
  private boolean once(long uid, VacationReply reply) throws IOException {
    boolean[] done = new boolean[1];
    boolean said =
        new AnswerMemory(directory.resolve("vacation"), () -> now, log)
            .once(uid, reply, () -> done[0] = true);
    assertThat(done[0]).isEqualTo(said);
    return said;
  }

  private Path file(long uid) {
    return directory.resolve("vacation").resolve(Long.toString(uid));
  }

  @Test
  void anAnswerIsGivenOnceInItsInterval() throws IOException {
    assertThat(once(1, reply("bob", "h"))).isTrue();
    now = now.plus(Duration.ofDays(7)).minusSeconds(1);
    assertThat(once(1, reply("BOB", "h"))).isFalse();
    now = now.plusSeconds(1);
    assertThat(once(1, reply("bob", "h"))).isTrue();
    assertThat(once(1, reply("bob", "h"))).isFalse();
  }

  @Test
  void othersUsersAndOtherAnswersAreOtherThings() throws IOException {
    assertThat(once(1, reply("bob", "h"))).isTrue();
    assertThat(once(1, reply("bob", "i"))).isTrue();
    assertThat(once(1, reply("eve", "h"))).isTrue();
    assertThat(once(2, reply("bob", "h"))).isTrue();
    assertThat(once(1, reply("bob", "i"))).isFalse();
  }

  @Test
  void whatWasNotDoneIsForgotten() throws IOException {
    assertThat(once(1, reply("eve", "h"))).isTrue();
    assertThatThrownBy(() ->
            new AnswerMemory(directory.resolve("vacation"), () -> now, log)
                .once(
                    1,
                    reply("bob", "h"),
                    () -> {
                      throw new IOException("full");
                    }))
        .hasMessage("full");

    assertThat(once(1, reply("bob", "h"))).isTrue();
    assertThat(once(1, reply("eve", "h"))).isFalse();
  }

  @Test
  void theFileTellsNobodyWhoWroteAndGrowsNoFurther() throws IOException {
    for (int i = 0; i <= AnswerMemory.MOST; i++) {
      assertThat(once(1, reply("bob" + i, "h"))).isTrue();
    }

    assertThat(Files.readAllLines(file(1))).hasSize(AnswerMemory.MOST);
    assertThat(Files.readString(file(1))).doesNotContain("bob").doesNotContain("far");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(directory.resolve("vacation"))) {
      assertThat(files).containsExactly(file(1));
    }
    assertThat(once(1, reply("bob" + AnswerMemory.MOST, "h"))).isFalse();
    assertThat(once(1, reply("bob1", "h"))).isFalse();
    assertThat(once(1, reply("bob0", "h"))).isTrue();
  }

  @Test
  void oldAnswersAreForgotten() throws IOException {
    assertThat(once(1, reply("bob", "h"))).isTrue();
    now = now.plus(Duration.ofDays(31));
    assertThat(once(1, reply("eve", "h"))).isTrue();

    assertThat(Files.readAllLines(file(1))).hasSize(1);
  }

  @Test
  void aDamagedFileIsNamedOnceAndMadeAnew() throws IOException {
    Files.createDirectories(file(1).getParent());
    for (String damaged :
        List.of("\0\0\0", "12 abc\n", "99999999999999 " + "a".repeat(64), "x".repeat(200_000))) {
      Files.writeString(file(1), damaged);
      assertThat(once(1, reply("bob", "h"))).isTrue();
      assertThat(once(1, reply("bob", "h"))).isFalse();
    }
    assertThat(log.text())
        .hasSize(4)
        .allSatisfy(line -> assertThat(line).contains("vacation/1 is damaged"));
  }

  @Test
  void aClockThatWasWrongDoesNotSilenceForEver() throws IOException {
    now = Instant.parse("2040-01-01T00:00:00Z");
    assertThat(once(1, reply("bob", "h"))).isTrue();
    now = Instant.parse("2026-11-05T10:00:00Z");

    assertThat(once(1, reply("bob", "h"))).isTrue();
    assertThat(once(1, reply("bob", "h"))).isFalse();
  }

  @Test
  void withoutMemoryNobodyIsAnswered() throws IOException {
    Files.writeString(directory.resolve("vacation"), "a file, where the directory would be");

    assertThatThrownBy(() -> once(1, reply("bob", "h"))).isInstanceOf(IOException.class);
  }
}
