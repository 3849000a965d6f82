package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DotWriterTest {
  private static String wire(String content, int limit, int buffer, int piece) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DotWriter writer = new DotWriter(out, limit, buffer);
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < bytes.length; i += piece) {
      writer.write(bytes, i, Math.min(piece, bytes.length - i));
    }
    writer.finish();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  private static String wire(String content) throws IOException {
    return wire(content, 998, 8192, 8192);
  }

  @Test
  void linesEndInCrLfAndDotsAreDoubled() throws IOException { // RFC 5321 §4.5.2
    assertThat(wire("a\n.\n..b\nc.d\n")).isEqualTo("a\r\n..\r\n...b\r\nc.d\r\n.\r\n");
  }

  @Test
  void anOpenLastLineIsClosedAndAnEmptyMessageIsOneDot() throws IOException {
    assertThat(wire("a")).isEqualTo("a\r\n.\r\n");
    assertThat(wire("")).isEqualTo(".\r\n");
  }

  @Test
  void aStrayCarriageReturnNeverLeaves() throws IOException { // RFC 5321 §2.3.8
    assertThat(wire("a\rb\r\n\r.\r\n.\r")).isEqualTo("a b \r\n . \r\n.. \r\n.\r\n");
  }

  @Test
  void longLinesAreFoldedAsPostfixDoes() throws IOException {
    assertThat(wire("abcdefghij\n", 4, 64, 64)).isEqualTo("abcd\r\n efg\r\n hij\r\n.\r\n");
    assertThat(wire("abcd\n", 4, 64, 64)).isEqualTo("abcd\r\n.\r\n");
    assertThat(wire("abcd.efg\n", 4, 64, 64)).isEqualTo("abcd\r\n .ef\r\n g\r\n.\r\n");
  }

  @Test
  void theBytesDoNotDependOnHowTheyCome() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      StringBuilder content = new StringBuilder();
      for (int i = random.nextInt(500); i > 0; i--) {
        content.append("ab.\r\n".charAt(random.nextInt(5)));
      }
      String whole = wire(content.toString(), 20, 8192, 8192);

      assertThat(wire(content.toString(), 20, 64, 1 + random.nextInt(9))).isEqualTo(whole);
      assertThat(whole.replace("\r\n", "")).doesNotContain("\r", "\n");
      assertThat(whole.substring(0, whole.length() - 3)).doesNotContain("\r\n.\r\n");
    }
  }

  @Test
  void oneWriterServesOneMessageAfterTheOther() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DotWriter writer = new DotWriter(out, 998, 8192);
    writer.write("given up".getBytes(StandardCharsets.US_ASCII));
    writer.reset();
    writer.write('x');
    writer.finish();
    writer.finish();
    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo("x\r\n.\r\n.\r\n");
  }
}
