package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What local programs send is read by IMAP and POP3: the mailbox server gets it by LMTP, over the
 * Unix socket of the usual guides and over TCP.
 */
class DovecotTest {
  private static Instance postrider;
  private static Dovecot dovecot;

  @BeforeAll
  static void bothServers() throws IOException, InterruptedException {
    postrider = Instance.create();
    Shell.Result check = postrider.shell.run("postfix check");
    assertThat(check.code()).as(check.all()).isZero();
    dovecot = Dovecot.start(postrider.directory.resolve("q/private/dovecot-lmtp"), "nobody");
    postrider.main(
        """
        virtual_mailbox_domains = dovecot.test, tcp.test, tls.test
        virtual_transport = lmtp:unix:private/dovecot-lmtp
        transport_maps = inline:{ { tcp.test = mailstore:inet:127.0.0.1:%1$d },
          { tls.test = mailtls:inet:127.0.0.1:%1$d } }
        """
            .formatted(dovecot.lmtp));
    Files.writeString(
        postrider.etc.resolve("master.cf"),
        """
        lmtp unix - - n - - lmtp
        mailstore unix - - n - - lmtp
          -o lmtp_lhlo_name=store.local.test
          -o syslog_name=postfix/mailstore
        mailtls unix - - n - - lmtp
          -o lmtp_tls_security_level=encrypt
          -o lmtp_tls_loglevel=1
        """,
        StandardOpenOption.APPEND);
    postrider.start();
  }

  @AfterAll
  static void end() throws IOException, InterruptedException {
    if (postrider != null) {
      postrider.close();
    }
    if (dovecot != null) {
      dovecot.close();
    }
  }

  @Test
  void whatComesOverTheUnixSocketIsReadByImapAndPop3() throws Exception {
    Shell.Result sent =
        postrider.shell.run(
            "printf 'Subject: hello alice\\n\\n.line\\nFrom here\\n' | sendmail -i -f root alice@dovecot.test");

    assertThat(sent.code()).as(sent.all()).isZero();
    postrider.awaitLog("to=<alice@dovecot.test>");
    assertThat(postrider.logText())
        .containsPattern(
            "postfix/lmtp\\[\\d+\\]: \\w+: to=<alice@dovecot\\.test>,"
                + " relay=host\\.local\\.test\\[private/dovecot-lmtp\\], delay=.*, dsn=2\\.0\\.0,"
                + " status=sent \\(250 2\\.0\\.0 <alice@dovecot\\.test> \\S+ Saved\\)");
    assertThat(dovecot.readByImap("alice@dovecot.test"))
        .contains("Subject: hello alice\n")
        .contains("\n\n.line\nFrom here\n")
        .contains("Return-Path: <root@host.local.test>\n")
        .contains("Delivered-To: alice@dovecot.test\n");
    assertThat(dovecot.readByPop3("alice@dovecot.test"))
        .contains("Subject: hello alice\n")
        .contains("\n\n..line\nFrom here\n");
  }

  @Test
  void everyRecipientHasTheFateThatTheServerSays() throws Exception {
    Shell.Result sent =
        postrider.shell.run(
            "(printf 'Subject: to three\\n\\n'; seq 400) | sendmail -i -f root bob@tcp.test nosuch@tcp.test full@tcp.test");

    assertThat(sent.code()).as(sent.all()).isZero();
    for (String name : new String[] {"bob", "nosuch", "full"}) {
      postrider.awaitLog("to=<" + name + "@tcp.test>");
    }
    String relay = "relay=127\\.0\\.0\\.1\\[127\\.0\\.0\\.1\\]:" + dovecot.lmtp;
    assertThat(postrider.logText())
        .containsPattern(
            "postfix/mailstore/lmtp\\[\\d+\\]: \\w+: to=<bob@tcp\\.test>, "
                + relay
                + ", .*dsn=2\\.0\\.0, status=sent \\(250 2\\.0\\.0 <bob@tcp\\.test> \\S+ Saved\\)")
        .containsPattern(
            "to=<nosuch@tcp\\.test>, "
                + relay
                + ", .*dsn=5\\.1\\.1, status=bounced \\(host 127\\.0\\.0\\.1\\[127\\.0\\.0\\.1\\]"
                + " said: 550 5\\.1\\.1 <nosuch@tcp\\.test> User doesn't exist: nosuch@tcp\\.test"
                + " \\(in reply to RCPT TO command\\)\\)")
        .containsPattern(
            "to=<full@tcp\\.test>, "
                + relay
                + ", .*dsn=5\\.2\\.2, status=bounced \\(host 127\\.0\\.0\\.1\\[127\\.0\\.0\\.1\\]"
                + " said: 552 5\\.2\\.2 <full@tcp\\.test> Quota exceeded.*"
                + " \\(in reply to end of DATA command\\)\\)");
    assertThat(dovecot.readByImap("bob@tcp.test"))
        .contains("Subject: to three\n")
        .contains("by ")
        .contains("\n399\n400\n");
    // What the guides' readers look for: the server saw the name that the service is given.
    assertThat(dovecot.readByImap("bob@tcp.test")).contains("Received: from store.local.test");
  }

  @Test
  void theWayThereIsEncryptedWhereThatIsAskedFor() throws Exception {
    Shell.Result sent = postrider.shell.run("echo secret words | sendmail -f root carol@tls.test");

    assertThat(sent.code()).as(sent.all()).isZero();
    postrider.awaitLog("to=<carol@tls.test>");
    assertThat(postrider.logText())
        .contains("Untrusted TLS connection established to 127.0.0.1[127.0.0.1]:" + dovecot.lmtp)
        .containsPattern("to=<carol@tls\\.test>, .*status=sent \\(250 2\\.0\\.0 ");
    assertThat(dovecot.readByImap("carol@tls.test"))
        .contains("with LMTPS")
        .contains("\nsecret words\n");
  }

  @Test
  void postfixSaysTheSameOfTheSameRecipients() throws Exception {
    String settings =
        """
        virtual_mailbox_domains = tcp.test, none.test, closed.test, nohost.test
        transport_maps = inline:{ { tcp.test = mailstore:inet:127.0.0.1:%d },
          { none.test = lmtp:unix:private/none }, { closed.test = lmtp:inet:[127.0.0.1]:9 } }
        local_recipient_maps =
        """
            .formatted(dovecot.lmtp);
    String services =
        """
        lmtp unix - - n - - lmtp
        mailstore unix - - n - - lmtp
        """;
    String call =
        "(printf 'Subject: to three\\n\\n'; seq 400) | %s -i -f daemon bob@tcp.test nosuch@tcp.test"
            + " full@tcp.test x@none.test x@closed.test";
    try (RealPostfix postfix = RealPostfix.start(settings);
        Instance own = Instance.create()) {
      own.main(settings);
      for (Path etc : List.of(postfix.etc, own.etc)) {
        Files.writeString(etc.resolve("master.cf"), services, StandardOpenOption.APPEND);
      }
      Shell.Result reloaded = postfix.shell.run("/usr/sbin/postfix reload");
      assertThat(reloaded.code()).as(reloaded.all()).isZero();
      own.start();
      Shell.Result theirs = postfix.shell.run(call.formatted("/usr/sbin/sendmail"));
      Shell.Result ours = own.shell.run(call.formatted("sendmail"));
      assertThat(ours).isEqualTo(theirs);
      Instance.await(
          "Postfix's fates", () -> fates(postfix.log).size() == 5, () -> read(postfix.log));
      own.await("our fates", () -> fates(own.log).size() == 5);

      assertThat(fates(own.log)).isEqualTo(fates(postfix.log));
    }
  }

  /** What the log says of each recipient, without the server's name for the message. */
  private static Map<String, String> fates(Path log) {
    Map<String, String> found = new TreeMap<>();
    Matcher line =
        Pattern.compile("lmtp\\[\\d+\\]: \\w+: to=<(\\S+)>, (relay=[^,]+), .*(dsn=.*)")
            .matcher(read(log));
    while (line.find()) {
      found.put(
          line.group(1),
          line.group(2) + " " + line.group(3).replaceAll("> \\S+ Saved", "> ID Saved"));
    }
    return found;
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
