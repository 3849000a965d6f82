package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.event.Events;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.log.RememberedLog;
import dev.postrider.smtpd.ClientNames;
import dev.postrider.smtpd.Listener;
import dev.postrider.smtpd.ListeningSocket;
import dev.postrider.smtpd.SessionSettings;
import dev.postrider.spool.RamSpool;
import dev.postrider.table.TableSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * The same dialogues with Debian's Postfix and with Postrider: every reply is the same, but for the
 * product's name, the queue id and the extensions that are not offered (ETRN, CHUNKING).
 */
class DialogDifferenceTest {
  private static final List<String> DIALOGUES =
      List.of(
          """
          HELO
          EHLO
          HELO a b c
          EHLO foo bar
          EHLO client.example
          MAIL
          MAIL FROM
          MAIL FROM:
          MAIL FROM:<a@b
          """,
          """
          HELO x
          RCPT TO:<a@b>
          DATA
          RCPT
          NOOP foo bar
          VRFY
          VRFY a b
          VRFY root
          VRFY <root@host.local.test>
          VRFY x SMTPUTF8
          VRFY <>
          EXPN x
          HELP
          ETRN
          ETRN foo
          """,
          """
          FOO
          XFORWARD NAME=x
          STARTTLS
          AUTH PLAIN
          RSET foo
          TURN
          QUIT foo
          """,
          """
          MAIL FROM:<a@b> FOO=bar
          MAIL FROM:<a@b> SIZE=abc
          MAIL FROM:<a@b> SIZE=99999999999999999999
          MAIL FROM:<a@b> SIZE=99999999
          RSET
          MAIL FROM:<a@b> SIZE=-1
          MAIL FROM:<a@b> BODY=BINARYMIME
          MAIL FROM:<a@b> BODY=FOO
          MAIL FROM:<a@b> RET=BAR
          MAIL FROM:<a@b> RET=FULL RET=HDRS
          MAIL FROM:<a@b> ENVID=+G1
          MAIL FROM:<a@b> ENVID=a ENVID=b
          MAIL FROM:<a@b> SMTPUTF8=x
          MAIL FROM:<a@b> AUTH=<>
          MAIL FROM:<c@d>
          RSET
          MAIL FROM: <a@b>
          RSET
          """,
          """
          MAIL FROM:a@b
          RSET
          MAIL FROM:<>
          RSET
          MAIL FROM <a@b>
          MAIL FROM:<a b@c>
          MAIL FROM:<a@b@c>
          RSET
          MAIL FROM:<@x,@y:a@b>
          RSET
          MAIL FROM:<a@b>x
          MAIL FROM:a b
          MAIL FROM:<a@[1.2.3.4]>
          RSET
          MAIL FROM:<a@[999.1.1.1]>
          MAIL FROM:<a@[IPv6:::1]>
          RSET
          MAIL FROM:<a@[tag:x]>
          """,
          """
          MAIL FROM:<.a@d>
          RSET
          MAIL FROM:<a..b@d>
          RSET
          MAIL FROM:<a@-d>
          MAIL FROM:<a@d.>
          RSET
          MAIL FROM:<@>
          MAIL FROM:<a@>
          MAIL FROM:<a(comment)@d>
          RSET
          MAIL FROM:<N <a@d>>
          RSET
          MAIL FROM:<"unterminated@x>
          MAIL FROM:<a\\b@x>
          """,
          """
          MAIL FROM:<a@b>
          RCPT TO:
          RCPT TO:<>
          RCPT TO:<a@b> NOTIFY=NEVER,SUCCESS
          RCPT TO:<a@b> NOTIFY=
          RCPT TO:<a@b> ORCPT=foo
          RCPT TO:<a@b> ORCPT=rfc822;a+G1
          RCPT TO:<a@b> NOTIFY=SUCCESS NOTIFY=FAILURE
          RCPT TO:<a@b> SIZE=10
          DATA
          RCPT TO:<stranger@elsewhere.example>
          RCPT TO:<a%b@host.local.test>
          RCPT TO:<b!a@host.local.test>
          RCPT TO:<@host.local.test:a@b>
          """,
          """
          EHLO x
          MAIL FROM:<> RET=HDRS ENVID=q
          RCPT TO:<root> NOTIFY=DELAY ORCPT=rfc822;x@y
          RCPT TO:<root@localhost>
          DATA
          QUIT
          """,
          "GET / HTTP/1.1\n",
          "CONNECT x:25\n",
          "Subject: x\n",
          "123\n",
          "FOO\n".repeat(20));

  @Test
  void strangersHearTheSame() throws Exception {
    compare("192.0.2.0/24");
  }

  @Test
  void friendsHearTheSame() throws Exception {
    compare("127.0.0.0/8");
  }

  private static void compare(String networks) throws Exception {
    Map<String, String> settings =
        Map.of(
            "compatibility_level", "3.6",
            "myhostname", "host.local.test",
            "mydestination", "$myhostname, localhost",
            "mynetworks", networks,
            // Named, because the default is ours on purpose.
            "smtpd_relay_restrictions",
                "permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination",
            "local_recipient_maps", "",
            "virtual_alias_maps", "",
            "smtpd_error_sleep_time", "0");
    StringBuilder lines = new StringBuilder("defer_transports = smtp, local\n");
    settings.forEach((name, value) -> lines.append(name + " = " + value + "\n"));
    Config config = Config.of(Path.of("/nonexistent"), settings);
    RememberedLog log = new RememberedLog();
    SessionSettings session = SessionSettings.of(config, "smtpd", TableSource.none(), Set.of());
    IntakeSource source = IntakeSource.of(config, TableSource.none());
    MessageIntake intake =
        new MessageIntake(
            () -> source,
            new RamSpool(InstantSource.system()),
            log,
            MessageIntake.Listener.none(),
            Events.none());
    try (RealPostfix postfix = RealPostfix.start(lines.toString());
        Listener listener =
            new Listener(
                ListeningSocket.bind(
                    List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))),
                () -> session,
                intake,
                ClientNames.withoutLookup(),
                log,
                10)) {
      listener.start();
      int ours = listener.addresses().getFirst().getPort();

      for (String dialogue : DIALOGUES) {
        assertThat(play(ours, dialogue)).isEqualTo(play(postfix.port, dialogue));
      }
    }
  }

  /** Every command with its reply, in words that both have. */
  private static String play(int port, String dialogue) throws IOException {
    List<String> heard = new ArrayList<>();
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout((int) Duration.ofSeconds(20).toMillis());
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      reply(in, heard);
      for (String command : dialogue.lines().toList()) {
        heard.add("C: " + command);
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        boolean content = reply(in, heard).startsWith("354");
        if (content) {
          socket
              .getOutputStream()
              .write("Subject: x\r\n\r\n..\r\n.\r\n".getBytes(StandardCharsets.US_ASCII));
          reply(in, heard);
        }
        if (heard.getLast().startsWith("221")) {
          break;
        }
      }
    }
    return String.join("\n", heard);
  }

  private static String reply(BufferedReader in, List<String> heard) throws IOException {
    while (true) {
      String line = in.readLine();
      if (line == null) {
        heard.add("EOF");
        return "EOF";
      }
      String same =
          line.replaceFirst("queued as [0-9A-F]+", "queued as ID")
              .replaceFirst("ESMTP (Postfix|Postrider)$", "ESMTP PRODUCT");
      boolean last = line.length() < 4 || line.charAt(3) != '-';
      String keyword = line.length() < 4 ? "" : line.substring(4);
      if (line.startsWith("250") && !same.startsWith("250 2.")) {
        // One form for lines of EHLO, since which of them is last differs.
        same = "250-" + keyword;
      }
      if (!keyword.equals("ETRN") && !keyword.equals("CHUNKING")) {
        heard.add(same);
      }
      if (last) {
        return line;
      }
    }
  }
}
