package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.tls.NamedGroups;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which groups TLS offers for the exchange of keys. */
@Timeout(60)
class KeyExchangeGroupsTest {
  @Test
  void namesOfMainCfAreJavasAndTheOthersAreLeftOut() {
    assertThat(
            NamedGroups.of(
                List.of("X25519MLKEM768", "X25519", "prime256v1", "P-384", "x25519", "ffdhe2048")))
        .containsExactly("x25519", "secp256r1", "secp384r1", "ffdhe2048");
  }

  @Test
  void onlyWhatMainCfNamesIsOffered() throws Exception {
    try (ClientBench bench = new ClientBench("smtp_tls_security_level", "encrypt");
        TlsServer server = new TlsServer("mx.pem")) {
      server.protocols = List.of("TLSv1.3");
      server.groups = List.of("secp384r1");
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("sent ");

      bench.set("tls_eecdh_auto_curves", "X25519 prime256v1");
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("deferred 4.7.5");

      bench.set("tls_eecdh_auto_curves", "X25519 secp384r1");
      assertThat(ClientBench.line(bench.send(server.nextHop()))).startsWith("sent ");
    }
  }
}
