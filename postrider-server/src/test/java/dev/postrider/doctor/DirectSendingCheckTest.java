package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectSendingCheckTest {
  @TempDir Path directory;

  private String said(KnownNames dns, String address, String... lines) throws Exception {
    return Installation.said(
        new DirectSendingCheck(
            new Installation(directory).main(lines).subject(),
            dns,
            dns,
            List.of(InetAddress.getLoopbackAddress(), InetAddress.ofLiteral(address))));
  }

  @Test
  void whoRelaysIsJudgedByTheProvider() throws Exception {
    assertThat(said(new KnownNames(), "198.51.100.7", "relayhost = [smtp.gmail.com]:587"))
        .isEmpty();
    assertThat(said(new KnownNames(), "198.51.100.7", "default_transport = error:no")).isEmpty();
  }

  @Test
  void whoIsKnownToTheDnsIsWell() throws Exception {
    KnownNames dns =
        new KnownNames()
            .name("198.51.100.7", "host.home.test")
            .text("host.home.test", "v=spf1 ip4:198.51.100.7 -all")
            .text("_dmarc.home.test", "v=DMARC1; p=none");

    assertThat(said(dns, "198.51.100.7"))
        .contains("ok ptr: ", "ok spf: ", "ok dmarc: ")
        .contains("note no-dkim: ")
        .doesNotContain("warning");
  }

  @Test
  void aRecordThatIsForOthersIsTold() throws Exception {
    KnownNames dns =
        new KnownNames()
            .name("198.51.100.7", "host.home.test")
            .text("host.home.test", "v=spf1 ip4:192.0.2.0/24 -all");

    assertThat(said(dns, "198.51.100.7"))
        .contains("warning spf-denies: SPF of host.home.test does not let 198.51.100.7 send: -all");
    dns.text("host.home.test", "v=spf1 ip4:192.0.2 all");
    assertThat(said(dns, "198.51.100.7")).contains("warning spf-broken: ");
  }

  @Test
  void whatIsMissingIsNamedWithTheRecord() throws Exception {
    assertThat(said(new KnownNames(), "198.51.100.7"))
        .contains("warning no-ptr: 198.51.100.7 has no name in the DNS")
        .contains("warning no-spf: ", "in the zone: host.home.test. TXT \"v=spf1 mx a -all\"")
        .contains("warning no-dmarc: ");
  }

  @Test
  void whatCannotBeAskedIsNoFault() throws Exception {
    assertThat(said(new KnownNames().down(), "192.168.1.4"))
        .contains("note ptr-unknown: this machine has no public address")
        .contains(
            "note spf-unknown: the SPF record of host.home.test could not be asked: timed out")
        .doesNotContain("warning");
  }
}
