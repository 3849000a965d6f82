package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * From nothing to an empty queue at each large provider, by options and at a terminal, with the
 * questions counted; and what a person is told who gives the wrong answer.
 */
class ProviderSetupTest {
  /** A fingerprint of all that a setup may touch. */
  private static final String STATE =
      "find /etc/postfix /etc/aliases /var/lib/postrider/oauth -type f"
          + " 2>/dev/null | sort | xargs -r cat | md5sum";

  /** Dialogs of a person who takes what is offered, each answer a question. */
  private static final Map<Manners, String> DIALOGS =
      Map.of(
          Manners.GMAIL,
              """
              sees Which [1]:
              types \\n
              sees App password (it is not shown):
              types abcd efgh ijkl mnop\\n
              """,
          Manners.ICLOUD,
              """
              sees App password (it is not shown):
              types abcd-efgh-ijkl-mnop\\n
              """,
          Manners.FASTMAIL,
              """
              sees Which [1]:
              types 1\\n
              sees App password (it is not shown):
              types 7y3k 9m2p 4q6r 8s1t\\n
              """,
          Manners.OUTLOOK,
              """
              sees Client id:
              types 11111111-2222-3333-4444-555555555555\\n
              sees FJ4K-9TWQ
              """,
          Manners.MICROSOFT365,
              """
              sees Server as host:port
              types smtp.office365.com:587\\n
              sees Which [1]:
              types \\n
              sees Client id:
              types 11111111-2222-3333-4444-555555555555\\n
              sees and press Enter.
              browses
              """);

  /** Somebody opens the page that a command names which nobody can type to. */
  private static final String BROWSING =
      """
      %s >/root/said 2>&1 &
      until grep -q 'press Enter' /root/said; do sleep 0.02; done
      python3 -c 'import re, ssl, urllib.request
      trust = ssl.create_default_context(cafile="/etc/ssl/certs/ca-certificates.crt")
      page = re.findall("https://[^ \\n]+", open("/root/said").read())[-1]
      urllib.request.urlopen(page, context=trust, timeout=30).read()'
      wait $! && code=0 || code=$?
      cat /root/said
      exit $code
      """;

  private static final Map<Manners, Integer> QUESTIONS =
      Map.of(
          Manners.GMAIL, 2,
          Manners.ICLOUD, 1,
          Manners.FASTMAIL, 2,
          Manners.OUTLOOK, 1,
          Manners.MICROSOFT365, 3);

  private MannersWorld world;

  @BeforeEach
  void aMachineWhereNothingIsSetUp() throws IOException, InterruptedException {
    world = MannersWorld.create();
  }

  @AfterEach
  void end() throws IOException {
    if (world != null) {
      world.close();
    }
  }

  private String state() throws IOException, InterruptedException {
    return world.run("", STATE).out();
  }

  private void queueIsEmpty() throws IOException, InterruptedException {
    assertThat(world.run("", "mailq").out()).contains("Mail queue is empty");
  }

  /** What cron writes afterwards is taken too, with the sender that the provider wants. */
  private void rootsMailArrives(Manners provider) throws IOException, InterruptedException {
    world.run(
        "From: Cron <root>\nTo: root\nSubject: job\n\nran\n",
        "sendmail root; tries=0;"
            + " until mailq | grep -q 'queue is empty' || [ $tries -gt 100 ];"
            + " do tries=$((tries + 1)); sleep 0.1; done");
    queueIsEmpty();
    String job = world.received(provider).getLast();
    assertThat(job)
        .startsWith("Envelope: " + provider.account() + " [" + provider.account() + "]")
        .contains("Subject: job", "From: Cron <" + provider.account() + ">")
        .contains("X-Original-From: Cron <root@nas.home.test>");
  }

  @ParameterizedTest
  @EnumSource
  void atATerminalUntilTheQueueIsEmpty(Manners provider) throws Exception {
    String options = provider == Manners.MICROSOFT365 ? " --no-network --browser" : "";
    long begin = System.nanoTime();
    MannersWorld.Session session =
        world.type("postrider setup " + provider.account() + options, DIALOGS.get(provider));
    double seconds = (System.nanoTime() - begin) / 1e9;

    assertThat(session.code()).as(session.screen()).isZero();
    assertThat(session.screen())
        .contains("the certificate is right", "logged in as " + provider.account(), "Done.");
    assertThat(session.answers()).isEqualTo(QUESTIONS.get(provider));
    if (!provider.appPassword().isEmpty()) {
      assertThat(session.screen().replaceAll("[ -]", ""))
          .doesNotContain(provider.appPassword().replace("-", ""));
    }
    assertThat(world.received(provider)).hasSize(1);
    queueIsEmpty();
    rootsMailArrives(provider);
    System.out.printf(
        "%s: %d questions, %.1f s at a terminal%n", provider, session.answers(), seconds);
  }

  @ParameterizedTest
  @EnumSource
  void byOptionsWithoutAnyQuestion(Manners provider) throws Exception {
    String command = "postrider setup " + provider.account();
    String script =
        switch (provider) {
          case GMAIL, ICLOUD, FASTMAIL -> command;
          case OUTLOOK -> command + " --client-id " + MannersIdentity.CLIENT;
          case MICROSOFT365 ->
              BROWSING.formatted(
                  command
                      + " --provider microsoft365 --oauth --browser --client-id "
                      + MannersIdentity.CLIENT);
        };
    long begin = System.nanoTime();
    Shell.Result result =
        world.run(provider.appPassword().isEmpty() ? "" : provider.appPassword() + "\n", script);
    double seconds = (System.nanoTime() - begin) / 1e9;

    assertThat(result.code()).as(result.all()).isZero();
    assertThat(world.received(provider)).hasSize(1);
    queueIsEmpty();
    rootsMailArrives(provider);
    System.out.printf("%s: %.1f s by options%n", provider, seconds);
  }

  @ParameterizedTest
  @CsvSource({
    "ICLOUD,550 5.7.0 From address is not one of your addresses",
    "FASTMAIL,551 5.7.1 Not authorised to send from this header address",
    "OUTLOOK,550 5.7.60 SMTP; Client does not have permissions to send as this sender"
  })
  void withoutWhatSetupWroteTheProviderRefusesRootsSender(Manners provider, String words)
      throws Exception {
    sendAsRoot(provider);

    Instance.await("the refusal in the list", () -> queue().contains(words), this::queue);
    assertThat(world.received(provider)).isEmpty();
  }

  @Test
  void gmailWritesItsOwnSenderIntoWhatRootSends() throws Exception {
    sendAsRoot(Manners.GMAIL);

    Instance.await("an empty queue", () -> queue().contains("queue is empty"), this::queue);
    assertThat(world.received(Manners.GMAIL).getFirst())
        .startsWith("Envelope: root@nas.home.test")
        .contains("From: you@gmail.com", "X-Google-Original-From: ");
  }

  /** As a machine does that has the login and nothing else. */
  private void sendAsRoot(Manners provider) throws IOException, InterruptedException {
    boolean typed = !provider.appPassword().isEmpty();
    Shell.Result done =
        world.run(
            typed ? provider.appPassword() + "\n" : "",
            "postrider setup "
                + provider.account()
                + " --no-test --no-root"
                + (typed ? "" : " --client-id " + MannersIdentity.CLIENT));
    assertThat(done.code()).as(done.all()).isZero();
    Shell.Result sent =
        world.run(
            "Subject: x\n\n",
            "postconf -X postrider_relay_sender_maps && postfix reload && sendmail"
                + " friend@example.org");
    assertThat(sent.code()).as(sent.all()).isZero();
  }

  private String queue() {
    try {
      return world.run("", "mailq").out();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  @Test
  void aWrongPasswordIsExplainedAndAskedForTwiceMore() throws Exception {
    MannersWorld.Session session =
        world.type(
            "postrider setup you@gmail.com",
            """
            sees Which [1]:
            types \\n
            sees App password (it is not shown):
            types real-password-1\\n
            sees has 2-step verification, so its own password does not work here
            sees two more tries
            sees App password once more (it is not shown):
            types guess\\n
            sees it wants an app password here
            sees one more try
            sees App password once more (it is not shown):
            types \u00a0abcd efgh ijkl mnop \\n
            """);

    assertThat(session.code()).as(session.screen()).isZero();
    assertThat(session.screen()).contains("Done.").doesNotContain("real-password", "guess");
    assertThat(world.logins(Manners.GMAIL))
        .containsExactly("PLAIN no", "PLAIN no", "PLAIN yes", "PLAIN yes");
  }

  @Test
  void threeWrongPasswordsAreTheLast() throws Exception {
    String before = state();
    MannersWorld.Session session =
        world.type(
            "postrider setup you@icloud.com",
            """
            sees App password (it is not shown):
            types one\\n
            sees App password once more (it is not shown):
            types two\\n
            sees App password once more (it is not shown):
            types three\\n
            sees nothing was written: iCloud Mail refuses the login
            """);

    assertThat(session.code()).as(session.screen()).isEqualTo(77);
    assertThat(world.logins(Manners.ICLOUD)).containsExactly("PLAIN no", "PLAIN no", "PLAIN no");
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void whoTypesAPasswordThatIsTakenNowhereAnyMoreIsLedToTheBrowser() throws Exception {
    MannersWorld.Session session =
        world.type(
            "postrider setup you@company.example --server smtp.office365.com:587 --browser",
            """
            sees Which [1]:
            types 2\\n
            sees Password (it is not shown):
            types real-password-1\\n
            sees Microsoft takes no passwords for you@company.example any more
            sees Client id:
            types 11111111-2222-3333-4444-555555555555\\n
            sees and press Enter.
            browses
            """);

    assertThat(session.code()).as(session.screen()).isZero();
    assertThat(world.logins(Manners.MICROSOFT365)).contains("LOGIN no", "XOAUTH2 yes");
    queueIsEmpty();
  }

  @Test
  void breakingOffLeavesEverythingAsItWas() throws Exception {
    String before = state();
    for (String dialog :
        List.of(
            "sees Which [1]:\ntypes ^C\n",
            "sees Which [1]:\ntypes \\n\nsees App password\nechoes no\ntypes abc^C\n",
            "sees Which [1]:\ntypes \\n\nsees App password\ntypes typed4711\\n\nsees connecting\ntypes ^C\n",
            "sees Which [1]:\ntypes 2\\n\nsees Client id:\ntypes ^D\n")) {
      MannersWorld.Session session = world.type("postrider setup you@gmail.com", dialog);
      assertThat(session.code()).as(dialog + session.screen()).isIn(77, 130);
      assertThat(state()).as(dialog).isEqualTo(before);
    }
    assertThat(world.run("", "cat /tmp/postrider-setup*/* 2>/dev/null").out())
        .doesNotContain("typed4711");
    MannersWorld.Session device =
        world.type(
            "postrider setup you@outlook.com --client-id " + MannersIdentity.CLIENT,
            "sees FJ4K-9TWQ\nsees Waiting\ntypes ^C\n");
    assertThat(device.code()).as(device.screen()).isEqualTo(130);
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void breakingOffWhileItIsWrittenIsAllOrNothing() throws Exception {
    String before = state();
    MannersWorld.Session session =
        world.type(
            "postrider setup you@icloud.com",
            """
            sees App password (it is not shown):
            types abcd-efgh-ijkl-mnop\\n
            sees Written:
            types ^C
            """);

    assertThat(session.code()).as(session.screen()).isEqualTo(130);
    if (session.screen().contains("Broken off: all is as it was.")) {
      assertThat(state()).isEqualTo(before);
      assertThat(world.run("", "postfix status").code()).isNotZero();
    } else {
      assertThat(session.screen()).contains("the setup is complete");
      assertThat(world.run("", "postfix status").code()).isZero();
    }
  }

  @Test
  void takenBackAFreshMachineIsFreshAgain() throws Exception {
    String before = state();
    assertThat(world.run("abcdefghijklmnop\n", "postrider setup you@gmail.com").code()).isZero();
    assertThat(state()).isNotEqualTo(before);

    Shell.Result undone = world.run("", "postrider setup --undo");

    assertThat(undone.code()).as(undone.all()).isZero();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void anotherAccountIsNotReplacedUnasked() throws Exception {
    assertThat(world.run("abcdefghijklmnop\n", "postrider setup you@gmail.com --no-test").code())
        .isZero();
    String before = state();

    MannersWorld.Session kept =
        world.type(
            "postrider setup you@icloud.com",
            "sees Mail goes out by [smtp.gmail.com]:465 as you@gmail.com now. Replace that\n"
                + "types \\n\n");
    assertThat(kept.code()).as(kept.screen()).isEqualTo(77);
    Shell.Result refused =
        world.run("abcd-efgh-ijkl-mnop\n", "postrider setup you@icloud.com --no-test");
    assertThat(refused.code()).isEqualTo(77);
    assertThat(refused.err()).contains("[smtp.gmail.com]:465", "--replace");
    assertThat(state()).isEqualTo(before);
    // A new password of the same account replaces nobody.
    assertThat(world.run("abcdefghijklmnop\n", "postrider setup you@gmail.com --no-test").code())
        .isZero();

    MannersWorld.Session replaced =
        world.type(
            "postrider setup you@icloud.com --no-test",
            """
            sees Replace that
            types y\\n
            sees Root's mail goes to you@gmail.com now.
            sees Who shall get it [you@icloud.com]:
            types alice\\n
            sees App password
            types abcd-efgh-ijkl-mnop\\n
            """);
    assertThat(replaced.code()).as(replaced.screen()).isZero();
    assertThat(world.file("/etc/aliases")).contains("root: alice");
    assertThat(world.file("/etc/postfix/main.cf")).contains("relayhost = [smtp.mail.me.com]:587");
  }

  /** Gmail by port 465, iCloud by 587: a client of its own is needed too. */
  @Test
  void aSecondAccountTakesTheMailThatIsMeantForIt() throws Exception {
    assertThat(world.run("abcdefghijklmnop\n", "postrider setup you@gmail.com").code()).isZero();
    String before = state();

    Shell.Result added =
        world.run(
            "abcd-efgh-ijkl-mnop\n",
            "postrider setup you@icloud.com --beside --for-recipient firm.example");

    assertThat(added.code()).as(added.all()).isZero();
    assertThat(world.received(Manners.ICLOUD)).hasSize(1);
    world.run("Subject: mine\n\nx\n", "sendmail -f you@icloud.com someone@elsewhere.example");
    world.run("Subject: firm\n\nx\n", "sendmail boss@firm.example");
    rootsMailArrives(Manners.GMAIL);
    assertThat(world.received(Manners.ICLOUD))
        .hasSize(3)
        .allMatch(each -> each.startsWith("Envelope: you@icloud.com ["))
        .anyMatch(each -> each.contains("Subject: mine"))
        .anyMatch(each -> each.contains("Subject: firm"));
    assertThat(world.run("", "postrider account list").out())
        .contains("you@gmail.com at smtp.gmail.com", "you@icloud.com at smtp.mail.me.com");
    assertThat(world.run("", "postrider setup --undo").code()).isZero();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void tokensArePutAwayWithTheRestOrNotAtAll() throws Exception {
    String outlook = "postrider setup you@outlook.com --client-id ";
    String before = state();
    Shell.Result denied = world.run("", outlook + MannersIdentity.DENIED);
    assertThat(denied.code()).as(denied.all()).isEqualTo(77);
    assertThat(denied.err()).contains("nothing was written", "refused at the provider's page");
    Shell.Result unknown = world.run("", "postrider setup you@outlook.com");
    assertThat(unknown.code()).as(unknown.all()).isEqualTo(77);
    assertThat(unknown.err()).contains("--client-id");
    Shell.Result rehearsed = world.run("", outlook + MannersIdentity.CLIENT + " --dry-run");
    assertThat(rehearsed.code()).as(rehearsed.all()).isZero();
    assertThat(state()).isEqualTo(before);

    Shell.Result done = world.run("", outlook + MannersIdentity.CLIENT);
    assertThat(done.code()).as(done.all()).isZero();
    assertThat(world.run("", "postrider login --list").out()).contains("you@outlook.com  ok");
    assertThat(world.file("/etc/postfix/secrets")).contains("oauth:you@outlook.com");
    Shell.Result undone = world.run("", "postrider setup --undo");
    assertThat(undone.code()).as(undone.all()).isZero();
    assertThat(undone.out()).contains("postrider login --forget you@outlook.com");
  }
}
