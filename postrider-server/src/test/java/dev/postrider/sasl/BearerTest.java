package dev.postrider.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens: OAUTHBEARER (RFC 7628) and XOAUTH2. */
class BearerTest {
  private static final MechanismChoice.Server SERVER =
      new MechanismChoice.Server("smtp.example.com", 587);
  private static final Credentials TOKEN =
      new Credentials("me,=@example.com", "ya29.token", Credentials.Kind.TOKEN);

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }

  private static Optional<SaslClient> choose(
      Credentials login, boolean passwordsAreTokens, String... offered) {
    return new MechanismChoice(List.of(offered), List.of(), SERVER, passwordsAreTokens)
        .strongest(login);
  }

  @Test
  void theStandardFormNamesUserAndServer() {
    assertThat(text(new Bearer("OAUTHBEARER", TOKEN, SERVER).initialResponse()))
        .isEqualTo(
            "n,a=me=2C=3D@example.com,\1host=smtp.example.com\1port=587\1"
                + "auth=Bearer ya29.token\1\1");
  }

  @Test
  void theOlderFormNamesTheUser() {
    assertThat(text(new Bearer("XOAUTH2", TOKEN, SERVER).initialResponse()))
        .isEqualTo("user=me,=@example.com\1auth=Bearer ya29.token\1\1");
  }

  @Test
  void aRefusalIsAnsweredAsEachFormWantsIt() throws Exception {
    byte[] error = "{\"status\":\"401\"}".getBytes(StandardCharsets.UTF_8);
    Bearer standard = new Bearer("OAUTHBEARER", TOKEN, SERVER);
    Bearer older = new Bearer("XOAUTH2", TOKEN, SERVER);

    assertThat(standard.respond(error)).containsExactly(1);
    assertThat(older.respond(error)).isEmpty();
    assertThat(older.refusal()).isEqualTo("{\"status\":\"401\"}");
    assertThatThrownBy(() -> older.respond(error)).isInstanceOf(SaslException.class);
  }

  @Test
  void aRefusalThatRepeatsTheTokenDoesNotTellIt() throws Exception {
    Bearer client = new Bearer("XOAUTH2", TOKEN, SERVER);

    byte[] _ = client.respond("bad ya29.token\r\n".getBytes(StandardCharsets.UTF_8));

    assertThat(client.refusal()).isEqualTo("bad ********  ");
  }

  @Test
  void anEmptyChallengeAsksForTheToken() throws Exception {
    Bearer client = new Bearer("XOAUTH2", TOKEN, SERVER);

    assertThat(client.respond(new byte[0])).isEqualTo(client.initialResponse());
    assertThat(client.refusal()).isEmpty();
    assertThat(client.respond(new byte[0])).isEmpty();
    assertThat(client.refusal()).isEqualTo("(nothing)");
  }

  @Test
  void aTokenIsGivenToItsOwnMechanismsOnly() {
    assertThat(choose(TOKEN, false, "PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"))
        .hasValueSatisfying(client -> assertThat(client.mechanism()).isEqualTo("OAUTHBEARER"));
    assertThat(choose(TOKEN, false, "PLAIN", "LOGIN", "SCRAM-SHA-256")).isEmpty();
  }

  @Test
  void aPasswordIsATokenOnlyIfNothingElseIsAskedFor() {
    Credentials password = new Credentials("me", "hunter2");

    assertThat(choose(password, false, "XOAUTH2")).isEmpty();
    assertThat(choose(password, false, "XOAUTH2", "PLAIN"))
        .hasValueSatisfying(client -> assertThat(client.mechanism()).isEqualTo("PLAIN"));
    assertThat(choose(password, true, "XOAUTH2"))
        .hasValueSatisfying(client -> assertThat(client.mechanism()).isEqualTo("XOAUTH2"));
  }

  @Test
  void theOptionsForPlainTextCountForTokensToo() {
    MechanismChoice choice =
        new MechanismChoice(List.of("XOAUTH2"), List.of("noplaintext"), SERVER, false);

    assertThat(choice.strongest(TOKEN)).isEmpty();
    assertThat(choice.obstacle(TOKEN)).isEqualTo("noplaintext");
  }
}
