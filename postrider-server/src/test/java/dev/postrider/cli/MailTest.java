package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailTest {
  @TempDir Path home;
  private final List<String> sendmailArguments = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private String sent = "";
  private int sendmailCode;

  @Test
  void aScriptsLetterIsBareText() throws Exception {
    assertThat(mail("Test message body\n", "-s", "Postfix test", "you@dest.example")).isZero();

    assertThat(sent)
        .isEqualTo("To: you@dest.example\nSubject: Postfix test\n\nTest message body\n");
    assertThat(sendmailArguments).containsExactly("-i", "--", "you@dest.example");
  }

  @Test
  void optionsMayFollowRecipients() throws Exception {
    mail("x\n", "a@b", "-s", "late", "c@d", "-c", "e@f", "-b", "g@h");

    assertThat(sent).isEqualTo("To: a@b, c@d\nCc: e@f\nSubject: late\n\nx\n");
    assertThat(sendmailArguments).containsExactly("-i", "--", "a@b", "c@d", "e@f", "g@h");
  }

  @Test
  void dashesBeginRecipientsOrAfterThemOptionsOfSendmail() throws Exception {
    mail("x\n", "-s", "s", "--", "-odd@h", "b@h");
    assertThat(sendmailArguments).containsExactly("-i", "--", "-odd@h", "b@h");

    mail("x\n", "a@h", "--", "-f", "me@h");
    assertThat(sendmailArguments).containsExactly("-i", "-f", "me@h", "--", "a@h");
  }

  @Test
  void aCommandForMailutilsIsNoRecipient() throws Exception {
    mail("banned\n", "-E", "set escape", "-s", "[Fail2Ban] sshd", "root");

    assertThat(sent).isEqualTo("To: root\nSubject: [Fail2Ban] sshd\n\nbanned\n");
    assertThat(sendmailArguments).containsExactly("-i", "--", "root");
  }

  @Test
  void theSenderIsInHeaderAndEnvelope() throws Exception {
    mail("x\n", "-r", "Me <me@h.example>", "a@h");

    assertThat(sent).startsWith("From: Me <me@h.example>\n");
    assertThat(sendmailArguments).containsExactly("-i", "-f", "me@h.example", "--", "a@h");
  }

  @Test
  void textBeyondAsciiIsDeclaredAndItsSubjectEncoded() throws Exception {
    mail("gr\u00fc\u00dfe\n", "-s", "\u00dcber \u20ac", "-r", "J\u00f6 <j@h>", "a@h");

    assertThat(sent)
        .isEqualTo(
            """
            From: =?UTF-8?B?SsO2?= <j@h>
            To: a@h
            Subject: =?UTF-8?B?w5xiZXIg4oKs?=
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit

            gr\u00fc\u00dfe
            """);
  }

  @Test
  void linesTooLongForMailAreQuotedPrintable() throws Exception {
    mail("x=".repeat(600) + " \nend", "a@h");

    assertThat(sent).contains("Content-Transfer-Encoding: quoted-printable\n\nx=3Dx=3D");
    assertThat(sent).endsWith("=20\nend\n");
    assertThat(sent.lines().mapToInt(String::length).max().orElse(0)).isLessThanOrEqualTo(76);
  }

  @Test
  void aLineBreakInTheSubjectMakesNoHeader() throws Exception {
    mail("x\n", "-s", "a\nBcc: evil@h", "a@h");

    assertThat(sent).isEqualTo("To: a@h\nSubject: a Bcc: evil@h\n\nx\n");
  }

  @Test
  void dashAIsAHeaderIfItLooksLikeOneElseAFile() throws Exception {
    Path file = Files.writeString(home.resolve("notes.txt"), "attached\n");

    assertThat(mail("x\n", "-a", "X-Note: yes", "-a", file.toString(), "a@h")).isZero();

    assertThat(sent)
        .contains("X-Note: yes\n")
        .contains("Content-Type: multipart/mixed; boundary=\"")
        .contains(
            "Content-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\nx\n")
        .contains("Content-Disposition: attachment;\n filename=\"notes.txt\"")
        .contains("YXR0YWNoZWQK\n");
  }

  @Test
  void ownContentTypeIsLeftAlone() throws Exception {
    mail("<p>\u00fc\n", "-a", "Content-Type: text/html; charset=utf-8", "a@h");

    assertThat(sent)
        .isEqualTo(
            "To: a@h\nContent-Type: text/html; charset=utf-8\nMIME-Version: 1.0\n\n<p>\u00fc\n");
  }

  @Test
  void ownContentTypeBesideAttachmentsIsTheTexts() throws Exception {
    Path file = Files.writeString(home.resolve("a.csv"), "1,2\n");

    mail("<p>x\n", "-a", "Content-Type: text/html", "-A", file.toString(), "a@h");

    assertThat(sent)
        .startsWith("To: a@h\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"")
        .contains("\nContent-Type: text/html\n\n<p>x\n\n--")
        .containsOnlyOnce("text/html");
  }

  @Test
  void aMissingAttachmentStopsEverything() throws Exception {
    assertThat(mail("x\n", "-A", home.resolve("none").toString(), "a@h")).isEqualTo(1);

    assertThat(sent).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("none: No such file or directory; nothing was sent");
  }

  @Test
  void anEmptyLetterIsSentUnlessUnwanted() throws Exception {
    assertThat(mail("", "-E", "a@h")).isZero();
    assertThat(sent).isEmpty();

    assertThat(mail("", "-s", "s", "a@h")).isZero();
    assertThat(sent).isEqualTo("To: a@h\nSubject: s\n\n");
  }

  @Test
  void whatSendmailRefusesIsKept() throws Exception {
    sendmailCode = 75;

    assertThat(mail("precious\n", "-s", "s", "a@h")).isEqualTo(75);

    assertThat(home.resolve("dead.letter")).hasContent("To: a@h\nSubject: s\n\nprecious\n");
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("dead.letter\" 4/29")
        .contains("message not sent");
  }

  @Test
  void withoutRecipientsNothingIsRead() throws Exception {
    assertThat(mail("x\n")).isEqualTo(1);
    assertThat(mail("x\n", "-Q", "a")).isEqualTo(1);
    assertThat(sent).isEmpty();
  }

  @Test
  void typedLettersKnowTheEscapes() throws Exception {
    environment.put("POSTRIDER_IN_TTY", "1");
    Path file = Files.writeString(home.resolve("inserted"), "from file\n");

    int code =
        mail(
            """
            First subject
            line
            ~s Second subject
            ~c cc@h
            ~b bcc@h
            ~t more@h
            ~r %s
            ~<!echo from command
            ~~tilde
            ~p
            ~| tr a-z A-Z
            .
            not read
            """
                .formatted(file),
            "to@h");

    assertThat(code).isZero();
    assertThat(sent)
        .isEqualTo(
            """
            To: to@h, more@h
            Cc: cc@h
            Subject: Second subject

            LINE
            FROM FILE
            FROM COMMAND
            ~TILDE
            """);
    assertThat(sendmailArguments).containsExactly("-i", "--", "to@h", "more@h", "cc@h", "bcc@h");
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Message contains:", "EOT");
  }

  @Test
  void anInterruptInACommandDoesNotEndTheLetter() throws Exception {
    environment.put("POSTRIDER_IN_TTY", "1");

    // A terminal sends it to both. Who is not prepared ends here, with all the tests.
    String both = "kill -INT $PPID; kill -INT $$";
    int code =
        mail(
            "typed\n~!" + both + "\n~| " + both + "\n~<!" + both + "\nmore\n.\n", "-s", "s", "a@h");

    assertThat(code).isZero();
    assertThat(sent).endsWith("\n\ntyped\nmore\n");
  }

  @Test
  void anInterruptThatTheEditorLivesThroughCostsNoEdit() throws Exception {
    environment.put("POSTRIDER_IN_TTY", "1");
    Path editor =
        Files.writeString(
            home.resolve("editor"), "trap : INT; kill -INT $PPID $$; echo edited >>\"$1\"\n");
    environment.put("VISUAL", "/bin/sh " + editor);

    assertThat(mail("typed\n~v\n.\n", "-s", "s", "a@h")).isZero();

    assertThat(sent).endsWith("\n\ntyped\nedited\n");
  }

  @Test
  void quittingKeepsTheLetter() throws Exception {
    environment.put("POSTRIDER_IN_TTY", "1");

    assertThat(mail("typed\n~q\nmore\n", "-s", "s", "a@h")).isEqualTo(130);

    assertThat(sent).isEmpty();
    assertThat(home.resolve("dead.letter")).hasContent("typed\n");
  }

  private int mail(String input, String... arguments) throws IOException, InterruptedException {
    sent = "";
    sendmailArguments.clear();
    environment.put("HOME", home.toString());
    Command sendmail =
        call -> {
          sendmailArguments.addAll(call.arguments());
          sent = new String(call.in().readAllBytes(), StandardCharsets.UTF_8);
          return sendmailCode;
        };
    return new Mail(sendmail)
        .run(
            new Invocation(
                "mail",
                List.of(arguments),
                environment,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)));
  }
}
