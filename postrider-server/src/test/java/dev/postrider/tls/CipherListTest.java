package dev.postrider.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CipherListTest {
  private static final String GCM = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
  private static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  private static final String DHE = "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256";
  private static final String CBC = "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA";
  private static final String RSA = "TLS_RSA_WITH_AES_256_CBC_SHA256";
  private static final String NEW = "TLS_AES_256_GCM_SHA384";
  private static final List<String> OFFERED = List.of(NEW, GCM, ECDSA, DHE, CBC, RSA);

  private static List<String> chosen(String list, String... excluded) {
    return new CipherChoice(list, List.of(excluded)).from(OFFERED);
  }

  @Test
  void kindsAndTheirCombinationsAreChosen() {
    assertThat(chosen("HIGH:!aNULL:@STRENGTH")).isEqualTo(OFFERED);
    assertThat(chosen("kEECDH+AESGCM")).containsExactly(NEW, GCM, ECDSA);
    assertThat(chosen("ECDSA")).containsExactly(NEW, ECDSA);
    assertThat(chosen("aRSA+CHACHA20,kRSA SHA1")).containsExactly(NEW, DHE, CBC, RSA);
    assertThat(chosen("AES128+SHA")).containsExactly(NEW, CBC);
    assertThat(chosen("MEDIUM:3DES:RC4")).containsExactly(NEW);
    assertThat(chosen("SHA256")).containsExactly(NEW, RSA);
    assertThat(chosen("TLSv1.2+AES256")).containsExactly(NEW, GCM, RSA);
  }

  @Test
  void suitesAreChosenByTheirName() {
    assertThat(chosen("ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305"))
        .containsExactly(NEW, GCM, DHE);
    assertThat(chosen(CBC)).containsExactly(NEW, CBC);
  }

  @Test
  void whatIsBannedDoesNotComeBackWhatIsTakenOutMay() {
    assertThat(chosen("!AES:ALL")).containsExactly(NEW, DHE);
    assertThat(chosen("ALL:-AES:AES128")).containsExactly(NEW, ECDSA, DHE, CBC);
    assertThat(chosen("ALL:!AES:AES128")).containsExactly(NEW, DHE);
    assertThat(chosen("ALL:+AES")).isEqualTo(OFFERED);
  }

  @Test
  void exclusionsAreBans() {
    assertThat(chosen("", "aNULL", "MD5", "kRSA")).containsExactly(NEW, GCM, ECDSA, DHE, CBC);
    assertThat(chosen("HIGH", "DHE", "SHA1+aRSA")).containsExactly(NEW, GCM, ECDSA, RSA);
    assertThat(chosen("")).isEqualTo(OFFERED);
  }

  @Test
  void theSuitesOfTls13AreAlwaysOfferedAsOpenSslDoesIt() {
    assertThat(chosen("kDH", "AES256")).containsExactly(NEW);
  }
}
