package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountState;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Retry;
import dev.postrider.io.ReadRights;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.oauth.AccessTokens;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.LoginAlarm;
import dev.postrider.oauth.OAuthClient;
import dev.postrider.oauth.PretendProvider;
import dev.postrider.oauth.TokenStore;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretFiles;
import dev.postrider.secret.Secrets;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logins whose secret is elsewhere: passwords from their sources, and tokens. */
@Timeout(60)
class NamedLoginTest {
  private static final String HELLO =
      """
      S: 220 mx.example.net ESMTP
      C: EHLO client.example.com
      S: 250-mx.example.net
      S: 250 AUTH PLAIN XOAUTH2
      """;

  private static final String MAIL =
      """
      C: MAIL FROM:<a@example.com>
      S: 250 ok
      C: RCPT TO:<b@example.net>
      S: 250 ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 Ok: queued
      """;

  private static final String ERROR =
      Base64.getEncoder()
          .encodeToString(
              "{\"status\":\"401\",\"schemes\":\"bearer\",\"scope\":\"mail\"}"
                  .getBytes(StandardCharsets.UTF_8));

  @TempDir private Path data;

  private PretendProvider provider;
  private TokenStore store;
  private final List<String> alarms = new ArrayList<>();
  private final ClientBench bench =
      new ClientBench("smtp_sasl_auth_enable", "yes", "smtp_sasl_security_options", "noanonymous");

  @BeforeEach
  void begin() throws Exception {
    provider = new PretendProvider();
    store = new TokenStore(data);
    Secrets secrets = Secrets.of(Map.of(), ReadRights.own());
    LoginAlarm alarm =
        new LoginAlarm() {
          @Override
          public void needsLogin(String account, String reason) {
            alarms.add(reason);
          }

          @Override
          public void worksAgain(String account) {}
        };
    bench.named(
        new LoginSources(
            () -> secrets, () -> AccessTokens.of(store, secrets, () -> bench.now, alarm)));
    grant("access-1", Duration.ofHours(1));
  }

  @AfterEach
  void end() throws Exception {
    bench.close();
    provider.close();
  }

  private void grant(String access, Duration life) throws Exception {
    Instant now = bench.now;
    store.save(
        new Grant(
            "me",
            provider.provider(),
            new OAuthClient("id", Optional.empty()),
            Optional.of(Secret.of("refresh-1")),
            Optional.of(new Grant.Access(Secret.of(access), now, now.plus(life))),
            Optional.empty()));
  }

  private static String xoauth2(String token) {
    return Base64.getEncoder()
        .encodeToString(
            ("user=me@example.com\1auth=Bearer " + token + "\1\1")
                .getBytes(StandardCharsets.UTF_8));
  }

  private DeliveryStatus send(ScriptedServer server, String source) throws Exception {
    bench.passwords.put(server.nextHop(), "me@example.com " + source);
    DeliveryStatus status = bench.send(server.nextHop());
    server.settle();
    assertThat(server.faults()).isEmpty();
    return status;
  }

  private static String line(DeliveryStatus status) {
    return ClientBench.line(status);
  }

  @Test
  void aPasswordComesFromItsFile() throws Exception {
    Path file = data.resolve("p/password");
    SecretFiles.write(file, Secret.of("p:w d"));
    String plain =
        Base64.getEncoder()
            .encodeToString("\0me@example.com\0p:w d".getBytes(StandardCharsets.UTF_8));
    try (ScriptedServer server =
        new ScriptedServer(HELLO + "C: AUTH PLAIN " + plain + "\nS: 235 ok\n" + MAIL)) {
      assertThat(line(send(server, "file:" + file))).startsWith("sent");
    }
  }

  @Test
  void withoutTheSecretMailWaitsAndNobodyIsAsked() throws Exception {
    try (ScriptedServer server = new ScriptedServer("S: 220 hello")) {
      String line = line(send(server, "file:" + data.resolve("none")));

      assertThat(line)
          .startsWith("deferred 4.7.0 (cannot log in to server 127.0.0.1[127.0.0.1] now: ")
          .contains("none: there is no such file");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aTokenLogsIn() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + "C: AUTH XOAUTH2 " + xoauth2("access-1") + "\nS: 235 ok\n" + MAIL)) {
      assertThat(line(send(server, "oauth:me"))).startsWith("sent");
      assertThat(provider.forms()).isEmpty();
    }
  }

  @Test
  void aLongTokenGoesInOneLineOrInALineOfItsOwn() throws Exception {
    String long4 = "t".repeat(4096);
    grant(long4, Duration.ofHours(1));
    try (ScriptedServer server =
        new ScriptedServer(HELLO + "C: AUTH XOAUTH2 " + xoauth2(long4) + "\nS: 235 ok\n" + MAIL)) {
      assertThat(line(send(server, "oauth:me"))).startsWith("sent");
    }
    String long20 = "t".repeat(20_000);
    grant(long20, Duration.ofHours(1));
    bench.close();
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + "C: AUTH XOAUTH2\nS: 334\nC: " + xoauth2(long20) + "\nS: 235 ok\n" + MAIL)) {
      assertThat(line(send(server, "oauth:me"))).startsWith("sent");
      assertThat(server.heard()).contains("AUTH XOAUTH2");
    }
  }

  @Test
  void aRefusedTokenIsRenewedAndTriedOnceMore() throws Exception {
    provider.thenTokens("access-2", "");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + "C: AUTH XOAUTH2 "
                + xoauth2("access-1")
                + "\nS: 334 "
                + ERROR
                + "\nC: \nS: 535 5.7.8 no\nC: AUTH XOAUTH2 "
                + xoauth2("access-2")
                + "\nS: 235 ok\n"
                + MAIL)) {
      assertThat(line(send(server, "oauth:me"))).startsWith("sent");
      assertThat(bench.log.text().toString())
          .contains("the server refuses the token: {\"status\":\"401\"")
          .doesNotContain("access-");
      assertThat(alarms).isEmpty();
    }
  }

  @Test
  void twiceRefusedMailWaitsForALoginWithoutConnecting() throws Exception {
    provider.thenTokens("access-2", "");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO
                + "C: AUTH XOAUTH2\nS: 535 5.7.8 first\nC: AUTH XOAUTH2\nS: 535 5.7.8 second\n")) {
      String line = line(send(server, "oauth:me"));

      assertThat(line)
          .startsWith("deferred 4.7.0 ")
          .contains("account me needs a login: 127.0.0.1[127.0.0.1] refused a new token: 535")
          .contains("postrider login me");
      assertThat(alarms).hasSize(1);
      assertThat(server.connections()).isEqualTo(1);

      assertThat(line(send(server, "oauth:me"))).startsWith("deferred 4.7.0 ");
      assertThat(server.connections()).isEqualTo(1);
      assertThat(alarms).hasSize(1);
    }
  }

  @Test
  void aDeadRefreshTokenNeedsALogin() throws Exception {
    provider.then(400, "{\"error\":\"invalid_grant\"}");
    grant("access-1", Duration.ofMinutes(-1));
    try (ScriptedServer server = new ScriptedServer("S: 220 hello")) {
      assertThat(line(send(server, "oauth:me")))
          .startsWith("deferred 4.7.0 ")
          .contains("pretend said invalid_grant");
      assertThat(server.connections()).isZero();
      assertThat(alarms).containsExactly("pretend said invalid_grant");
    }
  }

  @Test
  void mailThatAwaitsALoginIsParkedAndOneMessageAnHourLooks() throws Exception {
    provider.then(400, "{\"error\":\"invalid_grant\"}");
    grant("access-1", Duration.ofMinutes(-1));
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + "C: AUTH XOAUTH2 " + xoauth2("access-2") + "\nS: 235 ok\n" + MAIL)) {
      assertThat(retry(send(server, "oauth:me"))).isEqualTo(new Retry.Parked(Duration.ofHours(1)));
      for (int day = 0; day < 30; day++) {
        DeliveryStatus status = send(server, "oauth:me");
        assertThat(retry(status)).isInstanceOf(Retry.Parked.class);
        assertThat(status.advice()).isNotNull();
        assertThat(status.advice().rule()).isEqualTo("oauth-login");
        assertThat(status.text())
            .contains("account me needs a login: pretend said invalid_grant (run: postrider");
        bench.now = bench.now.plus(Duration.ofDays(1));
      }
      assertThat(bench.accounts.stopped()).hasSize(1);
      assertThat(bench.accounts.stopped().getFirst().kind())
          .isEqualTo(AccountState.Kind.NEEDS_LOGIN);
      assertThat(provider.forms()).as("nobody was asked again").hasSize(1);
      assertThat(server.connections()).isZero();
      assertThat(alarms).hasSize(1);

      grant("access-2", Duration.ofHours(1));
      assertThat(line(send(server, "oauth:me"))).startsWith("sent");
      assertThat(bench.accounts.allWork()).isTrue();
    }
  }

  private static Retry retry(DeliveryStatus status) {
    assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
    return ((DeliveryStatus.Deferred) status).retry();
  }

  @Test
  void aProviderThatIsDownIsNoRefusal() throws Exception {
    provider.then(503, "");
    grant("access-1", Duration.ofMinutes(-1));
    try (ScriptedServer server = new ScriptedServer("S: 220 hello")) {
      assertThat(line(send(server, "oauth:me")))
          .startsWith("deferred 4.7.0 ")
          .contains("no new token: 127.0.0.1: HTTP status 503");
      assertThat(alarms).isEmpty();
    }
  }

  @Test
  void aServerThatIsBusyLeavesTheTokenAlone() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(HELLO + "C: AUTH XOAUTH2\nS: 454 4.7.0 later\n")) {
      assertThat(line(send(server, "oauth:me"))).startsWith("deferred 4.7.0 ").contains("later");
      assertThat(provider.forms()).isEmpty();
    }
  }

  @Test
  void aTokenIsNotGivenToMechanismsForPasswords() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(HELLO.replace("PLAIN XOAUTH2", "PLAIN LOGIN"))) {
      assertThat(line(send(server, "oauth:me"))).startsWith("deferred 4.7.0 ");
      assertThat(bench.log.text().toString())
          .contains(
              "the server offers only PLAIN LOGIN; for a token there are OAUTHBEARER XOAUTH2");
      assertThat(server.heard().toString()).doesNotContain("AUTH ");
    }
  }

  @Test
  void aFilterThatNamesTokensAloneTakesPasswordsForTokens() throws Exception {
    bench.set("smtp_sasl_mechanism_filter", "xoauth2");
    try (ScriptedServer server =
        new ScriptedServer(
            HELLO + "C: AUTH XOAUTH2 " + xoauth2("from-elsewhere") + "\nS: 235 ok\n" + MAIL)) {
      assertThat(line(send(server, "command:echo from-elsewhere"))).startsWith("sent");
    }
  }

  @Test
  void aLoginCanBeTriedWithoutMail() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(HELLO + "C: AUTH XOAUTH2\nS: 235 ok\nC: QUIT\nS: 221 bye\n")) {
      bench.passwords.put(server.nextHop(), "me@example.com oauth:me");
      List<String> said = new ArrayList<>();

      LoginOutcome worked =
          bench.transport().tryLogin(server.nextHop(), new ReversePath.Null(), said::add);

      assertThat(said)
          .containsExactly(
              "connecting to 127.0.0.1[127.0.0.1]:" + server.port(),
              "in clear: anyone on the way can read what is sent",
              "logged in as me@example.com; nothing was sent");
      assertThat(worked).isEqualTo(LoginOutcome.WORKS);
    }
    try (ScriptedServer server =
        new ScriptedServer(HELLO + "C: AUTH PLAIN\nS: 535 5.7.8 no\nC: QUIT\nS: 221 bye\n")) {
      bench.passwords.put(server.nextHop(), "me@example.com command:echo hunter2");
      List<String> said = new ArrayList<>();

      assertThat(bench.transport().tryLogin(server.nextHop(), new ReversePath.Null(), said::add))
          .isEqualTo(LoginOutcome.REFUSED);
      assertThat(said)
          .contains(
              "failed: SASL authentication failed; server 127.0.0.1[127.0.0.1] said: 535 5.7.8 no");
      assertThat(said.getLast()).contains("refuses user name or password of me@example.com");
    }
  }
}
