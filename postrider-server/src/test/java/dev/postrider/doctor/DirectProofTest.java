package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whether mail can go out without a provider. */
class DirectProofTest {
  private static final InetAddress OURS = InetAddress.ofLiteral("198.51.100.7");

  private final KnownNames dns =
      new KnownNames()
          .mx("known.test", "mx1.known.test", "mx2.known.test")
          .address("mx1.known.test", "192.0.2.1")
          .address("mx2.known.test", "192.0.2.2")
          .name("198.51.100.7", "mail.example.com")
          .address("mail.example.com", "198.51.100.7")
          .text("mail.example.com", "v=spf1 a -all");
  private final List<String> greeted = new ArrayList<>();
  private MailPort.Answer answer =
      new MailPort.Answer.Open("220 mx1.known.test ESMTP", Optional.of(OURS));

  private DirectProof.Claim claim = claim("mail.example.com", Optional.empty());

  private static DirectProof.Claim claim(String hostName, Optional<InetAddress> address) {
    return new DirectProof.Claim(hostName, hostName, address, Optional.empty(), "known.test");
  }

  private String said() {
    return DirectProof.of(
            dns,
            dns,
            (server, name, _) -> {
              greeted.add(server.getAddress().getHostAddress() + ":" + server.getPort());
              assertThat(name).isEqualTo(claim.hostName());
              return answer;
            },
            claim)
        .stream()
        .map(each ->
            each.severity().word() + " " + each.id() + ": " + each.what() + " " + each.mend())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void allIsProven() {
    assertThat(said())
        .contains("ok port-25: ", "mx1.known.test says 220", "ok ptr: ", "ok spf: ")
        .doesNotContain("error");
    assertThat(greeted).containsExactly("192.0.2.1:25");
  }

  @Test
  void aBlockedPortIsSaidWithWhatThen() {
    answer = new MailPort.Answer.Closed("nothing came back within 10 seconds");

    assertThat(said())
        .contains("error port-25-blocked: ", "mx2.known.test[192.0.2.2]:25: nothing came back")
        .contains("by a provider: postrider setup");
    assertThat(greeted).containsExactly("192.0.2.1:25", "192.0.2.2:25");
  }

  @Test
  void aDnsThatDoesNotAnswerProvesNothing() {
    dns.down();

    assertThat(said())
        .contains("error dns-silent: the DNS does not answer: the address of a mail server outside")
        .contains("timed out look at the name servers")
        .doesNotContain("port-25-blocked", "no-address");
    claim = claim("mail.example.com", Optional.of(OURS));
    assertThat(said())
        .contains("error dns-silent: the DNS does not answer: the name of 198.51.100.7: timed out")
        .doesNotContain("port-25-blocked", " ptr: ", " forward: ");
  }

  @Test
  void anotherServerCanBeGreeted() {
    claim =
        new DirectProof.Claim(
            "mail.example.com",
            "mail.example.com",
            Optional.of(OURS),
            Optional.of("mx2.known.test"),
            "known.test");

    assertThat(said()).doesNotContain("error");
    assertThat(greeted).containsExactly("192.0.2.2:25");
  }

  @Test
  void theAddressMustHaveTheName() {
    dns.name("198.51.100.7", "7.pool.isp.test");
    assertThat(said())
        .contains("error ptr: 198.51.100.7 is 7.pool.isp.test in the DNS, not mail.example.com");
    claim = claim("mail.example.com", Optional.of(InetAddress.ofLiteral("198.51.100.8")));
    assertThat(said()).contains("error ptr: 198.51.100.8 has no name in the DNS (PTR)");
  }

  @Test
  void theNameMustHaveTheAddress() {
    dns.address("mail.example.com", "198.51.100.9");
    assertThat(said())
        .contains("error forward: mail.example.com does not lead back to 198.51.100.7")
        .contains("in the zone: mail.example.com. A 198.51.100.7");
  }

  @Test
  void theDomainMustAllowTheAddress() {
    dns.text("mail.example.com", "v=spf1 ip4:192.0.2.0/24 -all");
    assertThat(said())
        .contains("error spf: SPF of mail.example.com does not let 198.51.100.7 send: -all")
        .contains("mail.example.com. TXT \"v=spf1 ip4:198.51.100.7 -all\"");
    dns.text("mail.example.com", "nothing of that");
    assertThat(said()).contains("error spf: mail.example.com has no SPF record");
    dns.text("mail.example.com", "v=spf1 exists:%{i}.x.test -all");
    assertThat(said()).contains("note spf-unknown: ");
  }

  @Test
  void whoIsBehindAnotherAddressSaysWhich() {
    answer = new MailPort.Answer.Open("220 hello", Optional.empty());
    assertThat(said()).contains("error no-address: ", "say it with --address");
    claim = claim("mail.example.com", Optional.of(OURS));
    assertThat(said()).doesNotContain("error");
  }

  @Test
  void aNameThatOnlyThisNetworkKnowsIsRefused() {
    claim = claim("nas", Optional.empty());
    assertThat(said()).contains("error host-name: nas is no name that others know");
  }
}
