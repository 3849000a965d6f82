package dev.postrider.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderListTest {
  private final ProviderList list = ProviderList.shipped();

  @Test
  void noDomainBelongsToTwo() {
    Map<String, String> owners = new HashMap<>();
    for (Provider each : list.all()) {
      for (String domain : each.domains()) {
        assertThat(owners.put(domain, each.id())).as(domain).isNull();
      }
    }
  }

  @Test
  void whatItSaysIsWhole() {
    assertThat(list.version()).matches("\\d{4}-\\d\\d-\\d\\d");
    for (Provider each : list.all()) {
      assertThat(each.name()).as(each.id()).isNotBlank();
      for (SubmissionServer server : each.servers()) {
        assertThat(server.host()).as(each.id()).matches("[A-Za-z0-9.-]+\\.[a-z]+");
        // 465 and 443 are TLS from the first byte, 587 and 25 begin in clear.
        assertThat(server.security() == SubmissionServer.Security.IMPLICIT)
            .as(server.nextHop())
            .isEqualTo(server.port() == 465 || server.port() == 443);
      }
      for (CredentialKind credential : each.credentials()) {
        if (credential.kind() == CredentialKind.Kind.APP_PASSWORD
            || credential.kind() == CredentialKind.Kind.KEY) {
          assertThat(credential.page()).as(each.id()).startsWith("https://");
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gmail.com, gmail",
    "GoogleMail.com, gmail",
    "me.com, icloud",
    "fastmail.fm, fastmail",
    "hotmail.co.uk, outlook",
    "yahoo.de, yahoo",
    "aol.com, aol",
    "pm.me, proton",
    "zoho.eu, zoho-eu",
    "gmx.at, gmx",
    "gmx.com, gmx-com",
    "web.de, webde",
    "posteo.net, posteo",
    "contoso.onmicrosoft.com, -",
    "example.com, -",
    "notgmail.com, -"
  })
  void domains(String domain, String id) {
    assertThat(list.ofDomain(domain).map(Provider::id)).isEqualTo(expected(id));
  }

  @ParameterizedTest
  @CsvSource({
    "ASPMX.L.GOOGLE.COM, google-workspace",
    "alt1.aspmx.l.google.com, google-workspace",
    "smtp.google.com, google-workspace",
    "mx01.mail.icloud.com, icloud",
    "in1-smtp.messagingengine.com, fastmail",
    "example-com.mail.protection.outlook.com, microsoft365",
    "hotmail-com.olc.protection.outlook.com, outlook",
    "mta5.am0.yahoodns.net, yahoo",
    "mail.protonmail.ch, proton",
    "mx.zoho.eu, zoho-eu-own-domain",
    "mx00.ionos.de, ionos",
    "mx1.mail.ovh.net, ovh",
    "www123.your-server.de, hetzner",
    "aspmx1.migadu.com, migadu",
    "mail.example.com, -",
    "evilmigadu.com, -"
  })
  void mxHosts(String host, String id) {
    assertThat(list.ofMx(host).map(Provider::id)).isEqualTo(expected(id));
  }

  @ParameterizedTest
  @CsvSource({
    "smtp.gmail.com, gmail",
    "smtp.mail.me.com, icloud",
    "email-smtp.eu-west-1.amazonaws.com, ses",
    "smtp.office365.com, microsoft365",
    "smtp.example.com, -"
  })
  void servers(String host, String id) {
    assertThat(list.ofServer(host).map(Provider::id)).isEqualTo(expected(id));
  }

  private static Optional<String> expected(String id) {
    return id.equals("-") ? Optional.empty() : Optional.of(id);
  }

  @Test
  void logins() {
    assertThat(list.named("gmail").orElseThrow().login().of("me@gmail.com"))
        .contains("me@gmail.com");
    assertThat(list.named("sendgrid").orElseThrow().login().of("me@example.com"))
        .contains("apikey");
    assertThat(list.named("ses").orElseThrow().login().of("me@example.com")).isEmpty();
    assertThat(new LoginName.LocalPart().of("me@web.de")).contains("me");
  }

  @Test
  void oneThatRepeatsAnotherHasItsOwnServersOnly() {
    Provider zoho = list.named("zoho-eu").orElseThrow();
    assertThat(zoho.servers()).extracting(SubmissionServer::host).containsOnly("smtp.zoho.eu");
    assertThat(zoho.notes()).isEqualTo(list.named("zoho").orElseThrow().notes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name x | must come first",
        "provider A | small letters",
        "provider a;also b | no such provider",
        "provider a;server h:25 clear | tls or starttls",
        "provider a;server h | HOST:PORT",
        "provider a;server h:0 tls | no server",
        "provider a;login fixed | address, local",
        "provider a;colour red | no such word",
        "provider a;name x | no server, or nothing"
      })
  void mistakesAreNamed(String text, String message) {
    assertThatThrownBy(() -> ProviderList.parse(text.replace(';', '\n')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
