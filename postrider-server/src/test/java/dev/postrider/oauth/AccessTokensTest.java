package dev.postrider.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.ReadRights;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretSource;
import dev.postrider.secret.Secrets;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens are renewed in time, once, and what cannot be renewed is said once. */
@Timeout(60)
class AccessTokensTest {
  private static final String ACCOUNT = "me@example.com";
  private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir private Path data;

  private PretendProvider provider;
  private TokenStore store;
  private AccessTokens tokens;
  private Instant now = START;
  private final List<String> alarms = new ArrayList<>();

  private final LoginAlarm alarm =
      new LoginAlarm() {
        @Override
        public synchronized void needsLogin(String account, String reason) {
          alarms.add(account + ": " + reason);
        }

        @Override
        public synchronized void worksAgain(String account) {
          alarms.add(account + " works");
        }
      };

  @BeforeEach
  void begin() throws Exception {
    provider = new PretendProvider();
    store = new TokenStore(data);
    tokens = tokens(Duration.ofSeconds(20));
    save(Duration.ofHours(1));
  }

  @AfterEach
  void end() throws Exception {
    provider.close();
  }

  private AccessTokens tokens(Duration patience) {
    return new AccessTokens(
        store,
        new TokenClient(
            new HttpEndpoint(patience),
            Secrets.of(Map.of("CLIENT_SECRET", "shh"), ReadRights.own()),
            () -> now),
        () -> now,
        alarm);
  }

  private void save(Duration life) throws Exception {
    save(life, provider.provider(), Optional.empty());
  }

  private void save(
      Duration life, IdentityProvider identity, Optional<SecretSource.Stored> clientSecret)
      throws Exception {
    store.save(
        new Grant(
            ACCOUNT,
            identity,
            new OAuthClient("client-1", clientSecret),
            Optional.of(Secret.of("refresh-1")),
            Optional.of(new Grant.Access(Secret.of("access-1"), now, now.plus(life))),
            Optional.empty()));
  }

  private String token() {
    return text(tokens.token(ACCOUNT));
  }

  private static String text(TokenAnswer answer) {
    return switch (answer) {
      case TokenAnswer.Token(var token) -> token.text();
      case TokenAnswer.NeedsLogin(_, var reason) -> "needs login: " + reason;
      case TokenAnswer.Unavailable(var reason) -> "unavailable: " + reason;
    };
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aTokenIsUsedUntilTenMinutesBeforeItsEnd() {
    assertThat(token()).isEqualTo("access-1");
    pass(Duration.ofMinutes(49));
    assertThat(token()).isEqualTo("access-1");
    assertThat(provider.forms()).isEmpty();

    provider.thenTokens("access-2", "");
    pass(Duration.ofMinutes(2));

    assertThat(token()).isEqualTo("access-2");
    assertThat(provider.forms().getFirst())
        .isEqualTo(
            Map.of(
                "path", "/token",
                "grant_type", "refresh_token",
                "refresh_token", "refresh-1",
                "client_id", "client-1"));
  }

  @Test
  void theOldRefreshTokenStaysWhereNoneComesBack() throws Exception {
    provider.thenTokens("access-2", "").thenTokens("access-3", "");
    pass(Duration.ofHours(2));
    assertThat(token()).isEqualTo("access-2");

    pass(Duration.ofHours(2));

    assertThat(token()).isEqualTo("access-3");
    assertThat(provider.forms().getLast()).containsEntry("refresh_token", "refresh-1");
  }

  @Test
  void aNewRefreshTokenIsOnTheDiskBeforeItsAccessTokenIsUsed() throws Exception {
    provider.thenTokens("access-2", "refresh-2").thenTokens("access-3", "refresh-3");
    pass(Duration.ofHours(2));
    assertThat(token()).isEqualTo("access-2");
    assertThat(store.load(ACCOUNT).orElseThrow().refresh()).contains(Secret.of("refresh-2"));

    // As after a crash: nothing but the file is left.
    tokens = tokens(Duration.ofSeconds(20));
    assertThat(token()).isEqualTo("access-2");
    pass(Duration.ofHours(2));

    assertThat(token()).isEqualTo("access-3");
    assertThat(provider.forms().getLast()).containsEntry("refresh_token", "refresh-2");
  }

  @Test
  void whereItCannotBeKeptANewTokenIsNotUsed() throws Exception {
    provider.thenTokens("access-2", "refresh-2");
    pass(Duration.ofHours(2));
    Path directory = data.resolve("oauth");
    // A directory in the place of the temporary file's target: nobody can rename over it.
    Path file = directory.resolve("me@example.com.json");
    byte[] before = Files.readAllBytes(file);
    CountDownLatch held = new CountDownLatch(1);
    provider.holdAt(held);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer = threads.submit(this::token);
      awaitForms(1);
      Files.delete(file);
      Files.createDirectory(file);
      Files.createFile(file.resolve("in-the-way"));
      held.countDown();

      assertThat(answer.get()).startsWith("unavailable: ").doesNotContain("access-2");
    }
    Files.delete(file.resolve("in-the-way"));
    Files.delete(file);
    Files.write(file, before);
  }

  private void awaitForms(int count) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (provider.forms().size() < count && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(provider.forms()).hasSize(count);
  }

  @Test
  void manyWhoNeedATokenAskOnce() throws Exception {
    pass(Duration.ofHours(2));
    CountDownLatch held = new CountDownLatch(1);
    provider.holdAt(held);
    provider.thenTokens("access-2", "refresh-2");
    // Two instances, as two processes would have them.
    List<AccessTokens> both = List.of(tokens, tokens(Duration.ofSeconds(20)));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> asking = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        AccessTokens one = both.get(i % 2);
        asking.add(() -> text(one.token(ACCOUNT)));
      }
      List<Future<String>> answers = asking.stream().map(threads::submit).toList();
      awaitForms(1);
      held.countDown();
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo("access-2");
      }
    }
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void aRefusedTokenIsRenewedOnceForAllWhoHadIt() {
    provider.thenTokens("access-2", "");
    Secret refused = Secret.of("access-1");

    assertThat(text(tokens.inPlaceOf(ACCOUNT, refused))).isEqualTo("access-2");
    assertThat(text(tokens.inPlaceOf(ACCOUNT, refused))).isEqualTo("access-2");
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void invalidGrantNeedsALoginAndRaisesOneAlarm() throws Exception {
    provider.then(
        400, "{\"error\":\"invalid_grant\",\"error_description\":\"Token refresh-1 revoked.\"}");
    pass(Duration.ofHours(2));

    for (int i = 0; i < 3; i++) {
      assertThat(token())
          .isEqualTo(
              "needs login: account me@example.com needs a login: pretend said invalid_grant: Token"
                  + " ******** revoked. (run: postrider login me@example.com)");
    }
    assertThat(tokens.obstacle(ACCOUNT)).isPresent();
    assertThat(provider.forms()).hasSize(1);
    assertThat(alarms)
        .containsExactly("me@example.com: pretend said invalid_grant: Token ******** revoked.");

    // A restart raises no second one.
    tokens = tokens(Duration.ofSeconds(20));
    assertThat(token()).startsWith("needs login");
    assertThat(alarms).hasSize(1);
    assertThat(AccountState.all(store).getFirst().word()).isEqualTo("needs-login");

    // After a login it works.
    save(Duration.ofHours(1));
    assertThat(token()).isEqualTo("access-1");
    assertThat(AccountState.all(store).getFirst().word()).isEqualTo("ok");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"temporarily_unavailable\"}",
        "{\"error\":\"something_new\"}",
        "<html>down</html>",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"with space\",\"expires_in\":60}",
        "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
        "{\"access_token\":",
        "[1,2]",
        ""
      })
  void whatIsNoPlainRefusalIsTemporary(String body) {
    provider.then(200, body);
    pass(Duration.ofHours(2));

    assertThat(token()).startsWith("unavailable: account me@example.com: no new token: ");
    // Rests, and then tries again.
    assertThat(token()).startsWith("unavailable: ");
    assertThat(provider.forms()).hasSize(1);
    pass(Duration.ofSeconds(31));
    provider.thenTokens("access-2", "");
    assertThat(token()).isEqualTo("access-2");
    assertThat(alarms).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void anErrorOfTheServerIsTemporaryWhateverItSays(int status) {
    provider.then(status, "{\"error\":\"invalid_grant\"}");
    pass(Duration.ofHours(2));

    assertThat(token()).contains("unavailable").contains("HTTP status " + status);
  }

  @Test
  void aHugeAnswerIsNotTaken() {
    provider.then(200, "{\"access_token\":\"" + "x".repeat(1 << 20) + "\"}");
    pass(Duration.ofHours(2));

    assertThat(token()).startsWith("unavailable: ");
  }

  @Test
  void aRedirectIsNotFollowed() {
    provider.then(302, provider.at("/elsewhere").toString());
    pass(Duration.ofHours(2));

    assertThat(token()).startsWith("unavailable: ");
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void anAnswerThatIsCutShortIsTemporary() {
    provider.cutShort();
    provider.thenTokens("access-2", "");
    pass(Duration.ofHours(2));

    assertThat(token()).startsWith("unavailable: ");
  }

  @Test
  void aProviderThatIsSilentOrAwayIsTemporary() throws Exception {
    provider.holdAt(new CountDownLatch(1));
    pass(Duration.ofHours(2));
    tokens = tokens(Duration.ofMillis(300));
    assertThat(token()).startsWith("unavailable: ").contains("no answer within");

    URI nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
    }
    save(
        Duration.ofMinutes(-1),
        new IdentityProvider(
            "away", Optional.empty(), nobody, Optional.empty(), "mail", Map.of(), ""),
        Optional.empty());
    tokens = tokens(Duration.ofSeconds(20));
    assertThat(token()).startsWith("unavailable: ").contains("127.0.0.1: no connection");
    assertThat(alarms).isEmpty();
  }

  @Test
  void aTokenThatStillWorksIsUsedWhileTheProviderIsDown() {
    provider.then(503, "");
    pass(Duration.ofMinutes(55));

    assertThat(token()).isEqualTo("access-1");
    assertThat(token()).isEqualTo("access-1");
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void aClockThatWasSetBackAsksForANewToken() {
    provider.thenTokens("access-2", "");
    pass(Duration.ofDays(-3));

    assertThat(token()).isEqualTo("access-2");
    assertThat(token()).isEqualTo("access-2");
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void aShortLifeIsNotAllMargin() {
    provider.then(200, "{\"access_token\":\"access-2\",\"expires_in\":\"300\"}");
    pass(Duration.ofHours(2));
    assertThat(token()).isEqualTo("access-2");

    pass(Duration.ofSeconds(200));

    assertThat(token()).isEqualTo("access-2");
    assertThat(provider.forms()).hasSize(1);
  }

  @Test
  void aSecretOfTheClientIsSentAndItsLackIsTemporary() throws Exception {
    save(
        Duration.ofMinutes(-1),
        provider.provider(),
        Optional.of(new SecretSource.Environment("CLIENT_SECRET")));
    provider.thenTokens("access-2", "");
    assertThat(token()).isEqualTo("access-2");
    assertThat(provider.forms().getFirst()).containsEntry("client_secret", "shh");

    save(
        Duration.ofMinutes(-1),
        provider.provider(),
        Optional.of(new SecretSource.Environment("NOT_THERE")));
    assertThat(token()).startsWith("unavailable: ").contains("env:NOT_THERE");
  }

  @Test
  void aServerThatRefusesNewTokensStopsTheAccountForAnHour() {
    assertThat(text(tokens.refused(ACCOUNT, "smtp said 535"))).startsWith("needs login: ");
    assertThat(token()).startsWith("needs login: ").contains("smtp said 535");
    pass(Duration.ofMinutes(20));
    assertThat(token()).startsWith("needs login: ");
    assertThat(provider.forms()).isEmpty();

    // Somebody may have mended a setting there.
    tokens.tryAgain();
    assertThat(token()).isEqualTo("access-1");
    tokens.accepted(ACCOUNT);

    assertThat(token()).isEqualTo("access-1");
    assertThat(alarms).containsExactly("me@example.com: smtp said 535", "me@example.com works");
  }

  @Test
  void anAccountNobodyKnowsNeedsALogin() {
    assertThat(text(tokens.token("you@example.com")))
        .isEqualTo(
            "needs login: account you@example.com needs a login: nobody has logged in yet (run:"
                + " postrider login you@example.com)");
  }

  @Test
  void filesAreForTheirOwnerAlone() throws Exception {
    provider.thenTokens("access-2", "refresh-2");
    pass(Duration.ofHours(2));
    assertThat(token()).isEqualTo("access-2");

    try (Stream<Path> files = Files.walk(data.resolve("oauth"))) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .as(file.toString())
            .endsWith("------");
      }
    }
  }

  @Test
  void aDamagedFileIsSaidWithoutItsContent() throws Exception {
    Path file = data.resolve("oauth/me@example.com.json");
    Files.writeString(file, "{\"account\":\"me@example.com\",\"refresh_token\":\"hunter2\"");

    assertThat(token())
        .startsWith("unavailable: " + file)
        .contains("postrider login me@example.com")
        .doesNotContain("hunter2");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(token()).contains("chmod 600 " + file);
  }

  @Test
  void namesOfAccountsAreNoPaths() throws Exception {
    Grant grant = store.load(ACCOUNT).orElseThrow();
    String odd = "../../etc/ä %2F+x";
    store.save(
        new Grant(
            odd,
            grant.provider(),
            grant.client(),
            grant.refresh(),
            grant.access(),
            grant.problem()));

    assertThat(store.accounts()).containsExactlyInAnyOrder(ACCOUNT, odd);
    assertThat(store.load(odd).orElseThrow().account()).isEqualTo(odd);
    try (Stream<Path> files = Files.walk(data)) {
      assertThat(files.map(Path::getNameCount).max(Integer::compare))
          .contains(data.getNameCount() + 2);
    }
    assertThat(store.remove(odd)).isTrue();
    assertThat(store.accounts()).containsExactly(ACCOUNT);
  }
}
