package dev.postrider.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.MessageContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MailTextTest {
  private record Text(String text) implements MessageContent {
    @Override
    public long size() {
      return text.length();
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static String written(String content, MailText.Form form) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new MailText(List.of("Top: 1"), new Text(content), form).writeTo(out);
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void anMboxQuotesWhatLooksLikeItsSeparator() throws Exception {
    assertThat(written("From a\nFrom: b\n\nFrom \nFromage\n>From x\n F\nF", MailText.Form.MBOX))
        .isEqualTo("Top: 1\n>From a\nFrom: b\n\n>From \nFromage\n>From x\n F\nF\n\n");
  }

  @Test
  void plainTextIsAsItIsButForTheEndOfItsLastLine() throws Exception {
    assertThat(written("From a\n.\nlast", MailText.Form.PLAIN))
        .isEqualTo("Top: 1\nFrom a\n.\nlast\n");
    assertThat(written("", MailText.Form.PLAIN)).isEqualTo("Top: 1\n");
  }

  @Test
  void dotsAreStuffedAndLinesEndAsAsked() throws Exception {
    assertThat(written("a\n.\n..b\n", new MailText.Form("\r\n", true, true, false)))
        .isEqualTo("Top: 1\r\na\r\n..\r\n...b\r\n");
  }

  @Test
  void whereThePiecesAreCutMakesNoDifference() throws Exception {
    Random random = new Random(42);
    String content = "From a\n.x\nFro\nFrom\n\nFrom From \n.\nF\n.From y\nFrom z";
    MailText.Form form = new MailText.Form("\r\n", true, true, false);
    String whole = written(content, form).substring("Top: 1\r\n".length());
    for (int run = 0; run < 500; run++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      LineCopy lines = new LineCopy(out, new byte[] {'\r', '\n'}, form);
      byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
      int at = 0;
      while (at < octets.length) {
        int length = Math.min(octets.length - at, random.nextInt(5));
        lines.write(octets, at, length);
        at += length;
      }
      lines.endLine();
      assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo(whole);
    }
  }
}
