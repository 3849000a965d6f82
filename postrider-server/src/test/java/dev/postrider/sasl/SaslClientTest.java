package dev.postrider.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaslClientTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void cramMd5AnswersTheExampleOfItsStandard() throws SaslException { // RFC 2195 §2
    CramMd5 client = new CramMd5(new Credentials("tim", "tanstaaftanstaaf"));
    assertThat(text(client.respond(bytes("<1896.697170952@postoffice.reston.mci.net>"))))
        .isEqualTo("tim b913a602c7eda7a495b4e6e7334d3890");
  }

  private static final String SERVER_FIRST =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

  private static Scram scram() {
    return new Scram("SHA-256", new Credentials("user", "pencil"), "rOprNGfwEbeRWgbNEkqO");
  }

  @Test
  void scramAnswersTheExampleOfItsStandard() throws SaslException { // RFC 7677 §3
    Scram client = scram();
    assertThat(text(client.initialResponse())).isEqualTo("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    assertThat(text(client.respond(bytes(SERVER_FIRST))))
        .isEqualTo(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(client.isComplete()).isFalse();
    assertThat(client.respond(bytes("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))).isEmpty();
    assertThat(client.isComplete()).isTrue();
  }

  @Test
  void aServerThatDoesNotKnowThePasswordIsFoundOut() throws SaslException {
    Scram client = scram();
    byte[] _ = client.respond(bytes(SERVER_FIRST));
    assertThatThrownBy(
            () -> client.respond(bytes("v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")))
        .isInstanceOf(SaslException.class)
        .hasMessageContaining("could not prove");
  }

  @Test
  void aServerWithAnotherNonceOrTooFewOrTooManyRoundsIsRefused() {
    for (String first :
        List.of(
            "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            SERVER_FIRST.replace("i=4096", "i=1"),
            SERVER_FIRST.replace("i=4096", "i=2000000000"),
            "s=AA==,i=4096",
            "")) {
      assertThatThrownBy(() -> scram().respond(bytes(first)))
          .as(first)
          .isInstanceOf(SaslException.class);
    }
  }

  @Test
  void theStrongestAllowedMechanismIsTaken() {
    Credentials me = new Credentials("me", "pw");
    List<String> all = List.of("LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-1", "scram-sha-256");
    assertThat(new MechanismChoice(all, List.of()).strongest(me).orElseThrow().mechanism())
        .isEqualTo("SCRAM-SHA-256");
    assertThat(
            new MechanismChoice(List.of("LOGIN", "PLAIN", "CRAM-MD5"), List.of("noplaintext"))
                .strongest(me)
                .orElseThrow()
                .mechanism())
        .isEqualTo("CRAM-MD5");
    MechanismChoice none = new MechanismChoice(List.of("LOGIN", "PLAIN"), List.of("noplaintext"));
    assertThat(none.strongest(me)).isEmpty();
    assertThat(none.obstacle(me)).isEqualTo("noplaintext");
    assertThat(new MechanismChoice(List.of("GSSAPI"), List.of()).obstacle(me)).isEmpty();
  }

  @Test
  void aPasswordIsNeverPrinted() {
    assertThat(new Credentials("me", "secret").toString()).doesNotContain("secret");
  }
}
