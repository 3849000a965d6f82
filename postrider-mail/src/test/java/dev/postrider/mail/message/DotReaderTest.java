package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only CRLF.CRLF ends content (RFC 5321 §4.1.1.4; CVE-2023-51764 and its kin). */
class DotReaderTest {
  /** Gives out at most so many bytes a read, as a network does. */
  private static final class Portions extends ByteArrayInputStream {
    private final int first;
    private final int most;

    Portions(byte[] bytes, int first, int most) {
      super(bytes);
      this.first = first;
      this.most = most;
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) {
      int now = pos < first ? first - pos : most;
      return super.read(target, offset, Math.min(length, now));
    }
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }

  /** Content, then {@code |}, then what is left for commands. */
  private static String read(InputStream wire) throws IOException {
    DotReader reader = new DotReader(wire);
    String content = text(reader.readAllBytes());
    assertThat(reader.ended()).isTrue();
    assertThat(reader.count()).isEqualTo(content.length());
    return content + "|" + text(wire.readAllBytes());
  }

  private static String read(String wire) throws IOException {
    return read(new ByteArrayInputStream(octets(wire)));
  }

  @Test
  void contentEndsAtTheMarkerAndCommandsFollow() throws IOException {
    assertThat(read("a\r\nb\r\n.\r\nQUIT\r\n")).isEqualTo("a\nb\n|QUIT\r\n");
    assertThat(read(".\r\nQUIT\r\n")).isEqualTo("|QUIT\r\n");
    assertThat(read("\r\n.\r\n")).isEqualTo("\n|");
  }

  @Test
  void stuffedDotsLoseOneDot() throws IOException {
    assertThat(read("..\r\n...\r\n.x\r\n..y\r\na.b\r\n.\r\n")).isEqualTo(".\n..\nx\n.y\na.b\n|");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r",
        "\r.\r\n",
        "\r\n.\r",
        "\r\r\n.\r\r\n",
        "\r\n.\0\r\n",
        "\r\n\0.\r\n",
        "\n.\r",
        "\r\n.\r\r\n",
        "\r\n. \r\n",
        "\n\r.\r\n"
      })
  void nothingElseEndsIt(String sequence) throws IOException {
    String inside = "one" + sequence + "MAIL FROM:<smuggled@example.com>\r\ntwo";

    String result = read(inside + "\r\n.\r\nQUIT\r\n");

    assertThat(result).endsWith("MAIL FROM:<smuggled@example.com>\ntwo\n|QUIT\r\n");
    assertThat(result).doesNotContain("\r\n\n").startsWith("one");
  }

  @Test
  void noCarriageReturnIsLeftInContent() throws IOException {
    assertThat(read("a\rb\r\rc\r\nd\r\r\n\re\r\n.\rf\r\n.\r\n")).isEqualTo("a b c\nd\n e\n f\n|");
  }

  @Test
  void bareLineFeedsBecomeLineEnds() throws IOException {
    assertThat(read("a\nb\n\n.c\n..\r\n.\r\n")).isEqualTo("a\nb\n\nc\n.\n|");
  }

  @Test
  void everyWayToCutItIntoPacketsReadsTheSame() throws IOException {
    String wire = "Subject: x\r\n\r\n.\n..a\r\n.\r.\r\n\r.\r\nb\r\r\n..\r\n.\r\nMAIL FROM:<x>\r\n";
    String whole = read(wire);

    for (int cut = 1; cut < wire.length(); cut++) {
      assertThat(read(new Portions(octets(wire), cut, 1 << 20)))
          .as("cut at %d", cut)
          .isEqualTo(whole);
    }
    for (int size = 1; size < 5; size++) {
      assertThat(read(new Portions(octets(wire), 0, size))).isEqualTo(whole);
    }
  }

  @Test
  void randomBytesReadTheSameHoweverTheyArrive() throws IOException {
    Random random = new Random(20261120);
    String alphabet = "\r\r\n\n..a\0";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder wire = new StringBuilder();
      for (int i = random.nextInt(24); i > 0; i--) {
        wire.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      wire.append("\r\n.\r\nQUIT\r\n");
      String whole = read(wire.toString());

      assertThat(read(new Portions(octets(wire.toString()), 0, 1 + random.nextInt(4))))
          .as(wire.toString())
          .isEqualTo(whole);
      int marker = (("\r\n" + wire).indexOf("\r\n.\r\n")) + 3;
      String rest = wire.substring(marker);
      assertThat(whole).as(wire.toString()).endsWith("|" + rest);
      assertThat(whole.substring(0, whole.length() - rest.length())).doesNotContain("\r");
    }
  }

  @Test
  void largeContentPassesBlockBordersUnchanged() throws IOException {
    StringBuilder wire = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      String line = ".".repeat(i % 3) + "x".repeat(i % 97);
      wire.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
      expected.append(line).append('\n');
    }

    assertThat(read(wire + ".\r\nNOOP\r\n")).isEqualTo(expected + "|NOOP\r\n");
  }

  @Test
  void aClientThatLeavesIsAnErrorAndNoEnd() {
    for (String wire : new String[] {"", "a", "a\r\n", "a\r\n.", "a\r\n.\r", "a\n.\n"}) {
      DotReader reader = new DotReader(new ByteArrayInputStream(octets(wire)));

      assertThatThrownBy(reader::readAllBytes).isInstanceOf(EOFException.class);
      assertThat(reader.ended()).isFalse();
    }
  }

  @Test
  void drainingLeavesExactlyTheCommands() throws IOException {
    InputStream wire = new ByteArrayInputStream(octets("a\r\n".repeat(50_000) + ".\r\nQUIT\r\n"));
    DotReader reader = new DotReader(wire);

    reader.drain();

    assertThat(text(wire.readAllBytes())).isEqualTo("QUIT\r\n");
    assertThat(reader.count()).isEqualTo(100_000);
  }
}
