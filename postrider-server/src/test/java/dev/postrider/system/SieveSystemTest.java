package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real users' Sieve scripts in a whole daemon that was started by root. */
class SieveSystemTest {
  private static TestUsers users;
  private static Instance postrider;
  private static SmtpSink sink;

  @BeforeAll
  static void start() throws Exception {
    users = TestUsers.make("ann", "bob");
    postrider = Instance.create();
    sink = SmtpSink.start();
    postrider.main(
        """
        home_mailbox = Maildir/
        transport_maps = inline:{ { far.test = smtp:[127.0.0.1]:%d } }
        sieve_dir = %s/sieve
        """
            .formatted(sink.port, postrider.directory));
    postrider.start();
  }

  @AfterAll
  static void end() throws Exception {
    if (postrider != null) {
      postrider.close();
    }
    if (sink != null) {
      sink.close();
    }
    if (users != null) {
      users.close();
    }
  }

  @BeforeEach
  void emptyHomes() throws IOException {
    users.cleanHomes();
  }

  private static Path home(String name) {
    return users.homes().resolve(name);
  }

  /** Writes a user's script, as the user. */
  private static void script(String name, String text) throws IOException, InterruptedException {
    Path file = home(name).resolve(".sieve");
    Files.writeString(file, text);
    run("chown " + users.real(name) + ": " + file);
  }

  private static String run(String command) throws IOException, InterruptedException {
    Shell.Result result = postrider.shell.run(command);
    assertThat(result.code()).as(result.all()).isZero();
    return result.all();
  }

  /** Sends a message and waits for the line of the log that says what became of it. */
  private static String send(String sender, String user, String subject)
      throws IOException, InterruptedException {
    String marker = "to=<" + users.real(user) + "@host.local.test>";
    int before = count(marker);
    run(
        "printf 'From: %s\\nSubject: %s\\n\\nbody\\n' | sendmail -i -f %s %s"
            .formatted(sender, subject, sender, users.real(user)));
    postrider.await("the fate of " + subject, () -> count(marker) > before);
    return postrider.logText().lines().filter(line -> line.contains(marker)).toList().getLast();
  }

  private static int count(String text) {
    return (int) postrider.logText().lines().filter(line -> line.contains(text)).count();
  }

  /** How many messages a maildir has. */
  private static int messages(Path maildir) throws IOException {
    try (Stream<Path> files = Files.list(maildir.resolve("new"))) {
      return (int) files.count();
    }
  }

  private static String owner(Path file) throws IOException {
    return Files.getOwner(file).getName();
  }

  @Test
  void mailIsSortedIntoFoldersThatBelongToTheUser() throws Exception {
    script(
        "ann",
        """
        require "fileinto";
        if header :contains "subject" "list" { fileinto "Lists/Entwürfe"; }
        """);

    assertThat(send("a@far.test", "ann", "of the list"))
        .contains("status=sent (delivered to folder: ");
    assertThat(send("a@far.test", "ann", "other")).contains("status=sent (delivered to maildir)");

    Path maildir = home("ann").resolve("Maildir");
    Path folder = maildir.resolve(".Lists.Entw&APw-rfe");
    assertThat(messages(folder)).isEqualTo(1);
    assertThat(folder.resolve("maildirfolder")).isEmptyFile();
    assertThat(messages(maildir)).isEqualTo(1);
    assertThat(maildir.resolve("maildirfolder")).doesNotExist();
    for (Path file : List.of(folder, folder.resolve("maildirfolder"), folder.resolve("new"))) {
      assertThat(owner(file)).isEqualTo(users.real("ann"));
    }
  }

  @Test
  void imapUsersFindTheFolders() throws Exception {
    script("ann", "require \"fileinto\";\nfileinto \"Lists/Entwürfe\";\n");
    send("a@far.test", "ann", "of the list");

    try (Dovecot dovecot = Dovecot.start(postrider.directory.resolve("lmtp"), "nobody")) {
      dovecot.maildir("alice@dovecot.test", home("ann").resolve("Maildir"));

      assertThat(dovecot.readByImap("alice@dovecot.test", "Lists.Entw&APw-rfe"))
          .contains("Subject: of the list");
    }
  }

  @Test
  void foldersOfAnMboxAreMadeInTheHome() throws Exception {
    script("bob", "require \"fileinto\";\nfileinto \"Lists/a\";\n");
    try (Instance mbox = Instance.create()) {
      mbox.start();
      for (int i = 1; i <= 2; i++) {
        Shell.Result sent =
            mbox.shell.run("echo body " + i + " | sendmail -f root " + users.real("bob"));
        assertThat(sent.code()).as(sent.all()).isZero();
      }
      Path folder = home("bob").resolve("mail/Lists/a");
      mbox.await(
          "both messages",
          () -> mbox.logText().split("status=sent \\(delivered to folder: " + folder).length == 3);

      assertThat(Files.readString(folder)).contains("From root@", "body 1", "body 2");
      for (Path file : List.of(folder, folder.resolve(".."), home("bob").resolve("mail"))) {
        assertThat(owner(file.normalize())).isEqualTo(users.real("bob"));
      }
      assertThat(Files.getAttribute(home("bob").resolve("mail"), "unix:mode")).isEqualTo(040700);
      assertThat(Files.getAttribute(folder, "unix:mode")).isEqualTo(0100600);
    }
  }

  @Test
  void aBrokenScriptKeepsTheMailAndSaysWhy() throws Exception {
    script("ann", "keep;\nfileinto \"x\";\n");

    String fate = send("a@far.test", "ann", "broken");

    assertThat(fate).contains("status=sent (delivered to maildir)");
    assertThat(messages(home("ann").resolve("Maildir"))).isEqualTo(1);
    assertThat(postrider.logText())
        .containsPattern(
            "local\\[\\d+\\]: warning: \\w+: sieve script "
                + home("ann")
                + "/\\.sieve line 2, column 1: fileinto needs require \"fileinto\"; at the beginning"
                + " of the script\\. The mail is kept in the mailbox; \"postrider sieve check "
                + home("ann")
                + "/\\.sieve\" shows what is wrong");
  }

  @Test
  void aFolderThatCannotBeIsTheMailbox() throws Exception {
    script("ann", "require \"fileinto\";\nfileinto \"x\";\n");
    run("runuser -u " + users.real("ann") + " -- mkdir -p " + home("ann").resolve("Maildir"));
    Files.writeString(home("ann").resolve("Maildir/.x"), "a file of root's");

    String fate = send("a@far.test", "ann", "no folder");

    assertThat(fate).contains("status=sent (delivered to maildir)");
    assertThat(messages(home("ann").resolve("Maildir"))).isEqualTo(1);
    assertThat(postrider.logText())
        .containsPattern("folder \\S+/\\.x of a sieve script: .*The mail is kept in the mailbox");
  }

  @Test
  void aScriptOfAnotherUserIsNotUsed() throws Exception {
    script("ann", "discard;\n");
    run("chown " + users.real("bob") + ": " + home("ann").resolve(".sieve"));
    send("a@far.test", "ann", "other owner");
    run("chown " + users.real("ann") + ": " + home("ann").resolve(".sieve"));
    run("chmod 666 " + home("ann").resolve(".sieve"));
    send("a@far.test", "ann", "world writable");
    Path secret = Files.writeString(postrider.directory.resolve("secret"), "discard;\n");
    run("chmod 600 " + secret);
    Files.delete(home("ann").resolve(".sieve"));
    Files.createSymbolicLink(home("ann").resolve(".sieve"), secret);
    send("a@far.test", "ann", "secret of root");

    assertThat(messages(home("ann").resolve("Maildir"))).isEqualTo(3);
    assertThat(postrider.logText())
        .contains("/.sieve is ignored: it belongs to uid ")
        .contains("/.sieve is ignored: it is world writable; chmod o-w it")
        .contains("/.sieve is ignored: not readable: Permission denied");
  }

  @Test
  void whatIsRedirectedArrivesFromItsFirstSender() throws Exception {
    script("ann", "require \"copy\";\nredirect :copy \"ann@far.test\";\n");

    send("first@far.test", "ann", "go on");
    String arrived = sink.take(1, postrider::logText).getFirst();

    assertThat(messages(home("ann").resolve("Maildir"))).isEqualTo(1);
    assertThat(arrived)
        .contains("first@far.test")
        .contains("ann@far.test")
        .contains("Delivered-To: " + users.real("ann") + "@host.local.test")
        .contains("Subject: go on");
  }

  @Test
  void whatIsRejectedGoesBackWithTheUsersWords() throws Exception {
    script("ann", "require \"reject\";\nreject \"I have moved.\";\n");

    String fate = send("first@far.test", "ann", "come in");
    String notice = sink.take(1, postrider::logText).getFirst();

    assertThat(fate)
        .contains("dsn=5.7.1, status=bounced (refused by the recipient: I have moved.)");
    assertThat(notice).contains("I have moved.").contains("first@far.test");
    assertThat(home("ann").resolve("Maildir")).doesNotExist();
  }

  @Test
  void theScriptOfTheAdministratorComesFirstAndExplainNamesIt() throws Exception {
    Path directory = Files.createDirectories(postrider.directory.resolve("sieve"));
    Path script = directory.resolve(users.real("bob") + ".sieve");
    Files.writeString(script, "require \"fileinto\";\nfileinto \"all\";\n");
    script("bob", "discard;\n");
    try {
      send("a@far.test", "bob", "for all");
      assertThat(messages(home("bob").resolve("Maildir/.all"))).isEqualTo(1);
      assertThat(run("postrider explain " + users.real("bob")))
          .contains(script + ": by message: fileinto \"all\"")
          .contains(home("bob").resolve("Maildir").toString());
    } finally {
      Files.delete(script);
    }
  }

  @Test
  void anAbsentUserAnswersOnceAndKeepsAllMail() throws Exception {
    script(
        "ann",
        """
        require ["vacation", "body"];
        if not body :contains "quiet" { vacation :subject "Bürozeit" "Zurück am Montag."; }
        """);
    String line = "vacation reply to <first@far.test>: ";
    for (String subject : List.of("one", "two")) {
      String to = users.real("ann");
      run(
          "printf 'From: first@far.test\\nTo: %s@host.local.test\\nSubject: %s\\n\\nbody\\n'"
                  .formatted(to, subject)
              + " | sendmail -i -f first@far.test "
              + to);
    }
    String answer = sink.take(1, postrider::logText).getFirst();
    Path maildir = home("ann").resolve("Maildir");
    postrider.await(
        "both messages", () -> Files.isDirectory(maildir) && messagesOrNone(maildir) == 2);
    // Whoever is answered twice would be by now: what is sent here goes behind it.
    script("ann", "redirect \"end@far.test\";\n");
    send("first@far.test", "ann", "end");

    assertThat(sink.take(1, postrider::logText).getFirst()).contains("Subject: end");
    assertThat(count(line)).isEqualTo(1);
    assertThat(answer)
        .contains("first@far.test")
        .contains("From: " + users.real("ann") + "@host.local.test")
        .contains("Subject: =?UTF-8?B?QsO8cm96ZWl0?=")
        .contains("Auto-Submitted: auto-replied (vacation)")
        .contains("Message-Id: <", "Date: ", "In-Reply-To: <");
    Path memory =
        postrider.directory.resolve("data/vacation/" + run("id -u " + users.real("ann")).strip());
    assertThat(Files.readString(memory)).matches("\\d+ [0-9a-f]{64}\n");
    assertThat(owner(memory)).isEqualTo(owner(postrider.directory.resolve("data")));
  }

  private static int messagesOrNone(Path maildir) {
    try {
      return messages(maildir);
    } catch (IOException e) {
      return 0;
    }
  }
}
