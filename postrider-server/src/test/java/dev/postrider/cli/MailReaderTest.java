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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailReaderTest {
  private static final String BOX =
      """
      From alice@example.org  Fri Nov 20 09:21:01 2026
      From: Alice <alice@example.org>
      To: me@dest.example, Dave <dave@example.org>
      Cc: carol@example.org
      Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=
      Message-ID: <1@example.org>
      References: <0@example.org>

      Hello one.

      From bob@example.org  Fri Nov 20 10:00:00 2026
      From: bob@example.org
      Reply-To: list@example.org
      Subject: Re: two
      Message-ID: <2@example.org>
      Status: RO

      Body two

      From carol@example.org  Sat Nov 21 10:00:00 2026
      From: carol@example.org
      Subject: three
      Status: O

      Body three

      """;

  @TempDir Path home;
  private final Map<String, String> environment = new HashMap<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> sent = new ArrayList<>();
  private Path box = Path.of("box");

  @BeforeEach
  void aMailbox() throws IOException {
    box = Files.writeString(home.resolve("box"), BOX);
    environment.put("HOME", home.toString());
    environment.put("MAIL", box.toString());
    environment.put("MAIL_CONFIG", home.toString());
  }

  @Test
  void theSummaryShowsDecodedSubjectsAndStates() throws Exception {
    assertThat(mail("x\n", "-n")).isZero();

    assertThat(out())
        .isEqualTo(
            """
            Postrider mail.  Type ? for help.
            "%s": 3 messages 1 new 2 unread
            >N  1 alice@example.org  Fri Nov 20 09:21   10/254   Gr\u00fc\u00dfe
                2 bob@example.org    Fri Nov 20 10:00    9/163   Re: two
             U  3 carol@example.org  Sat Nov 21 10:00    7/111   three
            """
                .formatted(box));
  }

  @Test
  void whatWasReadMovesToMboxAndWhatWasDeletedGoes() throws Exception {
    mail("p 1\nd 2\nq\n", "-n");

    assertThat(Files.readString(box)).isEqualTo(BOX.substring(BOX.indexOf("From carol")));
    assertThat(Files.readString(home.resolve("mbox")))
        .isEqualTo(
            BOX.substring(0, BOX.indexOf("From bob"))
                .replace(
                    "References: <0@example.org>\n", "References: <0@example.org>\nStatus: RO\n"));
    assertThat(out()).contains("Saved 1 message in " + home.resolve("mbox"), "Held 1 message in ");
  }

  @Test
  void holdKeepsWhatWasRead() throws Exception {
    mail("set hold\np 1\nq\n", "-n");

    assertThat(Files.readString(box)).contains("Hello one.", "Status: RO\n\nHello one.");
    assertThat(home.resolve("mbox")).doesNotExist();
  }

  @Test
  void exitChangesNothing() throws Exception {
    mail("p 1\nd *\ns 3 " + home.resolve("saved") + "\nx\n", "-n");

    assertThat(Files.readString(box)).isEqualTo(BOX);
  }

  @Test
  void aReplyGoesToAllButOneself() throws Exception {
    Files.writeString(home.resolve(".mailrc"), "alternates me@dest.example\n");

    mail("r 1\nThanks\n.\nx\n", "-n");

    assertThat(sent)
        .containsExactly(
            "-i -- alice@example.org dave@example.org carol@example.org",
            """
            To: alice@example.org, dave@example.org
            Cc: carol@example.org
            Subject: =?UTF-8?B?UmU6IEdyw7zDn2U=?=
            In-Reply-To: <1@example.org>
            References: <0@example.org> <1@example.org>

            Thanks
            """);
  }

  @Test
  void aReplyHeedsReplyTo() throws Exception {
    mail("R 2\nThanks\n.\nx\n", "-n");

    assertThat(sent.get(0)).isEqualTo("-i -- list@example.org");
    assertThat(sent.get(1)).contains("Subject: Re: two\n", "References: <2@example.org>\n");
  }

  @Test
  void aNewLetterExpandsAliases() throws Exception {
    mail("a team x@h y@h\nm team z@h\nhi\n.\nx\n", "-n");

    assertThat(sent.get(0)).isEqualTo("-i -- x@h y@h z@h");
  }

  @Test
  void lettersCanBeQuoted() throws Exception {
    mail("set indentprefix=\"> \"\nr 2\n~m 3\n~.\nx\n", "-n", "-~");

    assertThat(sent.get(1))
        .contains("> From: carol@example.org\n", "> Subject: three\n")
        .contains("> Body three\n")
        .doesNotContain("Status");
  }

  @Test
  void messageListsSelect() throws Exception {
    mail("f 1-2\nf :u\nf /two\nf carol\nf $\nf 7\nf :q\nf nobody\nx\n", "-N", "-n");

    assertThat(numbers()).containsExactly("1", "2", "1", "3", "2", "3", "3");
    assertThat(out())
        .contains(
            "7: Invalid message number\n",
            "Unknown colon modifier \":q\"\n",
            "No applicable messages from {nobody}\n");
  }

  @Test
  void deletedMessagesComeBack() throws Exception {
    mail("d *\nf 1\nu 2\nf *\nq\n", "-N", "-n", "-f", box.toString());

    assertThat(out()).contains("1: Inappropriate message\n", "\"" + box + "\" complete\n");
    assertThat(Files.readString(box))
        .isEqualTo(BOX.substring(BOX.indexOf("From bob"), BOX.indexOf("From carol")));
  }

  @Test
  void anAttachmentIsWrittenBesideTheTextAndOverNothing() throws Exception {
    Files.writeString(
        box,
        """
        From a@h  Fri Nov 20 09:21:01 2026
        Content-Type: multipart/mixed; boundary=b

        --b

        text
        --b
        Content-Type: text/x-sh; name="../box"
        Content-Disposition: attachment

        attached
        --b--

        """);
    String before = Files.readString(box);

    mail("w 1 " + home.resolve("text") + "\nx\n", "-N", "-n");

    assertThat(Files.readString(home.resolve("text"))).startsWith("text\n");
    assertThat(Files.readString(home.resolve("box.1"))).isEqualTo("attached");
    assertThat(Files.readString(box)).isEqualTo(before);
  }

  @Test
  void startUpFilesRunNothing() throws Exception {
    Files.writeString(
        home.resolve(".mailrc"),
        "set hold\n!touch " + home.resolve("ran") + "\nshell\nfrobnicate\nignore subject\n");

    mail("p 1\nq\n", "-n");

    assertThat(home.resolve("ran")).doesNotExist();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(".mailrc, line 2: !: ", ".mailrc, line 3: shell: ", "line 4: frobnicate: no");
    assertThat(out().substring(out().indexOf("Message 1"))).doesNotContain("Subject");
    assertThat(home.resolve("mbox")).doesNotExist();
  }

  @Test
  void aMaildirKeepsWhatWasReadAndMarksIt() throws Exception {
    Path maildir = home.resolve("Maildir");
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(maildir.resolve(part));
    }
    Files.writeString(maildir.resolve("new/1000.a.h"), "From: a@h\nSubject: one\n\nFirst\n");
    Files.writeString(maildir.resolve("new/2000.b.h"), "From: b@h\nSubject: two\n\nSecond\n");
    Files.writeString(maildir.resolve("cur/900.c.h:2,FS"), "From: c@h\nSubject: old\n\nOld\n");
    environment.remove("MAIL");
    Files.writeString(home.resolve("main.cf"), "home_mailbox = " + maildir + "/\n");

    mail("p 2\nd 1\nq\n", "-n");

    assertThat(out()).contains("3 messages 2 new", "a@h", "First", "Held 2 messages");
    assertThat(maildir.resolve("cur/1000.a.h:2,S")).exists();
    assertThat(maildir.resolve("cur/2000.b.h:2,")).exists();
    assertThat(maildir.resolve("cur/900.c.h:2,FS")).doesNotExist();
  }

  @Test
  void oneCanAskWhetherThereIsMail() throws Exception {
    assertThat(mail("", "-e")).isZero();
    Files.writeString(box, "");
    assertThat(mail("", "-e")).isEqualTo(1);
    assertThat(mail("", "-n")).isEqualTo(1);
    assertThat(out()).startsWith("No mail for ");
  }

  @Test
  void theListAloneNeedsNoReader() throws Exception {
    assertThat(mail("", "-H", "-n")).isZero();

    assertThat(numbers()).containsExactly("1", "2", "3");
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    assertThat(mail("", "-f", home.resolve("none").toString())).isEqualTo(1);
    assertThat(mail("", "-u", "no-such-user-here")).isEqualTo(1);
    assertThat(mail("", "-f", "a", "b")).isEqualTo(1);
    assertThat(mail("", "-s", "x", "-H")).isEqualTo(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            "mail: " + home.resolve("none") + ": No such file or directory\n",
            "mail: \"no-such-user-here\" is not a user of this system\n",
            "mail: \"b\": one mailbox is read at a time (-f file)\n",
            "mail: -s, -c, -b, -r, -a, -A and -q are for sending; ");
  }

  @Test
  void editingChangesTheMessage() throws Exception {
    environment.put("EDITOR", "sed -i s/Body/Edited/");

    mail("e 3\nq\n", "-N", "-n", "-f", box.toString());

    assertThat(Files.readString(box)).contains("Edited three").contains("Body two");
  }

  private int mail(String input, String... arguments) throws IOException, InterruptedException {
    out.reset();
    try (PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      Command sendmail =
          call -> {
            sent.add(String.join(" ", call.arguments()));
            sent.add(new String(call.in().readAllBytes(), StandardCharsets.UTF_8));
            return 0;
          };
      return new Mail(sendmail)
          .run(
              new Invocation(
                  "mail",
                  List.of(arguments),
                  environment,
                  new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                  outStream,
                  errStream));
    }
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** The numbers of the header lines that were printed. */
  private List<String> numbers() {
    return out()
        .lines()
        .filter(line -> line.length() > 50 && line.contains(" Nov "))
        .map(line -> line.substring(2, 5).strip())
        .toList();
  }
}
