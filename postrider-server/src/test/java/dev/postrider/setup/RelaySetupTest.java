package dev.postrider.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.config.Registry;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.SubmissionServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelaySetupTest {
  @TempDir private Path root;

  private RelaySetup setup(Map<String, String> settings, String provider, String address) {
    Provider found = ProviderList.shipped().named(provider).orElseThrow();
    SubmissionServer server = found.servers().getFirst();
    return new RelaySetup(
        Config.of(root.resolve("etc/postfix"), settings),
        new Account(address, found, server, address),
        root);
  }

  private void put(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  void aProviderWithTlsFromTheFirstByte() throws IOException {
    put("etc/ssl/certs/ca-certificates.crt", "");
    assertThat(setup(Map.of(), "gmail", "me@gmail.com").settings())
        .containsEntry("relayhost", "[smtp.gmail.com]:465")
        .containsEntry("smtp_tls_wrappermode", "yes")
        .containsEntry("smtp_tls_security_level", "secure")
        .containsEntry("smtp_tls_CAfile", "/etc/ssl/certs/ca-certificates.crt")
        .containsEntry("smtp_sasl_password_maps", "secret:$config_directory/secrets")
        .containsEntry("postrider_relay_sender_maps", "static:me@gmail.com");
  }

  @Test
  void aProviderWithStarttls() {
    assertThat(setup(Map.of(), "icloud", "me@icloud.com").settings())
        .containsEntry("relayhost", "[smtp.mail.me.com]:587")
        .containsEntry("smtp_tls_wrappermode", "no");
  }

  @Test
  void everyParameterExistsForEveryProvider() {
    for (Provider each : ProviderList.shipped().all()) {
      for (String name : setup(Map.of(), each.id(), "me@example.com").settings().keySet()) {
        assertThat(Registry.get().find(name)).as(name).isNotNull();
      }
    }
  }

  @Test
  void loginsForOtherServersStay() {
    Map<String, String> before =
        new HashMap<>(Map.of("smtp_sasl_password_maps", "hash:$config_directory/sasl_passwd"));
    assertThat(setup(before, "gmail", "me@gmail.com").settings())
        .containsEntry(
            "smtp_sasl_password_maps",
            "secret:$config_directory/secrets, hash:$config_directory/sasl_passwd");
    before.put("smtp_sasl_password_maps", "hash:/x, secret:/etc/mine");
    assertThat(setup(before, "gmail", "me@gmail.com").settings())
        .containsEntry("smtp_sasl_password_maps", "hash:/x, secret:/etc/mine");
  }

  @Test
  void sendersOfOtherAccountsStay() {
    String others = "texthash:$config_directory/account_senders, inline:{ {a=b}, {c=d} }";
    Map<String, String> before =
        Map.of("postrider_relay_sender_maps", others + ", static:old@gmail.com");
    assertThat(setup(before, "gmail", "me@gmail.com").settings())
        .containsEntry("postrider_relay_sender_maps", others + ", static:me@gmail.com");
    assertThat(setup(before, "gmail", "old@gmail.com").settings())
        .containsEntry("postrider_relay_sender_maps", before.get("postrider_relay_sender_maps"));
  }

  @Test
  void authoritiesThatAreNamedStay() throws IOException {
    put("etc/ssl/certs/ca-certificates.crt", "");
    RelaySetup setup = setup(Map.of("smtp_tls_CAfile", "/mine"), "gmail", "me@gmail.com");
    assertThat(setup.settings()).doesNotContainKey("smtp_tls_CAfile");
    assertThat(setup.canCheckCertificates()).isTrue();
  }

  @Test
  void withoutAuthoritiesNobodyCanBeTrusted() {
    assertThat(setup(Map.of(), "gmail", "me@gmail.com").canCheckCertificates()).isFalse();
  }

  @Test
  void rootsMailGoesToThePerson() throws IOException {
    put("etc/postfix/main.cf", "compatibility_level = 3.6\n");
    put("etc/aliases", "postmaster: root\nroot: old\n");
    ChangeSet changes = new ChangeSet(root.resolve("etc/postfix"));
    setup(Map.of(), "gmail", "me@gmail.com").addTo(changes, Optional.of("me@gmail.com"));
    changes.make(Instant.EPOCH);
    assertThat(root.resolve("etc/aliases")).hasContent("postmaster: root\nroot: me@gmail.com");
    assertThat(Files.readString(root.resolve("etc/postfix/main.cf")))
        .contains("relayhost = [smtp.gmail.com]:465");
  }

  private Optional<Path> aliasFile(String maps) {
    Config config = Config.of(root.resolve("etc/postfix"), Map.of("alias_maps", maps));
    return new AliasFile(config, root).path();
  }

  @Test
  void aliasesThatAreInNoFileAreLeftAlone() {
    assertThat(aliasFile("ldap:/etc/x.cf")).isEmpty();
    assertThat(aliasFile("nis:x, hash:/etc/a")).contains(root.resolve("etc/a"));
  }
}
