package dev.postrider.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.ReadRights;
import dev.postrider.secret.Secret;
import dev.postrider.secret.Secrets;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Leave is given by device code and by browser. */
@Timeout(60)
class PersonLoginTest {
  @TempDir private Path data;

  private PretendProvider provider;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private final List<Duration> pauses = new ArrayList<>();
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> pasted = new LinkedBlockingQueue<>();

  /** Never waits, and passes the time. */
  private final LoginTalk talk =
      new LoginTalk() {
        @Override
        public void say(String line) {
          said.add(line);
        }

        @Override
        public boolean pause(Duration time) {
          pauses.add(time);
          now = now.plus(time);
          return true;
        }

        @Override
        public Optional<String> pasted() {
          try {
            return Optional.of(pasted.take());
          } catch (InterruptedException _) {
            return Optional.empty();
          }
        }
      };

  @BeforeEach
  void begin() throws Exception {
    provider = new PretendProvider();
  }

  @AfterEach
  void end() throws Exception {
    provider.close();
  }

  private PersonLogin login() {
    return new PersonLogin(
        new TokenStore(data),
        new TokenClient(
            new HttpEndpoint(Duration.ofSeconds(20)),
            Secrets.of(Map.of(), ReadRights.own()),
            () -> now),
        () -> now,
        talk);
  }

  private LoginRequest request() {
    return new LoginRequest(
        "me@example.com", provider.provider(), new OAuthClient("client-1", Optional.empty()));
  }

  private String failure(LoginOutcome outcome) throws Exception {
    assertThat(new TokenStore(data).accounts()).isEmpty();
    return outcome instanceof LoginOutcome.Failed(var reason) ? reason : "none";
  }

  private PretendProvider deviceCode() {
    return provider.then(
        200,
        "{\"device_code\":\"dev-1\",\"user_code\":\"ABCD-EFGH\",\"verification_uri\":"
            + "\"https://example.com/device\",\"interval\":5,\"expires_in\":900}");
  }

  @Test
  void aDeviceCodeIsShownAndAskedForUntilItIsTypedIn() throws Exception {
    deviceCode()
        .then(400, "{\"error\":\"authorization_pending\"}")
        .then(400, "{\"error\":\"slow_down\"}")
        .then(400, "{\"error\":\"authorization_pending\"}")
        .then(503, "")
        .thenTokens("access-1", "refresh-1");

    LoginOutcome outcome = login().byDevice(request());

    assertThat(outcome).isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(String.join("\n", said)).contains("https://example.com/device", "ABCD-EFGH");
    assertThat(pauses.stream().map(Duration::toSeconds)).containsExactly(5L, 5L, 10L, 10L, 20L);
    assertThat(provider.forms().get(0))
        .isEqualTo(Map.of("path", "/device", "client_id", "client-1", "scope", "mail"));
    assertThat(provider.forms().get(1))
        .isEqualTo(
            Map.of(
                "path", "/token",
                "client_id", "client-1",
                "device_code", "dev-1",
                "grant_type", "urn:ietf:params:oauth:grant-type:device_code"));
    Grant kept = new TokenStore(data).load("me@example.com").orElseThrow();
    assertThat(kept.refresh()).contains(Secret.of("refresh-1"));
    assertThat(kept.access().orElseThrow().token()).isEqualTo(Secret.of("access-1"));
  }

  @ParameterizedTest
  @CsvSource({
    "access_denied,refused at the provider's page",
    "authorization_declined,refused at the provider's page",
    "expired_token,ran out",
    "invalid_client,pretend said invalid_client"
  })
  void aDeviceCodeThatComesToNothingSaysWhy(String error, String words) throws Exception {
    deviceCode().then(400, "{\"error\":\"" + error + "\"}");

    assertThat(failure(login().byDevice(request()))).contains(words);
  }

  @Test
  void aDeviceCodeRunsOut() throws Exception {
    deviceCode();
    for (int i = 0; i < 200; i++) {
      provider.then(400, "{\"error\":\"authorization_pending\"}");
    }

    assertThat(failure(login().byDevice(request()))).contains("ran out");
    assertThat(pauses).hasSize(180);
  }

  @Test
  void aPageThatIsNoneIsNotShown() throws Exception {
    provider.then(
        200,
        "{\"device_code\":\"d\",\"user_code\":\"U\",\"verification_uri\":\"javascript:alert(1)\"}");

    assertThat(failure(login().byDevice(request()))).contains("no page");
  }

  @Test
  void aRefusedScopeIsSaid() throws Exception {
    provider.then(
        400,
        "{\"error\":\"invalid_scope\",\"error_description\":\"Invalid device flow scope: mail\"}");

    assertThat(failure(login().byDevice(request()))).contains("Invalid device flow scope");
  }

  /** A browser login that runs beside the test. */
  private final class Running {
    final BlockingQueue<LoginOutcome> outcome = new LinkedBlockingQueue<>();
    final URI page;
    final Map<String, String> query = new TreeMap<>();

    Running() throws Exception {
      Thread.ofVirtual()
          .start(() -> {
            try {
              outcome.add(login().byBrowser(request(), Duration.ofSeconds(30), 0));
            } catch (Exception e) {
              outcome.add(new LoginOutcome.Failed("broke: " + e));
            }
          });
      String line = said.poll(20, TimeUnit.SECONDS);
      while (line != null && !line.startsWith("http")) {
        line = said.poll(20, TimeUnit.SECONDS);
      }
      page = URI.create(String.valueOf(line));
      for (String pair : page.getRawQuery().split("&")) {
        String[] both = pair.split("=", 2);
        query.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
    }

    String redirect(String rest) {
      return query.get("redirect_uri") + "?" + rest;
    }

    int open(String address) throws Exception {
      try (HttpClient browser = HttpClient.newHttpClient()) {
        return browser
            .send(
                HttpRequest.newBuilder(URI.create(address)).build(),
                HttpResponse.BodyHandlers.ofString())
            .statusCode();
      }
    }

    LoginOutcome end() throws Exception {
      LoginOutcome ended = outcome.poll(30, TimeUnit.SECONDS);
      assertThat(ended).isNotNull();
      return ended;
    }
  }

  @Test
  void aBrowserComesBackWithACodeThatIsGoodWithOurSecretOnly() throws Exception {
    provider.thenTokens("access-1", "refresh-1");
    Running running = new Running();
    assertThat(running.page.toString()).startsWith(provider.at("/authorize").toString());
    assertThat(running.query)
        .containsEntry("response_type", "code")
        .containsEntry("client_id", "client-1")
        .containsEntry("code_challenge_method", "S256")
        .containsEntry("scope", "mail")
        .containsEntry("login_hint", "me@example.com")
        .containsEntry("access_type", "offline");
    assertThat(running.query.get("redirect_uri")).matches("http://127\\.0\\.0\\.1:[0-9]+/");

    assertThat(running.open(running.redirect("code=c%2B1&state=" + running.query.get("state"))))
        .isEqualTo(200);

    assertThat(running.end()).isInstanceOf(LoginOutcome.LoggedIn.class);
    Map<String, String> form = provider.forms().getFirst();
    assertThat(form)
        .containsEntry("grant_type", "authorization_code")
        .containsEntry("code", "c+1")
        .containsEntry("redirect_uri", running.query.get("redirect_uri"));
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(form.get("code_verifier").getBytes(StandardCharsets.US_ASCII));
    assertThat(Base64.getUrlEncoder().withoutPadding().encodeToString(hash))
        .isEqualTo(running.query.get("code_challenge"));
  }

  @Test
  void anAnswerToAnotherQuestionIsNotTaken() throws Exception {
    provider.thenTokens("access-1", "refresh-1");
    Running running = new Running();

    assertThat(running.open(running.redirect("code=evil&state=guessed"))).isEqualTo(400);
    assertThat(running.open(running.redirect("code=evil"))).isEqualTo(400);
    assertThat(running.open(running.query.get("redirect_uri") + "favicon.ico")).isEqualTo(404);
    assertThat(running.outcome).isEmpty();
    pasted.add("http://127.0.0.1:1/?code=evil&state=other");
    assertThat(running.open(running.redirect("code=good&state=" + running.query.get("state"))))
        .isEqualTo(200);

    assertThat(running.end()).isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(provider.forms()).hasSize(1);
    assertThat(provider.forms().getFirst()).containsEntry("code", "good");
  }

  @Test
  void theAddressCanBePasted() throws Exception {
    provider.thenTokens("access-1", "");
    Running running = new Running();

    pasted.add("");
    pasted.add(" " + running.redirect("state=" + running.query.get("state") + "&code=c-1") + " ");

    assertThat(running.end()).isInstanceOf(LoginOutcome.LoggedIn.class);
    assertThat(provider.forms().getFirst()).containsEntry("code", "c-1");
  }

  @Test
  void aRefusalAtThePageIsSaid() throws Exception {
    Running running = new Running();

    assertThat(
            running.open(
                running.redirect("error=access_denied&state=" + running.query.get("state"))))
        .isEqualTo(200);

    assertThat(failure(running.end())).contains("refused at the provider's page");
  }
}
