package dev.postrider.system;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One message, and what the server can do that it goes to.
 *
 * @param name what it is about
 * @param keywords what the server announces
 * @param options of sendmail
 * @param user the recipient's local part
 * @param message header and content
 * @param instead what stands here in the place of Postfix's words
 */
record SentContent(
    String name,
    List<String> keywords,
    String options,
    String user,
    String message,
    Map<String, String> instead) {

  private static final String TEXT =
      "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n";

  private static final String HEAD = "Subject: x\nFrom: me@host.local.test\nTo: you@far.test\n";

  private static SentContent of(String name, String message, String... keywords) {
    return new SentContent(name, List.of(keywords), "", "you", message, Map.of());
  }

  private SentContent to(String newUser, String newOptions) {
    return new SentContent(name, keywords, newOptions, newUser, message, instead);
  }

  private SentContent but(String theirs, String ours) {
    Map<String, String> both = new HashMap<>(instead);
    both.put(theirs, ours);
    return new SentContent(name, keywords, options, user, message, both);
  }

  String script() {
    StringBuilder ehlo = new StringBuilder("S: 220 mx.example.net ESMTP\nC: EHLO\nS: 250-x\n");
    keywords.forEach(keyword -> ehlo.append("S: 250-").append(keyword).append('\n'));
    return ehlo
        + "S: 250 HELP\nC: MAIL\nS: 250 2.1.0 Ok\nC: RCPT\nS: 250 2.1.5 Ok\nC: DATA\n"
        + "S: 354 go on\nDATA\nS: 250 2.0.0 taken\n";
  }

  String theirs(String found) {
    String changed = found;
    for (Map.Entry<String, String> each : instead.entrySet()) {
      changed = changed.replace(each.getKey(), each.getValue());
    }
    return changed;
  }

  static List<SentContent> all() {
    String multipart =
        HEAD
            + """
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary="b"
            Content-Transfer-Encoding: 8bit

            before
            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            grüße
            --b
            Content-Type: text/html; charset=utf-8

            <b>größe</b>
            --b
            Content-Type: image/png
            Content-Transfer-Encoding: base64

            AAAA
            --b
            Content-Type: message/rfc822
            Content-Transfer-Encoding: 8bit

            Subject: inner
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            innen = größer
            --b--
            after
            """;
    return List.of(
        of("8bit as it is", HEAD + TEXT + "\ngrüße\n", "8BITMIME"),
        of("8bit declared", HEAD + TEXT + "\ngrüße\n", "8BITMIME").to("you", "-B 8BITMIME"),
        of("7bit declared", HEAD + "\nhello\n", "8BITMIME", "SIZE").to("you", "-B 7BIT"),
        of("8bit to quoted-printable", HEAD + TEXT + "\ngrüße = schön\n.\n..x\nFrom here\n"),
        of("spaces at the end", HEAD + TEXT + "\nü \nplain \ntab\t\n \n"),
        of("a long line of 8 bits", HEAD + TEXT + "\n" + "grüße ".repeat(300) + "\n"),
        of("no line end", HEAD + TEXT + "\ngrüße"),
        // What is not declared is encoded too, instead of being sent as it is.
        of("parts", multipart)
            .but(
                "; charset=utf-8\n\n<b>größe</b>",
                "; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
                    + "<b>gr=C3=B6=C3=9Fe</b>")
            .but(
                "; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\ninnen",
                "; charset=utf-8\nMIME-Version: 1.0\n"
                    + "Content-Transfer-Encoding: quoted-printable\n\ninnen"),
        of("parts as they are", multipart, "8BITMIME"),
        of("long lines", HEAD + "\n" + lines(997, 998, 999, 1000, 1996, 1997, 5000)),
        of(
            "a dot where a line breaks",
            HEAD + "\n" + "x".repeat(998) + ".dot\n" + "." + "y".repeat(998) + "\n"),
        of("a long header", "Subject: " + "word ".repeat(400) + "\n\nx\n"),
        of("a long header without a space", "Subject: " + "w".repeat(2500) + "\n\nx\n"),
        // Only what the sender declares asks for SMTPUTF8, an address aside.
        of("utf8 in the header", "Subject: grüße\n\nx\n")
            .but(
                "\n5.6.7 bounced (SMTPUTF8 is required, but was not offered by host"
                    + " 127.0.0.1[127.0.0.1])",
                "MAIL FROM:<me@host.local.test>\nRCPT TO:<you@c13.test>\nSubject: grüße\n"
                    + "From: root <me@host.local.test>\n\nx\n\n2.0.0 sent (250 2.0.0 taken)"),
        of("utf8 in the header, taken", "Subject: grüße\n\nx\n", "8BITMIME", "SMTPUTF8")
            .but("> SMTPUTF8", ">"),
        of("utf8 recipient", HEAD + "\nx\n", "8BITMIME").to("jürgen", ""),
        of("utf8 recipient, taken", HEAD + "\nx\n", "8BITMIME", "SMTPUTF8").to("jürgen", ""),
        of("utf8 recipient, reported", HEAD + "\nx\n", "8BITMIME", "SMTPUTF8", "DSN")
            .to("jürgen", "-N success"),
        of("smtputf8 without 8bitmime", HEAD + TEXT + "\ngrüße\n", "SMTPUTF8"),
        of("ascii where utf8 is taken", HEAD + "\nx\n", "8BITMIME", "SMTPUTF8"),
        of("reports wanted", HEAD + "\nx\n", "DSN").to("you+tag", "-N success,delay -R hdrs"),
        // Postfix does not look whether there is anything to convert.
        of("no reports wanted", HEAD + "\nx\n", "DSN", "SIZE")
            .to("you", "-N never -R full")
            .but("> RET", "> SIZE=n RET"),
        of("8bit to quoted-printable, of a size", HEAD + TEXT + "\ngrüße\n", "SIZE"),
        of("nothing said of reports", HEAD + "\nx\n", "DSN"),
        of("reports where there are none", HEAD + "\nx\n").to("you", "-N failure"));
  }

  private static String lines(int... lengths) {
    StringBuilder lines = new StringBuilder();
    for (int length : lengths) {
      lines.append("0123456789".repeat(length / 10)).append("x".repeat(length % 10)).append('\n');
    }
    return lines.toString();
  }
}
