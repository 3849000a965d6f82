package dev.postrider.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LetterTextTest {
  @Test
  void transferEncodingAndCharsetAreUndone() throws IOException {
    assertThat(
            body(
                """
                Content-Type: text/plain; charset=iso-8859-1
                Content-Transfer-Encoding: quoted-printable

                Gr=FC=DFe =
                an alle
                """))
        .isEqualTo("Gr\u00fc\u00dfe an alle\n");
    assertThat(
            body(
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
                    + "R3LDvMOfZQo=\n"))
        .isEqualTo("Gr\u00fc\u00dfe\n");
  }

  @Test
  void plainTextIsPreferredAndAttachmentsAreListed() throws IOException {
    LetterText text =
        text(
            """
            Content-Type: multipart/mixed; boundary="x"

            preamble
            --x
            Content-Type: multipart/alternative; boundary=y

            --y
            Content-Type: text/plain

            plain
            --y
            Content-Type: text/html

            <p>html</p>
            --y--
            --x
            Content-Type: image/png; name="../../etc/.passwd"
            Content-Transfer-Encoding: base64

            AAEC
            --x
            Content-Type: application/pdf
            Content-Disposition: attachment; filename*=UTF-8''B%C3%BCcher.pdf

            x
            --x--
            """);

    assertThat(text.body())
        .isEqualTo(
            """
            plain
            [attachment 1: passwd, image/png, 3 bytes; write saves it]
            [attachment 2: B\u00fccher.pdf, application/pdf, 1 bytes; write saves it]
            """);
    assertThat(text.attachments().get(0).content()).containsExactly(0, 1, 2);
    assertThat(text.plain()).isFalse();
  }

  @Test
  void htmlAloneIsReducedAndShowsWhereLinksLead() throws IOException {
    assertThat(
            body(
                """
                Content-Type: text/html

                <html><head><title>t</title><style>p {}</style></head><body>
                <p>Dear &Uuml;ser,<br>your <a href="http://evil.example/x">bank</a> &amp; you</p>
                <ul><li>one<li>two</ul><script>alert(1)</script></body></html>
                """))
        .isEqualTo(
            """
            Dear \u00dcser,
            your bank <http://evil.example/x> & you

            * one
            * two
            """);
  }

  @Test
  void nothingInALetterSteersATerminal() throws IOException {
    String evil = "a\u001b[2Jb\u009b31mc\u0007d\re\b\u202efg\n";

    assertThat(body("Content-Type: text/plain; charset=utf-8\n\n" + evil))
        .isEqualTo("a\ufffd[2Jb\ufffd31mc\ufffdd\ufffde\ufffd\ufffdfg\n");
    assertThat(LetterText.header("=?utf-8?q?x=1B]0;title=07y?="))
        .isEqualTo("x\ufffd]0;title\ufffdy");
    assertThat(LetterText.harmless("\u001b[31m.exe", 1)).isEqualTo("_[31m.exe");
  }

  @Test
  void brokenStructureIsShownAsText() throws IOException {
    assertThat(body("Content-Type: multipart/mixed\n\nno boundary\n")).isEqualTo("no boundary\n");
    assertThat(body("Content-Type: multipart/mixed; boundary=x\n\n--x\n\nno end\n"))
        .isEqualTo("no end\n");
    assertThat(body("")).isEmpty();
  }

  @Test
  void anyOctetsBecomeSomeText() throws IOException {
    Random random = new Random(42);
    String[] words = {
      "Content-Type: multipart/mixed; boundary=x\n",
      "\n--x\n",
      "--x--\n",
      "\n",
      "\r\n",
      "\u001b",
      "Content-Type: message/rfc822\n",
      "Content-Transfer-Encoding: base64\n",
      "=",
      "<a href=",
      "&#",
      "Content-Type: text/html\n",
      ">",
      "\"",
      ";",
      "filename*0*=",
      "''%",
      "<!--",
      "</script",
      "From "
    };
    for (int i = 0; i < 3000; i++) {
      StringBuilder message = new StringBuilder();
      for (int j = random.nextInt(40); j >= 0; j--) {
        message.append(words[random.nextInt(words.length)]);
      }
      assertThat(body(message.toString())).doesNotContain("\u001b").doesNotContain("\r");
    }
  }

  @Test
  void contentIsCopiedWithoutItsEncoding() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LetterText.copyContent(stream("Content-Transfer-Encoding: base64\n\nAAEC/w==\n"), out);
    assertThat(out.toByteArray()).containsExactly(0, 1, 2, -1);
  }

  private static String body(String message) throws IOException {
    return text(message).body();
  }

  private static LetterText text(String message) throws IOException {
    return LetterText.of(stream(message));
  }

  private static ByteArrayInputStream stream(String message) {
    return new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8));
  }
}
