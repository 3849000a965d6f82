package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountState;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.Retry;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a provider's refusals do to the mail, by the rule that knows them. */
@Timeout(60)
class TreatmentTest {
  private static final String LOGGED_IN =
      """
      S: 220 smtp.provider.test ESMTP
      C: EHLO
      SS: 250-smtp.provider.test|250 AUTH PLAIN
      C: AUTH PLAIN
      S: 235 2.7.0 ok
      """;

  private static final String REFUSED =
      """
      S: 220 smtp.provider.test ESMTP
      C: EHLO
      SS: 250-smtp.provider.test|250 AUTH PLAIN
      C: AUTH PLAIN
      S: 535 5.7.8 Username and Password not accepted
      C: QUIT
      S: 221 bye
      """;

  private static final String ACCEPTED =
      LOGGED_IN
          + """
          C: MAIL FROM
          S: 250 ok
          C: RCPT TO
          S: 250 ok
          C: DATA
          S: 354 go on
          DATA
          S: 250 2.0.0 ok
          CLOSE
          """;

  private static String atMail(String reply) {
    return LOGGED_IN + "C: MAIL FROM\nS: " + reply + "\nC: QUIT\nS: 221 bye\n";
  }

  private final ClientBench bench =
      new ClientBench(
          "smtp_sasl_auth_enable", "yes",
          "smtp_sasl_security_options", "noanonymous",
          "smtp_connection_cache_on_demand", "no");

  @AfterEach
  void end() {
    bench.close();
  }

  private DeliveryStatus send(ScriptedServer server) throws InterruptedException {
    return send(server, "root@host.example");
  }

  private DeliveryStatus send(ScriptedServer server, String sender) throws InterruptedException {
    bench.dns.address("smtp.provider.test", "127.0.0.1");
    bench.passwords.putIfAbsent("smtp.provider.test", "me:secret");
    int at = sender.indexOf('@');
    ReversePath path =
        sender.isEmpty()
            ? new ReversePath.Null()
            : ReversePath.of(new Mailbox(sender.substring(0, at), sender.substring(at + 1)));
    return bench
        .send(
            "[smtp.provider.test]:" + server.port(),
            MemoryContent.of(ClientBench.MESSAGE),
            Envelope.of(path, List.of(ClientBench.recipient("you@dest.test"))))
        .getFirst();
  }

  private static Retry retry(DeliveryStatus status) {
    assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
    return ((DeliveryStatus.Deferred) status).retry();
  }

  private static String rule(DeliveryStatus status) {
    assertThat(status.advice()).isNotNull();
    return status.advice().rule();
  }

  @Test
  void aRefusedPasswordStopsTheAccountAfterThreeTriesOverHours() throws Exception {
    try (ScriptedServer server = new ScriptedServer(REFUSED)) {
      int messages = 0;
      for (int minute = 0; minute < 300; minute++) {
        DeliveryStatus status = send(server);
        assertThat(retry(status)).isInstanceOf(Retry.Parked.class);
        assertThat(rule(status)).isEqualTo("gmail-app-password");
        messages++;
        bench.now = bench.now.plus(Duration.ofMinutes(1));
      }

      assertThat(messages).isEqualTo(300);
      assertThat(server.connections()).isEqualTo(3);
      AccountState state = bench.accounts.stopped().getFirst();
      assertThat(state.kind()).isEqualTo(AccountState.Kind.HELD);
      assertThat(state.name().toString()).isEqualTo("me at smtp.provider.test");
      DeliveryStatus status = send(server);
      assertThat(status.text())
          .startsWith(
              "account me at smtp.provider.test is held, 3 refusals: SASL authentication failed;"
                  + " server smtp.provider.test[127.0.0.1] said: 535 5.7.8 Username");
      assertThat(status.code()).hasToString("4.7.8");
      assertThat(status.attempt().relay()).isEqualTo("none");
      assertThat(status.advice().what())
          .isEqualTo(
              "Gmail refuses the password of me: it wants an app password here, not the account's"
                  + " own.");
      server.settle();
    }
  }

  @Test
  void aChangedPasswordGoesOutAtOnce() throws Exception {
    try (ScriptedServer server = new ScriptedServer(REFUSED, ACCEPTED)) {
      assertThat(retry(send(server))).isEqualTo(new Retry.Parked(Duration.ofMinutes(1)));
      assertThat(retry(send(server))).isEqualTo(new Retry.Parked(Duration.ofHours(24)));
      bench.passwords.put("smtp.provider.test", "me:right");

      assertThat(send(server)).isInstanceOf(DeliveryStatus.Sent.class);

      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void aTemporaryFailureOfTheLoginIsNoWrongPassword() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(REFUSED.replace("535 5.7.8 Username and", "454 4.7.0 Temporary: "))) {
      assertThat(retry(send(server))).isEqualTo(new Retry.Usual());
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void aQuotaRestsTheAccountAlthoughTheReplyIsPermanent() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(atMail("550 5.4.5 Daily user sending limit exceeded."), ACCEPTED)) {
      DeliveryStatus first = send(server);
      assertThat(first.code()).hasToString("4.4.5");
      assertThat(retry(first)).isEqualTo(new Retry.Parked(Duration.ofHours(24)));
      assertThat(rule(first)).isEqualTo("gmail-daily-limit");
      assertThat(rule(send(server))).isEqualTo("gmail-daily-limit");
      assertThat(server.connections()).isEqualTo(1);

      bench.now = bench.now.plus(Duration.ofHours(24));
      assertThat(send(server)).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void aRefusedSenderPutsTheMessageOnHoldWithTheFixForIt() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(atMail("550 5.7.0 From address is not one of your addresses"))) {
      DeliveryStatus status = send(server);
      assertThat(retry(status)).isEqualTo(new Retry.OnHold());
      assertThat(status.advice().remedy())
          .startsWith(
              "Rewrite the sender with smtp_generic_maps (for example \"@host.example YOU@PROVIDER\")");
      assertThat(String.join("\n", bench.log.text()))
          .contains("yours was root@host.example.")
          .contains("[icloud-from]");
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void aRefusedNoticeGoesAsTheReplySays() throws Exception {
    for (String sender : List.of("", "double-bounce@host.example")) {
      try (ScriptedServer server =
          new ScriptedServer(atMail("550 5.7.0 From address is not one of your addresses"))) {
        assertThat(send(server, sender)).isInstanceOf(DeliveryStatus.Bounced.class);
      }
    }
  }

  @Test
  void throttlingSlowsTheDestination() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(atMail("432 4.3.2 Concurrent connections limit exceeded."))) {
      assertThat(retry(send(server))).isEqualTo(new Retry.Slower());
    }
  }

  @Test
  void whatNobodyKnowsIsAsReplied() throws Exception {
    try (ScriptedServer server = new ScriptedServer(atMail("550 5.9.9 Hrmpf"))) {
      DeliveryStatus status = send(server);
      assertThat(status).isInstanceOf(DeliveryStatus.Bounced.class);
      assertThat(status.advice()).isNull();
    }
    try (ScriptedServer server = new ScriptedServer(atMail("450 4.9.9 Hrmpf"))) {
      assertThat(retry(send(server))).isEqualTo(new Retry.Usual());
    }
  }

  @Test
  void explainSaysThatTheAccountIsStoppedAndChangesNothing() throws Exception {
    try (ScriptedServer server = new ScriptedServer(REFUSED)) {
      assertThat(retry(send(server))).isInstanceOf(Retry.Parked.class);
      bench.now = bench.now.plus(Duration.ofMinutes(2));
      List<String> steps = new ArrayList<>();
      Outlook outlook =
          bench
              .transport()
              .explain(
                  new ReversePath.Null(),
                  new Mailbox("you", "dest.test"),
                  new NextHop("smtp", "[smtp.provider.test]:" + server.port()),
                  step -> steps.add(step.parameter() + ": " + step.result()));
      assertThat(outlook).isEqualTo(Outlook.WAITS);
      assertThat(steps)
          .anyMatch(step -> step.startsWith("account: waits: rests since 2026-11-20T12:00:00Z: "))
          .anyMatch(
              step -> step.startsWith("gmail-app-password: Gmail refuses the password of me"));
      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
