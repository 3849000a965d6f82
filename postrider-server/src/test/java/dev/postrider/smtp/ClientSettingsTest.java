package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Envelope;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Settings that change what one session says, for servers that need it. */
@Timeout(60)
class ClientSettingsTest {
  private static final String TAKEN =
      """
      C: MAIL FROM:<a@example.com>
      S: 250 2.1.0 Ok
      C: RCPT TO:<b@example.net>
      S: 250 2.1.5 Ok
      C: DATA
      S: 354 go on
      DATA
      S: 250 2.0.0 Ok
      """;

  private static final String STARS = "S: 220 ****************\n";

  private static final Client WEB =
      Client.unauthenticated("web=1.example", "192.0.2.7", 4711, "web.example", "ESMTP");

  private final ClientBench bench = new ClientBench();

  @AfterEach
  void end() {
    bench.close();
  }

  private DeliveryStatus against(String script) throws Exception {
    return against(script, envelope("b@example.net", Client.NONE));
  }

  private DeliveryStatus against(String script, Envelope envelope) throws Exception {
    try (ScriptedServer server = new ScriptedServer(script)) {
      DeliveryStatus status =
          bench.send(server.nextHop(), MemoryContent.of(ClientBench.MESSAGE), envelope).getFirst();
      assertThat(server.faults()).isEmpty();
      return status;
    }
  }

  private static Envelope envelope(String recipient, Client client) {
    return Envelope.of(
            ReversePath.of(new Mailbox("a", "example.com")),
            List.of(ClientBench.recipient(recipient)))
        .withClient(client);
  }

  private void assertSent(DeliveryStatus status) {
    assertThat(status).as(bench.log.text().toString()).isInstanceOf(DeliveryStatus.Sent.class);
  }

  @Test
  void aTableSaysWhichWordsOfOneServerDoNotCount() throws Exception {
    bench.set(
        "smtp_discard_ehlo_keywords", "dsn, silent-discard",
        "smtp_discard_ehlo_keyword_address_maps", "inline:{{127.0.0.1=pipelining,size}}");
    String ehlo =
        """
        S: 220 mx.example.net ESMTP
        C: EHLO client.example.com
        S: 250-mx.example.net
        S: 250-PIPELINING
        S: 250-SIZE 10
        S: 250 HELP
        """;
    assertSent(against(ehlo + TAKEN));
    assertThat(bench.log.text()).contains("smtp: discarding EHLO keywords: PIPELINING SIZE");
  }

  @Test
  void withoutAnAnswerAboutTheWordsMailWaits() throws Exception {
    bench.set("smtp_discard_ehlo_keyword_address_maps", "fail:down");

    assertThat(ClientBench.line(against("S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250 x\n")))
        .startsWith("deferred 4.3.0 (local data error while talking to 127.0.0.1[127.0.0.1]");
  }

  @Test
  void starsInTheGreetingMeanHeloAndALateDot() throws Exception {
    bench.set("smtp_pix_workaround_delay_time", "1s", "smtp_pix_workaround_threshold_time", "0s");

    assertSent(against(STARS + "C: HELO client.example.com\nS: 250 x\n" + TAKEN));
    assertThat(bench.log.text())
        .anyMatch(line ->
            line.startsWith(
                "smtp: 4bXyZk1: enabling PIX workarounds: disable_esmtp delay_dotcrlf for 127."));
  }

  @Test
  void aYoungMessageIsNotDelayedAndATableDecidesForOneServer() throws Exception {
    bench.set("smtp_pix_workaround_maps", "inline:{127.0.0.1=delay_dotcrlf}");

    assertSent(against(STARS + "C: EHLO client.example.com\nS: 250 x\n" + TAKEN));
    assertThat(bench.log.text())
        .anyMatch(line -> line.startsWith("smtp: 4bXyZk1: enabling PIX workarounds:  for 127."));
  }

  @Test
  void withoutTheAddressToSendFromMailLeavesFromAnotherUnlessThatIsForbidden() throws Exception {
    String server = "S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250 x\n" + TAKEN;
    bench.set("smtp_bind_address", "[192.0.2.77]");
    assertSent(against(server));
    assertThat(bench.log.text())
        .anyMatch(line -> line.startsWith("smtp: warning: smtp_bind_address: bind [192.0.2.77]: "));

    bench.set("smtp_bind_address_enforce", "yes");
    assertThat(ClientBench.line(bench.send("[127.0.0.1]:9")))
        .startsWith("deferred 4.4.0 (server configuration error: smtp_bind_address: bind ");
  }

  @Test
  void anAddressThatNeedsQuotesGoesWithoutIfTheServerKnowsNone() throws Exception {
    String hello = "S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250 x\n";
    Envelope envelope = envelope("b c@example.net", Client.NONE);
    assertSent(
        against(hello + TAKEN.replace("<b@example.net>", "<\"b c\"@example.net>"), envelope));

    bench.set("smtp_quote_rfc821_envelope", "no");
    assertSent(against(hello + TAKEN.replace("<b@", "<b c@"), envelope));
  }

  @Test
  void aFilterIsToldWhereMailCameFrom() throws Exception {
    bench.set("smtp_send_xforward_command", "yes");
    String hello =
        """
        S: 220 x ESMTP
        C: EHLO client.example.com
        S: 250-x
        S: 250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE
        C: XFORWARD NAME=web=1.example ADDR=192.0.2.7 PORT=4711
        S: 250 2.0.0 Ok
        C: XFORWARD PROTO=ESMTP HELO=web.example IDENT=4bXyZk1 SOURCE=REMOTE
        S: 501 5.5.4 no
        """;
    assertSent(against(hello + TAKEN, envelope("b@example.net", WEB)));
    assertThat(bench.log.text())
        .anyMatch(line -> line.endsWith(" said: 501 5.5.4 no (in reply to XFORWARD command)"));

    String local =
        """
        S: 220 x ESMTP
        C: EHLO client.example.com
        S: 250-x
        S: 250-PIPELINING
        S: 250 XFORWARD NAME ADDR SOURCE
        C: XFORWARD SOURCE=LOCAL
        C: MAIL FROM:<a@example.com>
        C: RCPT TO:<b@example.net>
        C: DATA
        S: 250 2.0.0 Ok
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 354 go on
        DATA
        S: 250 2.0.0 Ok
        """;
    assertSent(against(local));
  }

  @Test
  void nobodyElseIsToldOfAClient() throws Exception {
    assertSent(
        against(
            "S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250-x\nS: 250 XFORWARD NAME ADDR\n"
                + TAKEN,
            envelope("b@example.net", WEB)));
  }

  @Test
  void aProbeMayGoOnToData() throws Exception {
    bench.set("smtp_address_verify_target", "data");
    String hello = "S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250 x\n";
    String toData =
        """
        C: MAIL FROM:<a@example.com>
        S: 250 2.1.0 Ok
        C: RCPT TO:<b@example.net>
        S: 250 2.1.5 Ok
        C: DATA
        """;
    Envelope probe = envelope("b@example.net", Client.NONE).withPurpose(Envelope.Purpose.PROBE);

    assertThat(ClientBench.line(against(hello + toData + "S: 354 go on\n", probe)))
        .startsWith("sent ");
    assertThat(ClientBench.line(against(hello + toData + "S: 554 5.7.1 not you\n", probe)))
        .startsWith("bounced 5.7.1 ");
  }

  @Test
  void thePasswordStandsBehindTheDelimiterOfMainCf() throws Exception {
    bench.set(
        "smtp_sasl_auth_enable", "yes",
        "smtp_sasl_security_options", "",
        "smtp_sasl_password_result_delimiter", "|");
    bench.passwords.put("127.0.0.1", "urn:me|se:cret");
    String login =
        java.util.Base64.getEncoder()
            .encodeToString("\0urn:me\0se:cret".getBytes(java.nio.charset.StandardCharsets.UTF_8));

    assertSent(
        against(
            "S: 220 x ESMTP\nC: EHLO client.example.com\nS: 250-x\nS: 250 AUTH PLAIN\n"
                + "C: AUTH PLAIN "
                + login
                + "\nS: 235 ok\n"
                + TAKEN));
  }

  @Test
  void aServerThatThePolicyOfTheDomainDoesNotNameIsPassedBy() throws Exception {
    bench.set("smtp_tls_policy_maps", "");
    bench.dns.address("mx.other.test", "127.0.0.1");
    bench.tlsPolicies.put(
        "[mx.other.test]:9",
        "secure match=mx.example.net policy_type=sts policy_domain=example.net"
            + " mx_host_pattern=*.example.net policy_ttl=100 policy_string=version:STSv1");
    assertThat(ClientBench.line(bench.send("[mx.other.test]:9")))
        .startsWith(
            "deferred 4.7.5 (the policy of example.net (MTA-STS) does not name the server"
                + " mx.other.test");

    bench.set("smtp_tls_enforce_sts_mx_patterns", "no");
    assertThat(ClientBench.line(bench.send("[mx.other.test]:9")))
        .startsWith("deferred 4.4.1 (connect to mx.other.test");
  }

  @Test
  void aStarOfAPolicyIsOneLabel() {
    PluginPolicy policy =
        new PluginPolicy("sts", null, -1, List.of(), List.of("*.example.net", "mx.test"), null);

    assertThat(policy.allows("MX.example.net")).isTrue();
    assertThat(policy.allows("mx.test")).isTrue();
    assertThat(policy.allows("a.mx.example.net")).isFalse();
    assertThat(policy.allows("example.net")).isFalse();
    assertThat(policy.allows(".example.net")).isFalse();
  }

  @Test
  void theTimeForAllContentGrowsWithWhatIsThrough() {
    ContentTime each = new ContentTime(Duration.ofSeconds(10), 0);
    each.took(Duration.ofSeconds(9).toNanos(), 1);
    assertThat(each.nanos()).isEqualTo(Duration.ofSeconds(10).toNanos());

    ContentTime all = new ContentTime(Duration.ofSeconds(10), 500);
    all.took(Duration.ofSeconds(4).toNanos(), 1000);
    assertThat(all.nanos()).isEqualTo(Duration.ofSeconds(8).toNanos());
    all.took(0, 5000);
    assertThat(all.nanos()).isEqualTo(Duration.ofSeconds(10).toNanos());
    all.took(Duration.ofSeconds(20).toNanos(), 0);
    assertThat(all.nanos()).isEqualTo(1);
  }
}
