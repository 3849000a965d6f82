package dev.postrider.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.MemoryContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MailTextTest {
  private static String written(String content, MailText.Form form) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new MailText(List.of("Top: 1"), MemoryContent.of(content), form).writeTo(out);
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
    List<MailText.Form> forms =
        List.of(
            MailText.Form.PLAIN,
            MailText.Form.MBOX,
            new MailText.Form("\n", false, true, false),
            new MailText.Form("\r\n", true, true, false));
    for (int run = 0; run < 4_000; run++) {
      String content = lines(random);
      MailText.Form form = forms.get(run % forms.size());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      LineCopy lines = new LineCopy(out, form.lineEnd().getBytes(StandardCharsets.US_ASCII), form);
      byte[] octets = content.getBytes(StandardCharsets.ISO_8859_1);
      int at = 0;
      while (at < octets.length) {
        int length = Math.min(octets.length - at, random.nextInt(9));
        lines.write(octets, at, length);
        at += length;
      }
      lines.endLine();
      assertThat(out.toString(StandardCharsets.ISO_8859_1))
          .as("%s of %s", form, content)
          .isEqualTo(expected(content, form));
    }
  }

  /** A few lines full of what has to be looked at twice. */
  private static String lines(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(30); i > 0; i--) {
      text.append("From \n.x".charAt(random.nextInt(8)));
      text.append(random.nextInt(8) == 0 ? "\nFrom x\n" : "");
    }
    return text.toString();
  }

  private static String expected(String content, MailText.Form form) {
    String text = content.isEmpty() || content.endsWith("\n") ? content : content + "\n";
    if (form.quotesFrom()) {
      text = text.replaceAll("(?m)^From ", ">From ");
    }
    if (form.stuffsDots()) {
      text = text.replaceAll("(?m)^\\.", "..");
    }
    return text.replace("\n", form.lineEnd());
  }
}
