package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LineReaderTest {
  private int flushes;

  private LineReader reader(String octets, int limit) {
    return new LineReader(
        new ByteArrayInputStream(octets.getBytes(StandardCharsets.ISO_8859_1)),
        limit,
        () -> flushes++);
  }

  @Test
  void aLineEndsAtLineFeedWithTheReturnsBeforeIt() throws IOException {
    LineReader reader = reader("a\r\nb\nc\r\r\nd\re\r\n\r\nrest", 100);

    assertThat(reader.line()).isEqualTo("a");
    assertThat(reader.line()).isEqualTo("b");
    assertThat(reader.line()).isEqualTo("c");
    assertThat(reader.line()).isEqualTo("d\re");
    assertThat(reader.line()).isEmpty();
    assertThat(reader.line()).isNull();
  }

  @Test
  void whatIsTooLongIsCutAndTheNextLineStartsWhereItStarts() throws IOException {
    LineReader reader = reader("x".repeat(100_000) + "\r\nnext\r\n", 10);

    assertThat(reader.line()).isEqualTo("x".repeat(10));
    assertThat(reader.truncated()).isTrue();
    assertThat(reader.line()).isEqualTo("next");
    assertThat(reader.truncated()).isFalse();
  }

  @Test
  void answersGoOutOnlyWhenThereIsNothingLeftToRead() throws IOException {
    LineReader reader = reader("a\r\nb\r\nc\r\n", 10);

    assertThat(reader.line()).isEqualTo("a");
    assertThat(reader.line()).isEqualTo("b");
    assertThat(reader.line()).isEqualTo("c");
    assertThat(flushes).isEqualTo(1);
    assertThat(reader.line()).isNull();
    assertThat(flushes).isEqualTo(2);
  }

  @Test
  void bytesBetweenLinesAreReadWithoutLosingTheRest() throws IOException {
    LineReader reader = reader("DATA\r\ncontent|QUIT\r\n", 10);

    assertThat(reader.line()).isEqualTo("DATA");
    byte[] block = new byte[100];
    reader.raw().mark(100);
    assertThat(reader.raw().read(block, 0, 100)).isEqualTo(14);
    reader.raw().reset();
    reader.raw().skipNBytes(8);
    assertThat(reader.line()).isEqualTo("QUIT");
  }
}
