package dev.postrider.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CleanedContentTest {
  @Test
  void separatorsOfMailboxesAtTheBeginningAreDropped() throws IOException {
    assertThat(cleaned("From a\n>From b\nFrom c\r\nSubject: x\n\nFrom d\n", true))
        .isEqualTo("Subject: x\n\nFrom d\n");
    assertThat(cleaned("Fromage: x\n\n", true)).isEqualTo("Fromage: x\n\n");
    assertThat(cleaned("From: a\n\n", true)).isEqualTo("From: a\n\n");
    assertThat(cleaned(">Fro\nFrom x\n", true)).isEqualTo(">Fro\nFrom x\n");
  }

  @Test
  void carriageReturnsGoOnlyBeforeALineFeed() throws IOException {
    assertThat(cleaned("a\r\nb\r\r\nc\rd\n\r\n", true)).isEqualTo("a\nb\nc\rd\n\n");
  }

  @Test
  void aLoneDotEndsTheMessageUnlessSwitchedOff() throws IOException {
    assertThat(cleaned("a\n.\nb\n", true)).isEqualTo("a\n");
    assertThat(cleaned("a\n.\r\nb\n", true)).isEqualTo("a\n");
    assertThat(cleaned("a\n.", true)).isEqualTo("a\n");
    assertThat(cleaned(".\n", true)).isEmpty();
    assertThat(cleaned("a\n.\nb\n", false)).isEqualTo("a\n.\nb\n");
    assertThat(cleaned("a\n..\n.x\nb\n", true)).isEqualTo("a\n..\n.x\nb\n");
  }

  @Test
  void theLastLineIsCompleted() throws IOException {
    assertThat(cleaned("a", true)).isEqualTo("a\n");
    assertThat(cleaned("", true)).isEmpty();
    assertThat(cleaned("\0\u00e9\n\0", false)).isEqualTo("\0\u00e9\n\0\n");
  }

  @Test
  void howTheInputIsCutIntoReadsMakesNoDifference() throws IOException {
    String message = "From x\r\n>From y\nA: b\r\n\r\n" + "x\r".repeat(40_000) + "\r\n.\r\nrest";
    String whole = cleaned(message, true);
    InputStream single =
        new CleanedContent(
            new ByteArrayInputStream(message.getBytes(StandardCharsets.ISO_8859_1)) {
              @Override
              public synchronized int read(byte[] bytes, int offset, int length) {
                return super.read(bytes, offset, Math.min(length, 1));
              }
            },
            true);

    assertThat(new String(single.readAllBytes(), StandardCharsets.ISO_8859_1)).isEqualTo(whole);
    assertThat(whole).startsWith("A: b\n\nx\rx").endsWith("x\n").doesNotContain("rest");
  }

  private static String cleaned(String input, boolean dotEnds) throws IOException {
    InputStream in =
        new CleanedContent(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), dotEnds);
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }
}
