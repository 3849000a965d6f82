package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 7208, as far as it is judged here. */
class SpfTest {
  private static final String OURS = "198.51.100.7";

  private final KnownNames dns =
      new KnownNames()
          .address("example.com", OURS)
          .address("mail.example.com", "198.51.100.200")
          .address("six.example.com", "2001:db8::7")
          .mx("example.com", "mail.example.com")
          .mx("mx.example.com", "other.example.com", "example.com")
          .text("allows.example.com", "v=spf1 ip4:198.51.100.0/24 -all")
          .text("denies.example.com", "v=spf1 -all")
          .text("faulty.example.com", "v=spf1 ipv4:198.51.100.7 -all")
          .text("loops.example.com", "v=spf1 include:loops.example.com -all");

  private SpfVerdict.Kind judged(String record, String address) {
    return Spf.judge(
            dns.text("example.com", record), dns, "example.com", InetAddress.ofLiteral(address))
        .kind();
  }

  @ParameterizedTest
  @CsvSource({
    // §4.6.2, §5.1: qualifiers, and the end of a record that says nothing.
    "v=spf1 all,PASS",
    "v=spf1 -all,FAIL",
    "v=spf1 ~all,SOFTFAIL",
    "v=spf1 ?all,NEUTRAL",
    "v=spf1,NEUTRAL",
    "V=SPF1 +ALL,PASS",
    "v=spf10 all,NONE",
    "other,NONE",
    // §5.6: networks.
    "v=spf1 ip4:198.51.100.7 -all,PASS",
    "v=spf1 ip4:198.51.100.8 -all,FAIL",
    "v=spf1 ip4:198.51.100.0/29 -all,PASS",
    "v=spf1 ip4:198.51.100.8/29 -all,FAIL",
    "v=spf1 ip4:0.0.0.0/0 -all,PASS",
    "v=spf1 ip6:2001:db8::/32 -all,FAIL",
    // §5.3, §5.4: names.
    "v=spf1 a -all,PASS",
    "v=spf1 a:mail.example.com -all,FAIL",
    "v=spf1 a:mail.example.com/24 -all,PASS",
    "v=spf1 a/24//64 -all,PASS",
    "v=spf1 mx -all,FAIL",
    "v=spf1 mx/24 -all,PASS",
    "v=spf1 mx:mx.example.com -all,PASS",
    "v=spf1 exists:mail.example.com -all,PASS",
    // §5.5: receivers evaluate it, unless a term before has decided.
    "v=spf1 ptr -all,UNJUDGED",
    "v=spf1 a ptr -all,PASS",
    // §5.2: others' records; only their pass counts.
    "v=spf1 include:allows.example.com -all,PASS",
    "v=spf1 include:denies.example.com ~all,SOFTFAIL",
    "v=spf1 -include:allows.example.com all,FAIL",
    "v=spf1 include:none.example.com -all,BROKEN",
    "v=spf1 include:faulty.example.com -all,BROKEN",
    // §6.1, §6: modifiers.
    "v=spf1 redirect=allows.example.com,PASS",
    "v=spf1 redirect=denies.example.com a,PASS",
    "v=spf1 redirect=none.example.com,BROKEN",
    "v=spf1 exp=why.example.com unknown=x -all,FAIL",
    // §4.6: faults.
    "v=spf1 ip4:198.51.100 all,BROKEN",
    "v=spf1 ip4:198.51.100.0/33 all,BROKEN",
    "v=spf1 ip4 all,BROKEN",
    "v=spf1 include: all,BROKEN",
    "v=spf1 host:example.com all,BROKEN",
    // §4.6.4: limits.
    "v=spf1 include:loops.example.com,BROKEN",
    "v=spf1 a:n1.example.com a:n2.example.com a:n3.example.com all,BROKEN",
    // §7: what depends on the message.
    "v=spf1 exists:%{i}._spf.example.com -all,UNJUDGED",
  })
  void aRecordIsJudged(String record, SpfVerdict.Kind wanted) {
    assertThat(judged(record, OURS)).isEqualTo(wanted);
  }

  @Test
  void theOtherFamilyIsJudgedToo() {
    assertThat(judged("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::7"))
        .isEqualTo(SpfVerdict.Kind.PASS);
    assertThat(judged("v=spf1 ip6:2001:db9::/32 -all", "2001:db8::7"))
        .isEqualTo(SpfVerdict.Kind.FAIL);
    assertThat(judged("v=spf1 a:six.example.com//64 -all", "2001:db8::99"))
        .isEqualTo(SpfVerdict.Kind.PASS);
    assertThat(judged("v=spf1 a:six.example.com -all", "2001:db8::99"))
        .isEqualTo(SpfVerdict.Kind.FAIL);
    assertThat(judged("v=spf1 ip4:0.0.0.0/0 -all", "2001:db8::7")).isEqualTo(SpfVerdict.Kind.FAIL);
  }

  @Test
  void whoCannotBeAskedSaysNothing() {
    assertThat(
            Spf.judge(new KnownNames().down(), dns, "example.com", InetAddress.ofLiteral(OURS))
                .kind())
        .isEqualTo(SpfVerdict.Kind.TEMPORARY);
  }
}
