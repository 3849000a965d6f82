package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MimeDowngradeTest {
  @Test
  void aSevenBitBodyNeedsNothing() throws IOException {
    assertThat(plan("Subject: x\nContent-Transfer-Encoding: 8bit\n\nplain\n"))
        .isInstanceOf(MimeDowngrade.Plan.NotNeeded.class);
  }

  @Test
  void aDeclaredTextBecomesQuotedPrintable() throws IOException {
    String converted =
        convert(
            """
            Subject: x
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            Jürgen = \s
            ok
            """);

    assertThat(converted)
        .isEqualTo(
            """
            Subject: x
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            J=C3=BCrgen =3D =20
            ok
            """);
  }

  @Test
  void anUndeclaredTextIsLabelled() throws IOException {
    assertThat(convert("Subject: x\n\nJü\n"))
        .isEqualTo(
            """
            Subject: x
            MIME-Version: 1.0
            Content-Type: text/plain; charset=unknown-8bit
            Content-Transfer-Encoding: quoted-printable

            J=C3=BC
            """);
  }

  @Test
  void aMessageWithoutHeaderOrEmptyLineGetsOne() throws IOException {
    assertThat(convert("ü\n"))
        .isEqualTo(
            """
            MIME-Version: 1.0
            Content-Type: text/plain; charset=unknown-8bit
            Content-Transfer-Encoding: quoted-printable

            =C3=BC
            """);
  }

  @Test
  void onlyThePartsThatNeedItAreEncoded() throws IOException {
    String converted =
        convert(
            """
            Content-Type: multipart/mixed; (c) boundary="a b"
            MIME-Version: 1.0
            Content-Transfer-Encoding: 8bit

            preamble ü
            --a b

            plain
            --a b
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 8bit

            Subject: inner
            Content-Transfer-Encoding: 8bit

            ü
            --a b
            Content-Transfer-Encoding: base64

            AAAA
            --a b--
            """);

    assertThat(converted)
        .isEqualTo(
            """
            Content-Type: multipart/mixed; (c) boundary="a b"
            MIME-Version: 1.0
            Content-Transfer-Encoding: 7bit

            preamble ??
            --a b

            plain
            --a b
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 7bit

            Subject: inner
            MIME-Version: 1.0
            Content-Type: text/plain; charset=unknown-8bit
            Content-Transfer-Encoding: quoted-printable

            =C3=BC
            --a b
            Content-Transfer-Encoding: base64

            AAAA
            --a b--
            """);
  }

  @Test
  void nothingInsideASignatureIsTouched() throws IOException {
    String signed =
        """
        Content-Type: multipart/signed; boundary=s

        --s
        Content-Transfer-Encoding: 8bit

        %s
        --s--
        """;

    assertThat(plan(signed.formatted("ü"))).isInstanceOf(MimeDowngrade.Plan.Impossible.class);
    assertThat(plan(signed.formatted("u"))).isInstanceOf(MimeDowngrade.Plan.NotNeeded.class);
  }

  @Test
  void aSignedPartStaysAsItIsBesideOneThatIsConverted() throws IOException {
    String signed =
        "Content-Type: multipart/signed; boundary=s\n\n--s\n"
            + "Content-Transfer-Encoding: 8bit\n\nplain \n--s--\n";

    String converted =
        convert(
            "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nü\n--m\n" + signed + "--m--\n");

    assertThat(converted).contains(signed);
  }

  @Test
  void unknownEncodingsAndForbiddenTypesAreRefused() throws IOException {
    assertThat(plan("Content-Transfer-Encoding: x-uuencode\n\nü\n"))
        .isInstanceOf(MimeDowngrade.Plan.Impossible.class);
    assertThat(plan("Content-Type: message/partial; id=1\n\nü\n"))
        .isInstanceOf(MimeDowngrade.Plan.Impossible.class);
    assertThat(plan("Content-Type: multipart/mixed\n\nü\n"))
        .isInstanceOf(MimeDowngrade.Plan.Impossible.class);
  }

  @Test
  void nestingIsBounded() throws IOException {
    StringBuilder message = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      message.append("Content-Type: multipart/mixed; boundary=b").append(i);
      message.append("\n\n--b").append(i).append('\n');
    }

    assertThat(plan(message + "\nü\n")).isInstanceOf(MimeDowngrade.Plan.Impossible.class);
  }

  @Test
  void everyLeafDecodesToWhatItWas() throws IOException {
    Random random = new Random(20261120);
    for (int round = 0; round < 2_000; round++) {
      List<byte[]> leaves = new ArrayList<>();
      ByteArrayOutputStream message = new ByteArrayOutputStream();
      message.writeBytes("Subject: s\nMIME-Version: 1.0\n".getBytes(StandardCharsets.US_ASCII));
      part(random, 0, message, leaves);

      byte[] converted = converted(message.toByteArray());

      List<byte[]> found = new ArrayList<>();
      decode(new String(converted, StandardCharsets.ISO_8859_1), found);
      assertThat(isSevenBit(converted)).isTrue();
      assertThat(found).containsExactlyElementsOf(leaves);
    }
  }

  @Test
  void garbageNeverThrowsAndComesOutSevenBit() throws IOException {
    Random random = new Random(5);
    String[] pieces = {
      "\n",
      "\n",
      "\n\n",
      "--b",
      "--c",
      "--",
      "a",
      "é",
      " ",
      "=",
      "\0",
      "\r",
      "x: y\n",
      "Content-Type: multipart/mixed; boundary=b\n",
      "Content-Type: message/rfc822\n",
      "Content-Type: multipart/digest; boundary=c\n",
      "Content-Transfer-Encoding: 8bit\n",
      "Content-Transfer-Encoding: base64\n",
      "Content-Transfer-Encoding: quoted-printable\n",
      "z".repeat(9000)
    };
    for (int round = 0; round < 5_000; round++) {
      StringBuilder message = new StringBuilder("x: y\n");
      int length = random.nextInt(30);
      for (int i = 0; i < length; i++) {
        message.append(pieces[random.nextInt(pieces.length)]);
      }

      byte[] result = converted(message.toString().getBytes(StandardCharsets.UTF_8));

      // Broken headers pass as they are; all the rest is 7-bit.
      for (String line : new String(result, StandardCharsets.ISO_8859_1).split("\n")) {
        assertThat(
                line.length() > 9_000
                    || isSevenBit(line.getBytes(StandardCharsets.ISO_8859_1))
                    || line.contains(":")
                    || line.startsWith(" "))
            .as(line)
            .isTrue();
      }
    }
  }

  private static void part(
      Random random, int depth, ByteArrayOutputStream out, List<byte[]> leaves) {
    int kind = depth > 3 ? 0 : random.nextInt(4);
    if (kind == 1) {
      String boundary = "b" + depth + "_" + random.nextInt(100);
      ascii(out, "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n");
      int count = 1 + random.nextInt(3);
      for (int i = 0; i < count; i++) {
        ascii(out, "\n--" + boundary + "\n");
        part(random, depth + 1, out, leaves);
      }
      ascii(out, "\n--" + boundary + "--\n");
    } else if (kind == 2) {
      ascii(out, "Content-Type: message/rfc822\nContent-Transfer-Encoding: 8bit\n\nSubject: i\n");
      part(random, depth + 1, out, leaves);
    } else {
      ascii(out, "Content-Type: application/x-any\n");
      ascii(out, random.nextBoolean() ? "Content-Transfer-Encoding: binary\n" : "");
      ascii(out, "\n");
      byte[] body = new byte[random.nextInt(random.nextInt(20) == 0 ? 20_000 : 200)];
      boolean wide = random.nextBoolean();
      for (int i = 0; i < body.length; i++) {
        int b =
            random.nextInt(8) == 0
                ? " \t=\n\n.-".charAt(random.nextInt(7))
                : random.nextInt(wide ? 256 : 128);
        body[i] = (byte) b;
      }
      out.writeBytes(body);
      leaves.add(body);
    }
  }

  /** A second, simple reader: whole text, recursive. */
  private static void decode(String message, List<byte[]> leaves) {
    int split = message.indexOf("\n\n");
    String header = message.substring(0, split + 1);
    String body = message.substring(split + 2);
    if (header.contains("multipart/mixed")) {
      int at = header.indexOf("boundary=") + 9;
      String boundary = "\n--" + header.substring(at, header.indexOf('\n', at));
      String[] parts = ("\n" + body).split(java.util.regex.Pattern.quote(boundary));
      for (int i = 1; i < parts.length && !parts[i].startsWith("--"); i++) {
        decode(parts[i].substring(1), leaves);
      }
    } else if (header.contains("message/rfc822")) {
      decode(body, leaves);
    } else {
      byte[] bytes = body.getBytes(StandardCharsets.ISO_8859_1);
      leaves.add(header.contains("quoted-printable") ? QuotedPrintable.decode(bytes) : bytes);
    }
  }

  private static void ascii(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static MimeDowngrade.Plan plan(String message) throws IOException {
    return MimeDowngrade.plan(new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)));
  }

  private static String convert(String message) throws IOException {
    byte[] content = message.getBytes(StandardCharsets.UTF_8);
    assertInstanceOf(MimeDowngrade.Plan.Convertible.class, plan(message));
    return new String(converted(content), StandardCharsets.ISO_8859_1);
  }

  private static byte[] converted(byte[] content) throws IOException {
    return switch (MimeDowngrade.plan(new ByteArrayInputStream(content))) {
      case MimeDowngrade.Plan.NotNeeded _ -> content;
      case MimeDowngrade.Plan.Impossible _ -> new byte[0];
      case MimeDowngrade.Plan.Convertible plan -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MimeDowngrade.convert(new ByteArrayInputStream(content), plan, out);
        yield out.toByteArray();
      }
    };
  }

  private static boolean isSevenBit(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }
}
