package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ParsedFileTest {
  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2024-02-29T12:00:00Z"));

  @TempDir Path directory;
  private int parsed;
  private Path path = Path.of("");
  private ParsedFile<List<String>> file = new ParsedFile<>(path, lines -> lines);

  @BeforeEach
  void begin() {
    path = directory.resolve("passwd");
    file =
        new ParsedFile<>(
            path,
            lines -> {
              parsed++;
              return List.copyOf(lines);
            });
  }

  private void write(String content, FileTime modified) throws Exception {
    Files.writeString(path, content);
    Files.setLastModifiedTime(path, modified);
  }

  @Test
  void aFileThatRestsIsReadOnce() throws Exception {
    write("a\nb\n", LONG_AGO);

    assertThat(file.value()).containsExactly("a", "b");
    assertThat(file.value()).isSameAs(file.value());
    assertThat(parsed).isEqualTo(1);
  }

  @Test
  void aFileThatWasJustWrittenIsReadEachTime() throws Exception {
    write("a\n", FileTime.from(Instant.now().plusSeconds(3_600)));

    assertThat(file.value()).containsExactly("a");
    assertThat(file.value()).containsExactly("a");
    assertThat(parsed).isEqualTo(2);
  }

  @Test
  void aChangedOneIsReadAgain() throws Exception {
    write("a\n", LONG_AGO);
    assertThat(file.value()).containsExactly("a");

    write("b\n", FileTime.from(LONG_AGO.toInstant().plusNanos(1_000_000)));
    assertThat(file.value()).containsExactly("b");
  }

  @Test
  void anotherFileOfTheSameLengthAndTimeIsReadAgain() throws Exception {
    write("a\n", LONG_AGO);
    assertThat(file.value()).containsExactly("a");

    Path other = Files.writeString(directory.resolve("other"), "b\n");
    Files.setLastModifiedTime(other, LONG_AGO);
    Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
    assertThat(file.value()).containsExactly("b");
  }

  @Test
  void noFileIsAnEmptyOne() throws Exception {
    assertThat(file.value()).isEmpty();

    write("a\n", LONG_AGO);
    assertThat(file.value()).containsExactly("a");
    Files.delete(path);
    assertThat(file.value()).isEmpty();
  }
}
