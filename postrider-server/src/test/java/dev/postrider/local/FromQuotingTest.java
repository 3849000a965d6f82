package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FromQuotingTest {
  private static String quoted(String text, int... pieces) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    FromQuoting quoting = new FromQuoting(out);
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    for (int piece : pieces) {
      int length = Math.min(piece, bytes.length - at);
      quoting.write(bytes, at, length);
      at += length;
    }
    quoting.write(bytes, at, bytes.length - at);
    quoting.end();
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void aLineThatLooksLikeASeparatorIsQuoted() throws IOException {
    assertThat(quoted("From a\n>From b\nFrom\nFrom: x\n From c\nFrom d"))
        .isEqualTo(">From a\n>From b\nFrom\nFrom: x\n From c\n>From d\n");
    assertThat(quoted("")).isEmpty();
    assertThat(quoted("\n")).isEqualTo("\n");
    assertThat(quoted("Fro")).isEqualTo("Fro\n");
  }

  @Test
  void itDoesNotMatterHowTheTextIsCut() throws IOException {
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(30); j > 0; j--) {
        text.append("From \nx".charAt(random.nextInt(7)));
      }
      text.append("From x\n".repeat(random.nextInt(3)));
      int[] cuts = random.ints(12, 0, 6).toArray();

      String expected = text.toString().replaceAll("(?m)^From ", ">From ");
      if (!expected.isEmpty() && !expected.endsWith("\n")) {
        expected += "\n";
      }
      assertThat(quoted(text.toString(), cuts)).isEqualTo(expected);
    }
  }
}
