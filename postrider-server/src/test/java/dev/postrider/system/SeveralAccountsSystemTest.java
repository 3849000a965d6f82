package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several accounts at two providers, as the built program uses them. */
@Timeout(180)
class SeveralAccountsSystemTest {
  private RefusingProvider first;
  private RefusingProvider second;
  private Instance host;

  @BeforeEach
  void twoProvidersAndAMachine() throws IOException {
    first = RefusingProvider.start();
    second = RefusingProvider.start();
    host = Instance.create();
    host.main(
        """
        smtp_sasl_auth_enable = yes
        smtp_sasl_security_options = noanonymous
        smtp_sasl_password_maps = hash:%1$s/sasl_passwd
        smtp_tls_security_level = none
        """
            .formatted(host.etc));
    table(
        "sasl_passwd",
        hop(first) + " one@first.test:pw1",
        hop(second) + " two@second.test:pw2",
        "three@second.test three@second.test:pw3");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.close();
    first.close();
    second.close();
  }

  private static String hop(RefusingProvider provider) {
    return "[127.0.0.1]:" + provider.port();
  }

  private void table(String name, String... lines) throws IOException {
    Path file = host.etc.resolve(name);
    Files.writeString(file, String.join("\n", lines) + "\n");
    if (name.equals("sasl_passwd")) {
      Files.setAttribute(file, "unix:mode", 0600);
    }
  }

  private void map(String parameter, String... lines) throws IOException {
    table(parameter, lines);
    host.main(parameter + " = hash:" + host.etc.resolve(parameter));
  }

  private void send(String subject, String sender, String recipient)
      throws IOException, InterruptedException {
    assertThat(
            host.shell
                .run(
                    "printf 'Subject: "
                        + subject
                        + "\\n\\nbody\\n' | sendmail -f "
                        + sender
                        + " "
                        + recipient)
                .code())
        .isZero();
  }

  private void await(RefusingProvider provider, int messages) throws IOException {
    host.await(messages + " messages", () -> provider.received().size() == messages);
  }

  private String list() throws IOException, InterruptedException {
    return host.shell.run("postrider account list").out();
  }

  private String id(String text) {
    Matcher matcher =
        Pattern.compile("([0-9A-F]{6,}): " + Pattern.quote(text)).matcher(host.logText());
    assertThat(matcher.find()).as(host.logText()).isTrue();
    return matcher.group(1);
  }

  @Test
  void senderDomainAndUserChooseTheAccount() throws IOException, InterruptedException {
    host.main("relayhost = " + hop(first));
    map("sender_dependent_relayhost_maps", "b@host.local.test " + hop(second));
    map("transport_maps", "special.test smtp:three@second.test@" + hop(second));
    map("postrider_relay_sender_maps", hop(first) + " one@first.test, a@host.local.test");
    host.start();

    send("by-default", "a@host.local.test", "you@dest.test");
    await(first, 1);
    send("replaced", "cron@host.local.test", "you@dest.test");
    await(first, 2);
    send("by-sender", "b@host.local.test", "you@dest.test");
    await(second, 1);
    send("by-domain", "a@host.local.test", "you@special.test");
    await(second, 2);

    assertThat(first.users()).containsOnly("one@first.test");
    assertThat(second.users()).containsExactly("two@second.test", "three@second.test");
    assertThat(first.received().get(0)).startsWith("MAIL FROM:<a@host.local.test>");
    assertThat(first.received().get(1)).startsWith("MAIL FROM:<one@first.test>");
    assertThat(second.received().get(0)).startsWith("MAIL FROM:<b@host.local.test>");
    assertThat(list())
        .contains(
            """
            one@first.test at 127.0.0.1 works
              next hop  %s
              for       all other mail
              From      one@first.test in place of any but a@host.local.test
            """
                .formatted(hop(first)))
        .contains("for       mail from b@host.local.test\n")
        .contains("for       mail to special.test\n");
    assertThat(host.shell.run("postrider explain --from b@host.local.test x@dest.test").out())
        .contains("user two@second.test");
  }

  @Test
  void aUserOfTheMachineHasAnAccountOfHisOwnOverRestartAndExport()
      throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root may hand over mail as somebody else");
    host.main("relayhost = " + hop(first));
    map("postrider_submitter_relayhost_maps", "daemon " + hop(second));
    host.start();
    second.refuse("MAIL", "450 4.7.1 later");

    send("root", "a@host.local.test", "you@dest.test");
    await(first, 1);
    assertThat(
            host.shell
                .run(
                    "printf 'Subject: user\\n\\nbody\\n' | setpriv --reuid=daemon --regid=daemon"
                        + " --clear-groups sendmail -f a@host.local.test you@dest.test")
                .code())
        .isZero();
    host.awaitLog("450 4.7.1 later");
    String id = id("to=<you@dest.test>, relay=127.0.0.1[127.0.0.1]:" + second.port());
    assertThat(host.shell.run("postqueue -j").out()).contains(id);

    // The queue is carried away and back: nothing of it is forgotten.
    assertThat(host.shell.run("postfix stop").code()).isZero();
    assertThat(host.shell.run("postrider spool export out").all()).contains("1 message");
    assertThat(host.shell.run("postsuper -d ALL").code()).isZero();
    assertThat(host.shell.run("cat out/*.json").out()).contains("\"handed_over_by\" : \"daemon\"");
    assertThat(host.shell.run("postrider spool import out").code()).isZero();
    second.refuseNothing();
    host.start();
    host.shell.run("postqueue -f");
    await(second, 1);
    assertThat(first.received()).hasSize(1);
    assertThat(second.users()).containsOnly("two@second.test");
  }

  @Test
  void theNextAccountTakesTheMailOfOneThatCannot() throws IOException, InterruptedException {
    host.main("relayhost = " + hop(first) + ", " + hop(second));
    map(
        "postrider_relay_sender_maps",
        hop(first) + " one@first.test",
        hop(second) + " two@second.test");
    first.refuse(
        "AUTH", "535 5.7.8 Username and Password not accepted. https://support.google.com/mail");
    host.start();

    send("one", "a@host.local.test", "you@dest.test");
    await(second, 1);
    send("two", "a@host.local.test", "you@dest.test");
    await(second, 2);

    assertThat(first.logins()).isEqualTo(1);
    assertThat(second.received()).allMatch(each -> each.startsWith("MAIL FROM:<two@second.test>"));
    host.awaitLog(
        "taken by account two@second.test at 127.0.0.1 instead, because: account one@first");
    String id = id("taken by account two@second.test");
    assertThat(host.shell.run("postrider trace " + id).out())
        .contains(", account two@second.test at 127.0.0.1")
        .contains("not by the first account or server, because: ");
    assertThat(list())
        .contains("one@first.test at 127.0.0.1 rests since")
        .contains("two@second.test at 127.0.0.1 works")
        .contains("for       all other mail, if " + hop(first) + " cannot take it");

    first.refuseNothing();
    host.shell.run("postrider account resume one@first.test");
    first.refuse("RCPT", "550 5.4.5 Daily user sending limit exceeded.");
    send("three", "a@host.local.test", "you@dest.test");
    await(second, 3);
    send("four", "a@host.local.test", "you@dest.test");
    await(second, 4);
    assertThat(first.logins()).isEqualTo(2);

    host.shell.run("postrider account resume one@first.test");
    first.close();
    send("five", "a@host.local.test", "you@dest.test");
    await(second, 5);
    assertThat(host.logText()).doesNotContain("status=deferred").doesNotContain("status=bounced");
  }

  @Test
  void aLimitIsKeptOverARestartWhileOtherMailFlows() throws IOException, InterruptedException {
    host.main("relayhost = " + hop(first));
    map("transport_maps", "other.test smtp:" + hop(second));
    map("postrider_account_limit_maps", "one@first.test messages=3/5s");
    host.start();

    for (int i = 0; i < 7; i++) {
      send("m" + i, "a@host.local.test", "you@dest.test");
    }
    host.await("three", () -> first.received().size() >= 3);
    send("other", "a@host.local.test", "you@other.test");
    await(second, 1);
    assertThat(first.received().size()).isLessThan(7);
    host.awaitLog("status=deferred (account one@first.test at 127.0.0.1 waits: messages=3/5s");
    assertThat(host.shell.run("mailq").out())
        .contains("-- account one@first.test at 127.0.0.1 has a limit: ");
    assertThat(host.shell.run("postfix stop").code()).isZero();
    host.start();
    await(first, 7);

    List<Long> times = first.times();
    for (int i = 3; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 3)).as(times.toString()).isGreaterThanOrEqualTo(4950);
    }
    assertThat(host.logText()).doesNotContain("status=bounced");
  }

  @Test
  void theListSaysHowLongTheMailOfADayTakes() throws IOException, InterruptedException {
    host.main("relayhost = " + hop(first));
    map("postrider_account_limit_maps", "127.0.0.1 messages=2/1h rate=1000/1s");
    host.start();
    for (int i = 0; i < 5; i++) {
      send("m" + i, "a@host.local.test", "you@dest.test");
    }
    host.await(
        "three to wait",
        () -> host.logText().split("waits: messages=2/1h is used up", -1).length > 3);

    assertThat(list())
        .contains("limit     messages=2/1h: 2 used, 0 left")
        .contains("waiting   3 messages to 3 recipients, all gone at about ");
    assertThat(host.shell.run("postrider account list --json").out())
        .contains("\"state\":\"works\"")
        .contains("{\"limit\":\"messages=2/1h\",\"used\":2,\"left\":0}")
        .contains("\"waiting_messages\":3,\"waiting_recipients\":3,\"gone_at\":\"");
    assertThat(host.shell.run("postrider status").out())
        .contains(
            "account:   one@first.test at 127.0.0.1 has a limit: 3 messages to 3 recipients wait,"
                + " all gone at about ");
    assertThat(host.shell.run("mailq").out())
        .contains("[account-limit]")
        .contains("-- account one@first.test at 127.0.0.1 has a limit: 3 messages to 3 recipients");

    // A larger limit counts as soon as the table says so.
    table("postrider_account_limit_maps", "127.0.0.1 messages=20/1h");
    await(first, 5);
  }
}
