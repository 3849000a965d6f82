package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.Retry;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which of several accounts takes a message, and with what. */
@Timeout(60)
class SeveralAccountsTest {
  private static final String HELLO =
      """
      S: 220 provider.test ESMTP
      C: EHLO
      SS: 250-provider.test|250 AUTH PLAIN
      """;

  private static final String LOGGED_IN = HELLO + "C: AUTH PLAIN\nS: 235 2.7.0 ok\n";

  private static final String REFUSED =
      HELLO + "C: AUTH PLAIN\nS: 535 5.7.8 Username and Password not accepted\nC: QUIT\nS: 221 b\n";

  private static final String MESSAGE =
      """
      C: MAIL FROM
      S: 250 ok
      C: RCPT TO
      S: 250 ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 ok
      """;

  private static final String ACCEPTED = LOGGED_IN + MESSAGE + "CLOSE\n";

  private static String atMail(String reply) {
    return LOGGED_IN + "C: MAIL FROM\nS: " + reply + "\nC: QUIT\nS: 221 bye\n";
  }

  private static String atRcpt(String reply) {
    return LOGGED_IN
        + "C: MAIL FROM\nS: 250 ok\nC: RCPT TO\nS: "
        + reply
        + "\nC: QUIT\nS: 221 bye\n";
  }

  private static String plain(String user, String password) {
    return "AUTH PLAIN "
        + Base64.getEncoder().encodeToString(("\0" + user + "\0" + password).getBytes());
  }

  private final ClientBench bench =
      new ClientBench(
          "smtp_sasl_auth_enable", "yes",
          "smtp_sasl_security_options", "noanonymous",
          "smtp_connection_cache_on_demand", "no");

  @BeforeEach
  void twoProviders() {
    bench.dns.address("a.test", "127.0.0.1");
    bench.dns.address("b.test", "127.0.0.1");
    bench.passwords.put("a.test", "a-user:a-secret");
    bench.passwords.put("b.test", "b-user:b-secret");
  }

  @AfterEach
  void end() {
    bench.close();
  }

  private static String both(ScriptedServer a, ScriptedServer b) {
    return "[a.test]:" + a.port() + ", [b.test]:" + b.port();
  }

  private static int refusedPort() throws IOException {
    try (ScriptedServer gone = new ScriptedServer(ACCEPTED)) {
      return gone.port();
    }
  }

  private DeliveryStatus send(String nextHop, String... recipients) throws InterruptedException {
    return fates(nextHop, "root@host.test", recipients).getFirst();
  }

  private List<DeliveryStatus> fates(String nextHop, String sender, String... recipients)
      throws InterruptedException {
    Mailbox from = ClientBench.recipient(sender).mailbox();
    return bench.send(
        nextHop,
        MemoryContent.of("From: root@host.test\n\nhi\n"),
        Envelope.of(
            ReversePath.of(from),
            Arrays.stream(recipients.length == 0 ? new String[] {"you@dest.test"} : recipients)
                .map(ClientBench::recipient)
                .toList()));
  }

  private static Retry retry(DeliveryStatus status) {
    assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
    return ((DeliveryStatus.Deferred) status).retry();
  }

  private String log() {
    return String.join("\n", bench.log.text());
  }

  @Test
  void aServerThatIsAwayIsPassedOver() throws Exception {
    try (ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      DeliveryStatus status = send("[a.test]:" + refusedPort() + ", [b.test]:" + b.port());

      assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(b.heard()).contains(plain("b-user", "b-secret"));
      assertThat(status.attempt().account()).isEqualTo("b-user at b.test");
      assertThat(status.attempt().insteadOf()).startsWith("connect to a.test[127.0.0.1]:");
      assertThat(log()).contains("4bXyZk1: taken by account b-user at b.test instead, because: ");
    }
  }

  @Test
  void aPasswordThatOneAddressOfItsServerRefusedIsNotTriedAtTheOtherAndTheRefusalIsTold()
      throws Exception {
    bench.dns.address("a.test", "127.0.0.1", "127.0.0.2");
    try (ScriptedServer a = new ScriptedServer(REFUSED);
        ScriptedServer same =
            new ScriptedServer(new InetSocketAddress("127.0.0.2", a.port()), REFUSED)) {
      assertThat(ClientBench.line(send("[a.test]:" + a.port())))
          .contains("(SASL authentication failed; server a.test[127.0.0.")
          .contains("] said: 535 5.7.8 Username and Password not accepted)");
      assertThat(Stream.concat(a.heard().stream(), same.heard().stream()))
          .filteredOn(line -> line.startsWith("AUTH"))
          .hasSize(1);
    }
  }

  @Test
  void aRefusedPasswordSendsTheMailByTheNextAccountAtOnce() throws Exception {
    try (ScriptedServer a = new ScriptedServer(REFUSED);
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      bench.senders.put("a-user@a.test", "me@a.test");
      bench.senders.put("b-user@b.test", "me@b.test");

      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      DeliveryStatus second = send(both(a, b));

      assertThat(second).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(second.attempt().insteadOf())
          .startsWith("account a-user at a.test rests, 1 refusal: SASL authentication failed;");
      assertThat(a.connections()).isEqualTo(1);
      assertThat(b.connections()).isEqualTo(2);
      assertThat(b.heard())
          .contains("MAIL FROM:<me@b.test>", plain("b-user", "b-secret"))
          .doesNotContain(plain("a-user", "a-secret"));
      assertThat(b.contents().getFirst()).contains("From: me@b.test\r\n");
      assertThat(log())
          .contains("account a-user at a.test rests, 1 refusal: ")
          .contains("; the next one is tried");
    }
  }

  @Test
  void aQuotaThatIsUsedUpRestsTheFirstAccountAndTheNextTakesTheMessage() throws Exception {
    try (ScriptedServer a =
            new ScriptedServer(atRcpt("550 5.4.5 Daily user sending limit exceeded."));
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);

      assertThat(a.connections()).isEqualTo(1);
      assertThat(b.connections()).isEqualTo(2);
      assertThat(bench.accounts.stopped()).hasSize(1);
      bench.now = bench.now.plus(Duration.ofHours(25));
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(a.connections()).isEqualTo(2);
    }
  }

  @Test
  void theFirstAccountIsUsedAgainWhenItWorks() throws Exception {
    try (ScriptedServer a = new ScriptedServer(REFUSED, ACCEPTED);
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      bench.now = bench.now.plus(Duration.ofMinutes(2));

      DeliveryStatus later = send(both(a, b));

      assertThat(later.attempt().account()).isEqualTo("a-user at a.test");
      assertThat(later.attempt().insteadOf()).isEmpty();
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void aRefusedSenderMayBeOneThatTheNextAccountTakes() throws Exception {
    bench.senders.put("b.test", "me@b.test");
    try (ScriptedServer a =
            new ScriptedServer(atMail("550 5.7.0 From address is not one of your addresses"));
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(a.heard()).contains("MAIL FROM:<root@host.test>");
      assertThat(b.heard()).contains("MAIL FROM:<me@b.test>");
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  @Test
  void whatIsWrongWithTheMessageIsNoMatterOfAccounts() throws Exception {
    try (ScriptedServer a = new ScriptedServer(atRcpt("550 5.1.1 no such user"));
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Bounced.class);
      assertThat(b.connections()).isZero();
    }
    try (ScriptedServer a = new ScriptedServer(atMail("552 5.3.4 message size exceeds limit"));
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Bounced.class);
      assertThat(b.connections()).isZero();
    }
  }

  @Test
  void whenAllRestTheMailWaitsForTheFirstOfThem() throws Exception {
    try (ScriptedServer a =
            new ScriptedServer(atMail("550 5.4.5 Daily user sending limit exceeded."));
        ScriptedServer b = new ScriptedServer(REFUSED)) {
      assertThat(retry(send(both(a, b)))).isEqualTo(new Retry.Parked(Duration.ofMinutes(1)));
      assertThat(retry(send(both(a, b)))).isEqualTo(new Retry.Parked(Duration.ofHours(24)));
      assertThat(a.connections() + b.connections()).isEqualTo(2);
    }
  }

  @Test
  void whenTheOtherServerIsOnlyAwayTheMailIsTriedAsUsual() throws Exception {
    try (ScriptedServer a =
        new ScriptedServer(atMail("550 5.4.5 Daily user sending limit exceeded."))) {
      String hops = "[a.test]:" + a.port() + ", [b.test]:" + refusedPort();
      assertThat(retry(send(hops))).isEqualTo(new Retry.Usual());
      assertThat(retry(send(hops))).isEqualTo(new Retry.Usual());
    }
  }

  @Test
  void theSessionLimitIsForEachNextHop() throws Exception {
    bench.dns.address("c.test", "127.0.0.1");
    bench.passwords.put("c.test", "c-user:c-secret");
    try (ScriptedServer a = new ScriptedServer(atMail("450 4.7.1 later"));
        ScriptedServer b = new ScriptedServer(atMail("450 4.7.1 later"));
        ScriptedServer c = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b) + " [c.test]:" + c.port()))
          .isInstanceOf(DeliveryStatus.Sent.class);
    }
  }

  @Test
  void twoAccountsOfOneServerNeverShareAConnection() throws Exception {
    bench.set("smtp_connection_cache_on_demand", "yes");
    bench.passwords.put("one@a.test", "one@a.test:1");
    bench.passwords.put("two@a.test", "two@a.test:2");
    try (ScriptedServer server = new ScriptedServer(LOGGED_IN + MESSAGE + MESSAGE)) {
      String hop = "@[a.test]:" + server.port();
      assertThat(send("one@a.test" + hop).attempt().account()).isEqualTo("one@a.test at a.test");
      assertThat(send("two@a.test" + hop).attempt().account()).isEqualTo("two@a.test at a.test");
      assertThat(send("one@a.test" + hop).attempt().connectionUses()).isEqualTo(2);

      assertThat(server.connections()).isEqualTo(2);
      assertThat(server.heard())
          .containsSubsequence(
              plain("one@a.test", "1"), plain("two@a.test", "2"), "MAIL FROM:<root@host.test>")
          .doesNotContain(plain("a-user", "a-secret"));
    }
  }

  @Test
  void theSecondAccountOfAServerHasItsChanceAfterAKeptConnectionOfTheFirst() throws Exception {
    bench.set("smtp_connection_cache_on_demand", "yes");
    bench.passwords.put("one@a.test", "one@a.test:1");
    bench.passwords.put("two@a.test", "two@a.test:2");
    try (ScriptedServer server =
        new ScriptedServer(
            LOGGED_IN + MESSAGE + "C: MAIL FROM\nS: 450 4.7.1 later\nC: QUIT\nS: 221 bye\n",
            ACCEPTED)) {
      String hop = "@[a.test]:" + server.port();
      String both = "one@a.test" + hop + ", two@a.test" + hop;
      assertThat(send(both).attempt().account()).isEqualTo("one@a.test at a.test");
      assertThat(send(both).attempt().account()).isEqualTo("two@a.test at a.test");
    }
  }

  @Test
  void twoSendersAtOneServerLogInEachWithTheirOwn() throws Exception {
    bench.set(
        "smtp_connection_cache_on_demand", "yes", "smtp_sender_dependent_authentication", "yes");
    bench.passwords.put("one@x.test", "one:1");
    bench.passwords.put("two@x.test", "two:2");
    try (ScriptedServer server = new ScriptedServer(LOGGED_IN + MESSAGE + MESSAGE)) {
      String hop = "[a.test]:" + server.port();
      for (String sender : List.of("one@x.test", "two@x.test", "other@x.test", "two@x.test")) {
        assertThat(fates(hop, sender, "you@dest.test").getFirst())
            .isInstanceOf(DeliveryStatus.Sent.class);
      }
      assertThat(server.connections()).isEqualTo(3);
      assertThat(server.heard())
          .contains(plain("one", "1"), plain("two", "2"), plain("a-user", "a-secret"));
    }
  }

  @Test
  void aLoginThatIsNamedAndMissingSendsNothing() throws Exception {
    try (ScriptedServer server = new ScriptedServer(ACCEPTED)) {
      DeliveryStatus status = send("nobody@a.test@[a.test]:" + server.port());
      assertThat(retry(status)).isEqualTo(new Retry.Usual());
      assertThat(status.text())
          .contains("there is no password for nobody@a.test, which the next hop nobody@a.test@[a")
          .contains("add it to smtp_sasl_password_maps");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void anAccountWhosePasswordCannotBeHadIsPassedOver() throws Exception {
    try (ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      DeliveryStatus status = send("nobody@a.test@[a.test]:587, [b.test]:" + b.port());
      assertThat(status.attempt().account()).isEqualTo("b-user at b.test");
      assertThat(status.attempt().insteadOf()).contains("there is no password for nobody@a.test");
    }
  }

  @Test
  void aLoginThatIsNamedIsNotLeftOutBecauseTheServerOffersNone() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer("S: 220 a ESMTP\nC: EHLO\nS: 250 a.test\nC: QUIT\nS: 221 bye\n")) {
      bench.passwords.put("one@a.test", "one@a.test:1");
      DeliveryStatus status = send("one@a.test@[a.test]:" + server.port());
      assertThat(status.text()).contains("the server does not offer to authenticate anybody");
      assertThat(server.contents()).isEmpty();
    }
  }

  @Test
  void whoReachesTheDailyLimitGoesByTheNextAccount() throws Exception {
    bench.limits.put("a-user@a.test", "messages=1/1d");
    try (ScriptedServer a = new ScriptedServer(ACCEPTED);
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b)).attempt().account()).isEqualTo("a-user at a.test");
      DeliveryStatus second = send(both(a, b));
      assertThat(second.attempt().account()).isEqualTo("b-user at b.test");
      assertThat(second.attempt().insteadOf())
          .isEqualTo("account a-user at a.test waits: messages=1/1d is used up");
      assertThat(a.connections()).isEqualTo(1);
    }
  }

  @Test
  void whoReachesTheRateWaitsForItsTurn() throws Exception {
    bench.limits.put("a.test", "rate=1/10s");
    try (ScriptedServer a = new ScriptedServer(ACCEPTED);
        ScriptedServer b = new ScriptedServer(ACCEPTED)) {
      assertThat(send(both(a, b))).isInstanceOf(DeliveryStatus.Sent.class);
      DeliveryStatus second = send(both(a, b));
      assertThat(second.text()).isEqualTo("account a-user at a.test waits: rate=1/10s is used up");
      assertThat(second.advice().rule()).isEqualTo("account-limit");
      assertThat(retry(second)).isEqualTo(new Retry.Parked(Duration.ofMillis(10_200)));
      assertThat(b.connections()).isZero();
      bench.now = bench.now.plusMillis(10_200);
      assertThat(send(both(a, b)).attempt().account()).isEqualTo("a-user at a.test");
    }
  }

  @Test
  void recipientsBeyondTheLimitWaitAndTheOthersGetTheMessage() throws Exception {
    bench.limits.put("a-user", "recipients=1/1d");
    try (ScriptedServer a = new ScriptedServer(ACCEPTED)) {
      List<DeliveryStatus> fates =
          fates("[a.test]:" + a.port(), "root@host.test", "one@dest.test", "two@dest.test");
      assertThat(fates.getFirst()).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(fates.getLast().text()).contains("waits: recipients=1/1d is used up");
      assertThat(retry(fates.getLast())).isInstanceOf(Retry.Parked.class);
    }
  }

  @Test
  void aLimitThatCannotBeReadHoldsTheMailBack() throws Exception {
    bench.limits.put("a.test", "messages=lots");
    try (ScriptedServer a = new ScriptedServer(ACCEPTED)) {
      DeliveryStatus status = send("[a.test]:" + a.port());
      assertThat(status.text())
          .startsWith(
              "postrider_account_limit_maps: test:map: the entry for a.test: \"messages=lots");
      assertThat(a.connections()).isZero();
    }
  }

  @Test
  void aFailureBeforeTheServerTookAnythingCostsNoneOfTheLimit() throws Exception {
    bench.limits.put("a.test", "messages=1/1d");
    try (ScriptedServer a =
        new ScriptedServer(atMail("450 4.7.1 later"), atMail("450 4.7.1 later"), ACCEPTED)) {
      String hop = "[a.test]:" + a.port();
      assertThat(send(hop).text()).contains("later");
      assertThat(send(hop).text()).contains("later");
      assertThat(send(hop)).isInstanceOf(DeliveryStatus.Sent.class);
      assertThat(send(hop).text()).contains("is used up");
    }
  }
}
