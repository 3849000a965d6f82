package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the whole system does, and says, when a provider refuses in its own words. */
@Timeout(180)
class FailureTreatmentTest {
  private static final String PASSWORD_REFUSED =
      "535-5.7.8 Username and Password not accepted. For more information, go to\r\n"
          + "535 5.7.8 https://support.google.com/mail/?p=BadCredentials x - gsmtp";

  private RefusingProvider provider;
  private Instance host;

  @BeforeEach
  void aProviderAndAMachine() throws IOException {
    provider = RefusingProvider.start();
    host = Instance.create();
    host.main(
        """
        relayhost = [127.0.0.1]:%d
        smtp_sasl_auth_enable = yes
        smtp_sasl_security_options = noanonymous
        smtp_sasl_password_maps = hash:%2$s/sasl_passwd
        smtp_generic_maps = hash:%2$s/generic
        smtp_tls_security_level = none
        postrider_alarm_command = { echo "$$POSTRIDER_ALARM $$POSTRIDER_ACCOUNT"; cat; } >>%2$s/alarms/told
        """
            .formatted(provider.port(), host.etc));
    // The command has the daemon's rights.
    Path alarms = Files.createDirectories(host.etc.resolve("alarms"));
    Files.setAttribute(alarms, "unix:mode", 0777);
    password("wrong");
    Files.writeString(host.etc.resolve("generic"), "");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.close();
    provider.close();
  }

  private void password(String password) throws IOException {
    Path file = host.etc.resolve("sasl_passwd");
    Files.writeString(file, "[127.0.0.1]:" + provider.port() + " me@provider.test:" + password);
    Files.setAttribute(file, "unix:mode", 0600);
  }

  private void send(String subject) throws IOException, InterruptedException {
    assertThat(
            host.shell
                .run("printf 'Subject: " + subject + "\\n\\nbody\\n' | sendmail you@dest.test")
                .code())
        .isZero();
  }

  private String mailq() throws IOException, InterruptedException {
    return host.shell.run("mailq").out();
  }

  private int count(String text) {
    Matcher matcher = Pattern.compile(Pattern.quote(text)).matcher(host.logText());
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  /** Has the account tried until it is held: the pauses of minutes are not waited for. */
  private void holdAccount() throws IOException, InterruptedException {
    provider.refuse("AUTH", PASSWORD_REFUSED);
    send("first");
    host.awaitLog("account me@provider.test at 127.0.0.1 rests until");
    for (int tries = 2; tries <= 3; tries++) {
      int before = tries;
      assertThat(host.shell.run("postqueue -f").code()).isZero();
      host.await("try " + tries, () -> provider.logins() >= before);
    }
    host.awaitLog("account me@provider.test at 127.0.0.1 is held after 3 refused logins");
  }

  @Test
  void aRefusedPasswordHoldsTheAccountOverARestartUntilItChanges()
      throws IOException, InterruptedException {
    host.start();
    holdAccount();
    host.await("the postmaster to hear of it", () -> mailbox("root").contains("Subject: Mail of"));
    for (int i = 0; i < 10; i++) {
      send("more" + i);
    }
    host.await("all to wait", () -> count("is held, 3 refusals: SASL") >= 10);

    assertThat(provider.logins()).isEqualTo(3);
    assertAlarm();
    assertThat(mailq())
        .contains("-- 11 messages: Gmail refuses the password of ")
        .contains("--   You must act: Make one at https://myaccount.google.com/apppasswords")
        .endsWith("Kbytes in 11 Requests.\n");
    assertThat(mailbox("root"))
        .containsOnlyOnce("Subject: Mail of host.local.test waits for you (gmail-app-password)")
        .contains("What happened: Gmail refuses the password of me@provider.test:");
    assertThat(host.shell.run("postqueue -j").out())
        .contains("\"failure_rule\": \"gmail-app-password\", \"failure_what\": \"Gmail refuses")
        .contains("\"failure_who\": \"you\", \"failure_do\": \"Make one at https://");
    assertThat(host.shell.run("postrider account list").out())
        .contains("me@provider.test at 127.0.0.1 is held since ")
        .contains("logins refused: 3")
        .contains("you must act: Make one at https://myaccount.google.com/apppasswords");

    assertThat(host.shell.run("postfix stop").code()).isZero();
    assertThat(host.shell.run("postrider account list").out()).contains(" is held since ");
    assertThat(mailq()).as("without a daemon").startsWith("-- ALARM: account me@provider.test");
    int connections = provider.connections();
    host.start();
    send("after the restart");
    host.await("that to wait", () -> count("is held, 3 refusals: SASL") >= 22);
    assertThat(provider.connections()).isEqualTo(connections);

    // The table is looked at while mail waits; nobody need say anything.
    provider.refuseNothing();
    password("right");
    host.await("everything to arrive", () -> provider.received().size() == 12);
    host.awaitLog("account me@provider.test at 127.0.0.1: its password was changed");
    host.await("an empty queue", () -> isEmpty());
    assertThat(host.shell.run("postrider account list").out())
        .startsWith("me@provider.test at 127.0.0.1 works\n");
    host.await("the end of the alarm", () -> told().contains("cleared me@provider.test at"));
    assertThat(told()).containsOnlyOnce("raised ").containsOnlyOnce("cleared ");
    assertThat(host.directory.resolve("data/alarm")).doesNotExist();
    assertThat(host.shell.run("postrider status").out()).doesNotContain("alarm:");
  }

  /** Told once in each place where a person may look. */
  private void assertAlarm() throws IOException, InterruptedException {
    String headline =
        "account me@provider.test at 127.0.0.1 is held, and its mail waits: Gmail refuses";
    assertThat(mailq()).startsWith("-- ALARM: " + headline.substring(0, 40));
    assertThat(host.shell.run("postrider status").out())
        .contains("alarm:     " + headline)
        .contains("    do: Make one at https://myaccount.google.com/apppasswords");
    assertThat(host.shell.run("postrider doctor --offline").out())
        .contains("the account me@provider.test at 127.0.0.1 is held");
    assertThat(Files.readString(host.directory.resolve("data/alarm")))
        .startsWith("Mail of host.local.test waits for you:\n" + headline)
        .contains("\n  do: Make one at https://");
    assertThat(host.shell.run(Instance.IMAGE.resolve("libexec/motd") + " data").out())
        .startsWith("Mail of host.local.test waits for you:\n" + headline);
    host.await("the command to be run", () -> told().contains("do: Make one"));
    assertThat(told()).startsWith("raised me@provider.test at 127.0.0.1\n" + headline);
  }

  private String told() {
    try {
      Path file = host.etc.resolve("alarms/told");
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private boolean isEmpty() {
    try {
      return mailq().equals("Mail queue is empty\n");
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private String mailbox(String user) {
    try {
      Path file = host.directory.resolve("mailboxes").resolve(user);
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aQuotaRestsTheAccountAndSomebodyResumesIt() throws IOException, InterruptedException {
    provider.refuse("RCPT", "550 5.4.5 Daily user sending limit exceeded.");
    host.start();
    send("one");
    host.awaitLog("account me@provider.test at 127.0.0.1 rests until");
    send("two");
    host.await("two to wait", () -> count("status=deferred") >= 2);

    assertThat(host.logText()).doesNotContain("status=bounced");
    assertThat(provider.connections()).isEqualTo(1);
    assertThat(mailq())
        .contains("-- 2 messages: Today's quota of the account is used up. [gmail-daily-limit]")
        .contains("--   Nobody need act: The mail waits");
    assertThat(host.shell.run("postrider account resume other@provider.test").code()).isEqualTo(1);

    provider.refuseNothing();
    Matcher id =
        Pattern.compile("([0-9A-F]+): to=<you@dest.test>.*Daily user").matcher(host.logText());
    assertThat(id.find()).isTrue();
    assertThat(host.shell.run("postrider trace " + id.group(1)).out())
        .contains("that is: Today's quota of the account is used up. [gmail-daily-limit]")
        .contains("nobody need act: The mail waits");
    assertThat(host.shell.run("postrider account resume me@provider.test").out())
        .isEqualTo("me@provider.test at 127.0.0.1 is used again\n");
    host.await("both to arrive", () -> provider.received().size() == 2);
    assertThat(host.shell.run("postrider trace --json " + id.group(1)).out())
        .contains("\"rule\":\"gmail-daily-limit\"");
  }

  @Test
  void aSenderThatIsRefusedKeepsMailOnHoldUntilATableChanges()
      throws IOException, InterruptedException {
    provider.refuse("MAIL", "550 5.7.0 From address is not one of your addresses");
    host.start();
    for (int i = 0; i < 3; i++) {
      send("held" + i);
    }
    host.await("three on hold", () -> count("kept on hold until a setting or table changes") == 3);
    host.await("the postmaster to hear of it", () -> mailbox("root").contains("(icloud-from)"));

    assertThat(mailbox("root"))
        .containsOnlyOnce("Subject: Mail of host.local.test waits for you (icloud-from)")
        .contains("smtp_generic_maps");
    assertThat(host.logText()).doesNotContain("status=bounced");
    assertThat(mailq())
        .containsPattern("[0-9A-F]+! ")
        .contains("-- 3 messages: iCloud wants one of the account's own addresses as sender; yours")
        .endsWith("Kbytes in 3 Requests.\n");

    provider.refuseNothing();
    Files.writeString(host.etc.resolve("generic"), "@host.local.test me@provider.test\n");
    host.await("everything to arrive", () -> provider.received().size() == 3);
    assertThat(provider.received()).allMatch(each -> each.startsWith("MAIL FROM:<me@provider"));
    host.await("an empty queue", this::isEmpty);
  }

  @Test
  void aBounceSaysWhatHappenedBeforeTheServersWords() throws IOException, InterruptedException {
    provider.refuse("RCPT", "550 5.1.1 The email account that you tried to reach does not exist.");
    host.start();
    host.shell.run("printf 'Subject: x\\n\\nbody\\n' | sendmail -f root you@dest.test");
    host.await("the bounce", () -> mailbox("root").contains("Undelivered Mail"));

    String bounce = mailbox("root");
    assertThat(bounce)
        .contains("What happened: There is no mailbox you@dest.test at its mail system.")
        .contains("Who must act: you")
        .contains("What to do: Check the part before the @ for a typing error.")
        .contains("<you@dest.test>: host 127.0.0.1[127.0.0.1] said: 550 5.1.1");
    assertThat(bounce.indexOf("What happened")).isLessThan(bounce.indexOf("<you@dest.test>: host"));
  }

  /** Item 128 of the nasty inputs: the alarm about an account must not go round through it. */
  @Test
  void anAlarmThatItsOwnAccountWouldCarryGoesNowhereAndEndsThere()
      throws IOException, InterruptedException {
    Files.writeString(host.etc.resolve("aliases"), "postmaster: root\nroot: ops@elsewhere.test\n");
    host.start();
    holdAccount();
    host.awaitLog("tells the postmaster of: gmail-app-password");
    host.awaitLog("to=<ops@elsewhere.test>");
    for (int i = 0; i < 3; i++) {
      assertThat(host.shell.run("postqueue -f").code()).isZero();
      send("again" + i);
    }
    host.await("all to wait", () -> count("status=deferred (account me@provider.test") >= 5);

    assertThat(count("tells the postmaster of")).isEqualTo(1);
    assertThat(mailq()).endsWith("in 5 Requests.\n");
    assertThat(host.logText()).doesNotContain("status=bounced");

    provider.refuseNothing();
    assertThat(host.shell.run("postrider account resume all").code()).isZero();
    host.await("everything to arrive", () -> provider.received().size() == 5);
    host.await("an empty queue", this::isEmpty);
  }

  @Test
  void anAlarmForARootWhoseAliasGoesRoundIsKept() throws IOException, InterruptedException {
    Files.writeString(host.etc.resolve("aliases"), "postmaster: root\nroot: admin\nadmin: root\n");
    host.start();
    holdAccount();
    host.awaitLog("tells the postmaster of: gmail-app-password");
    host.await(
        "the alarm to end", () -> count("kept on hold: see it with") == 1 || count("removed") > 0);
    int messages = count("queue active");
    assertThat(host.shell.run("postqueue -f").code()).isZero();

    assertThat(count("tells the postmaster of")).isEqualTo(1);
    assertThat(messages).isLessThan(12);
    assertThat(mailq()).containsPattern("in [12] Requests?\\.\n");
  }

  /** In the words of Microsoft, which takes three sessions at once. */
  @Test
  void aProviderOfFewSessionsIsAskedForLessAndTakesAll() throws IOException, InterruptedException {
    provider.allowSessions(2);
    password("right");
    host.main("minimal_backoff_time = 1s\nqueue_run_delay = 1s\nmaximal_backoff_time = 2s");
    host.start();
    assertThat(host.shell.run("postfix stop").code()).isZero();
    for (int i = 0; i < 12; i++) {
      send("one of many " + i);
    }
    host.start();
    host.await("everything to arrive", () -> provider.received().size() == 12);
    host.await("an empty queue", this::isEmpty);

    assertThat(host.logText()).doesNotContain("status=bounced");
    assertThat(provider.throttled()).isBetween(1, 11);
    // Two and more a connection, as new ones have a second between them.
    assertThat(provider.connections() - provider.throttled()).isLessThan(7);
  }
}
