package dev.postrider.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SilentDns;
import dev.postrider.dns.SrvHost;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscoveryTest {
  private static final String DOCUMENT =
      """
      <?xml version="1.0"?>
      <clientConfig version="1.1">
        <emailProvider id="example.org">
          <domain>example.org</domain>
          <displayName>Example Mail</displayName>
          <incomingServer type="imap"><hostname>imap.example.org</hostname><port>993</port></incomingServer>
          <outgoingServer type="smtp">
            <hostname>plain.example.org</hostname><port>25</port><socketType>plain</socketType>
          </outgoingServer>
          <outgoingServer type="smtp">
            <hostname>smtp.%EMAILDOMAIN%</hostname>
            <port>465</port>
            <socketType>SSL</socketType>
            <username>%EMAILLOCALPART%</username>
            <authentication>OAuth2</authentication>
            <authentication>password-cleartext</authentication>
          </outgoingServer>
          <outgoingServer type="smtp">
            <hostname>smtp.example.org</hostname><port>587</port><socketType>STARTTLS</socketType>
          </outgoingServer>
        </emailProvider>
      </clientConfig>
      """;

  private final Map<String, String> pages = new HashMap<>();
  private final Map<String, List<MxHost>> mx = new HashMap<>();
  private final Map<String, List<SrvHost>> srv = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  private Finding find(String address) {
    return discovery(Optional.of(this::page)).find(address);
  }

  private Discovery discovery(Optional<Web> web) {
    return new Discovery(
        ProviderList.shipped(), web, resolver(), (step, outcome) -> asked.add(step));
  }

  private String page(java.net.URI uri) throws IOException {
    String page = pages.get(uri.toString());
    if (page == null) {
      throw new IOException("HTTP status 404");
    }
    return page;
  }

  private Resolver resolver() {
    return new SilentDns() {
      @Override
      public DnsAnswer<MxHost> mx(String domain) {
        return answer(mx, domain);
      }

      @Override
      public DnsAnswer<SrvHost> srv(String name) {
        return answer(srv, name);
      }
    };
  }

  private static <T> DnsAnswer<T> answer(Map<String, List<T>> records, String name) {
    List<T> found = records.get(name);
    return found == null ? new DnsAnswer.NoData<>() : new DnsAnswer.Found<>(found, false);
  }

  @Test
  void aListedDomainAsksNobody() {
    Finding found = find("somebody@GMAIL.com");
    assertThat(found.source()).isEqualTo(Finding.Source.LIST);
    assertThat(found.provider().id()).isEqualTo("gmail");
    assertThat(asked).containsExactly("the list of providers");
  }

  @Test
  void theMxHostTellsWhoHasTheMail() {
    mx.put(
        "example.com",
        List.of(new MxHost(20, "mail.example.com"), new MxHost(1, "aspmx.l.google.com")));
    assertThat(find("me@example.com").provider().id()).isEqualTo("google-workspace");
  }

  @Test
  void whatTheDomainPublishesComesBeforeThunderbirdsList() {
    pages.put("https://autoconfig.thunderbird.net/v1.1/example.org", DOCUMENT);
    assertThat(find("me@example.org").source()).isEqualTo(Finding.Source.ISPDB);
    pages.put("https://example.org/.well-known/autoconfig/mail/config-v1.1.xml", DOCUMENT);
    assertThat(find("me@example.org").source()).isEqualTo(Finding.Source.PUBLISHED);
    pages.put(
        "https://autoconfig.example.org/mail/config-v1.1.xml?emailaddress=me%2Bx%40example.org",
        DOCUMENT);
    assertThat(find("me+x@example.org").detail()).startsWith("https://autoconfig.example.org/");
  }

  @Test
  void aDocumentIsRead() {
    pages.put("https://autoconfig.thunderbird.net/v1.1/example.org", DOCUMENT);
    Provider found = find("me@example.org").provider();
    assertThat(found.name()).isEqualTo("Example Mail");
    assertThat(found.servers())
        .containsExactly(
            new SubmissionServer("smtp.example.org", 465, SubmissionServer.Security.IMPLICIT),
            new SubmissionServer("smtp.example.org", 587, SubmissionServer.Security.STARTTLS));
    assertThat(found.login().of("me@example.org")).contains("me");
    assertThat(found.credentials())
        .extracting(CredentialKind::kind)
        .containsExactly(CredentialKind.Kind.OAUTH, CredentialKind.Kind.PASSWORD);
  }

  @Test
  void theDomainOfTheMxHostIsAskedToo() {
    mx.put("example.net", List.of(new MxHost(10, "mx1.hosting.co.uk")));
    pages.put("https://autoconfig.thunderbird.net/v1.1/hosting.co.uk", DOCUMENT);
    assertThat(find("me@example.net").source()).isEqualTo(Finding.Source.ISPDB);
  }

  @Test
  void srvRecordsInTheirOrder() {
    srv.put(
        "_submission._tcp.example.com", List.of(new SrvHost(0, 1, 587, "starttls.example.com")));
    assertThat(find("me@example.com").provider().servers())
        .containsExactly(
            new SubmissionServer("starttls.example.com", 587, SubmissionServer.Security.STARTTLS));
    srv.put(
        "_submissions._tcp.example.com",
        List.of(
            new SrvHost(20, 9, 465, "last.example.com"),
            new SrvHost(10, 1, 465, "second.example.com"),
            new SrvHost(10, 5, 4465, "first.example.com")));
    assertThat(find("me@example.com").provider().servers())
        .extracting(SubmissionServer::nextHop)
        .containsExactly(
            "[first.example.com]:4465", "[second.example.com]:465", "[last.example.com]:465");
  }

  @Test
  void aServiceThatIsNotOfferedLeavesTheUsualNames() {
    srv.put("_submissions._tcp.example.com", List.of(new SrvHost(0, 0, 0, "")));
    Finding found = find("me@example.com");
    assertThat(found.source()).isEqualTo(Finding.Source.GUESS);
    assertThat(found.provider().servers())
        .extracting(SubmissionServer::nextHop)
        .containsExactly(
            "[smtp.example.com]:465",
            "[smtp.example.com]:587",
            "[mail.example.com]:465",
            "[mail.example.com]:587");
  }

  @Test
  void withoutTheWebOnlyTheDnsIsAsked() {
    assertThat(discovery(Optional.empty()).find("me@example.com").source())
        .isEqualTo(Finding.Source.GUESS);
    assertThat(asked).noneMatch(step -> step.startsWith("https:"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not xml",
        "<html><body>Welcome</body></html>",
        "<clientConfig/>",
        "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><clientConfig>&e;</clientConfig>",
        "<clientConfig><outgoingServer type='smtp'><hostname>a b</hostname><port>465</port>"
            + "<socketType>SSL</socketType></outgoingServer></clientConfig>",
        "<clientConfig><outgoingServer type='smtp'><hostname>a.example</hostname><port>99999</port>"
            + "<socketType>SSL</socketType></outgoingServer></clientConfig>",
        "<clientConfig><outgoingServer type='smtp'><hostname>a.example</hostname>"
      })
  void aBadDocumentIsPassedOver(String document) {
    pages.put("https://autoconfig.thunderbird.net/v1.1/example.org", document);
    assertThat(find("me@example.org").source()).isEqualTo(Finding.Source.GUESS);
  }

  @ParameterizedTest
  @CsvSource({
    "mx1.example.com, example.com",
    "a.b.example.co.uk, example.co.uk",
    "example.com, example.com",
    "mx.example.de, example.de",
    "localhost, localhost"
  })
  void baseDomains(String host, String base) {
    assertThat(Discovery.baseDomain(host)).isEqualTo(base);
  }
}
