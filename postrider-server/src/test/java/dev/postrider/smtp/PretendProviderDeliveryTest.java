package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.daemon.PretendProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PretendProviderDeliveryTest {
  @Test
  void takesMailOverVerifiedTlsAndALogin(@TempDir Path directory) throws Exception {
    Path authority =
        Files.writeString(directory.resolve("ca.pem"), PretendProvider.certificatePem());
    try (PretendProvider provider = PretendProvider.start("me@provider.test", "pw");
        ClientBench bench =
            new ClientBench(
                "smtp_tls_security_level", "secure",
                "smtp_tls_CAfile", authority.toString(),
                "smtp_sasl_auth_enable", "yes",
                "smtp_sasl_tls_security_options", "noanonymous")) {
      bench.dns.address("localhost", "127.0.0.1");
      bench.passwords.put("localhost", "me@provider.test:pw");

      String fate = ClientBench.line(bench.send("[localhost]:" + provider.port()));

      assertThat(fate).isEqualTo("sent 2.0.0 (250 2.0.0 Ok: kept by the pretend provider)");
      assertThat(provider.received())
          .containsExactly(
              new PretendProvider.Received(
                  "me@provider.test",
                  "a@example.com",
                  java.util.List.of("b@example.net"),
                  ClientBench.MESSAGE,
                  true));
    }
  }
}
