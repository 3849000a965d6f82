package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.dns.MxHost;
import dev.postrider.log.RememberedLog;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MxWalkTest {
  private final FakeDns dns = new FakeDns();
  private final RememberedLog log = new RememberedLog();
  private final Map<String, String> settings = new HashMap<>();
  private long seed = 1;

  private MxWalk.Result find(String nextHop) {
    OwnAddresses own = new OwnAddresses(Set.of(InetAddress.ofLiteral("192.0.2.99")));
    MxWalk walk =
        new MxWalk(
            new ClientConfig(Config.of(Path.of("/nonexistent"), settings), Dialect.SMTP),
            dns,
            own,
            new MxWalk.Diagnostics(log, "smtp", new Random(seed)));
    return walk.find(Site.parse(nextHop, 25).orElseThrow());
  }

  private List<String> targets(String nextHop) {
    return switch (find(nextHop)) {
      case MxWalk.Result.Targets(var targets) ->
          targets.stream().map(Target::labelWithPort).toList();
      case MxWalk.Result.Failed(var failure) -> List.of(failure.code() + " " + failure.text());
      case MxWalk.Result.Ours(var failure) -> List.of(failure.code() + " " + failure.text());
    };
  }

  @Test
  void serversAreTriedByPreference() {
    dns.mx("d.test", new MxHost(20, "b.d.test"), new MxHost(10, "a.d.test"));
    dns.address("a.d.test", "192.0.2.1").address("b.d.test", "192.0.2.2");
    assertThat(targets("d.test"))
        .containsExactly("a.d.test[192.0.2.1]:25", "b.d.test[192.0.2.2]:25");
  }

  @Test
  void equalServersShareTheLoad() {
    dns.mx("d.test", new MxHost(10, "a.d.test"), new MxHost(10, "b.d.test"));
    dns.address("a.d.test", "192.0.2.1").address("b.d.test", "192.0.2.2");
    Set<String> first = new TreeSet<>();
    for (seed = 1; seed < 40; seed++) {
      first.add(targets("d.test").getFirst());
    }
    assertThat(first).hasSize(2);
  }

  @Test
  void withoutMxTheDomainItselfIsTheServer() {
    dns.address("d.test", "192.0.2.1");
    assertThat(targets("d.test:2525")).containsExactly("d.test[192.0.2.1]:2525");
  }

  @Test
  void unusableMxNeverFallsBackToTheDomain() { // RFC 5321 §5.1
    dns.mx("d.test", new MxHost(10, "gone.test")).address("d.test", "192.0.2.1");
    assertThat(targets("d.test").getFirst()).startsWith("5.4.4 Host or domain name not found.");
    dns.mx("d.test", new MxHost(10, "busy.test")).addressUnknown("busy.test");
    assertThat(targets("d.test").getFirst()).startsWith("4.4.3 ");
  }

  @Test
  void oneUnknownServerMakesTheWholeAnswerTemporary() {
    dns.mx("d.test", new MxHost(10, "busy.test"), new MxHost(20, "gone.test"));
    dns.addressUnknown("busy.test");
    assertThat(targets("d.test").getFirst()).startsWith("4.4.3 ");
  }

  @Test
  void ourselvesAndWhateverIsWorseIsNotTried() {
    dns.mx(
        "d.test", new MxHost(10, "a.d.test"), new MxHost(20, "us.test"), new MxHost(20, "c.test"));
    dns.address("a.d.test", "192.0.2.1")
        .address("us.test", "192.0.2.99")
        .address("c.test", "192.0.2.3");
    assertThat(targets("d.test")).containsExactly("a.d.test[192.0.2.1]:25");
    dns.mx("d.test", new MxHost(10, "us.test"));
    assertThat(targets("d.test")).containsExactly("5.4.6 mail for d.test loops back to myself");
  }

  @Test
  void loopbackServersAreOurselves() { // standards item 98
    for (String address : List.of("127.0.0.1", "127.8.8.8", "0.0.0.0", "::1")) {
      dns.mx("d.test", new MxHost(10, "l.test")).address("l.test", address);
      assertThat(targets("d.test")).containsExactly("5.4.6 mail for d.test loops back to myself");
    }
  }

  @Test
  void bracketsSuppressMxAndAddressesNeedNoDns() {
    dns.mx("relay.test", new MxHost(10, "wrong.test")).address("relay.test", "192.0.2.7");
    assertThat(targets("[relay.test]:587")).containsExactly("relay.test[192.0.2.7]:587");
    assertThat(targets("[192.0.2.8]")).containsExactly("192.0.2.8[192.0.2.8]:25");
    assertThat(targets("[IPv6:2001:db8::1]:26")).containsExactly("2001:db8::1[2001:db8::1]:26");
    assertThat(dns.asked).noneMatch(question -> question.startsWith("MX"));
  }

  @Test
  void bothFamiliesStayWithinTheAddressLimit() {
    dns.mx("d.test", new MxHost(10, "a.d.test"));
    dns.address(
        "a.d.test",
        "2001:db8::1",
        "2001:db8::2",
        "2001:db8::3",
        "2001:db8::4",
        "2001:db8::5",
        "2001:db8::6",
        "192.0.2.1");
    for (seed = 1; seed < 20; seed++) {
      assertThat(targets("d.test")).hasSize(5).anyMatch(t -> t.contains("192.0.2.1"));
    }
  }

  @Test
  void familiesFollowTheSettings() {
    dns.address("d.test", "2001:db8::1", "192.0.2.1");
    settings.put("inet_protocols", "ipv4");
    assertThat(targets("[d.test]")).containsExactly("d.test[192.0.2.1]:25");
    settings.put("inet_protocols", "all");
    settings.put("smtp_address_preference", "ipv6");
    assertThat(targets("[d.test]").getFirst()).contains("2001:db8");
  }

  @Test
  void aDomainWithHundredsOfServersCostsFewQuestions() { // standards item 99
    MxHost[] hosts = new MxHost[512];
    for (int i = 0; i < hosts.length; i++) {
      hosts[i] = new MxHost(i, "h" + i + ".test");
      dns.address("h" + i + ".test", "192.0.2." + i % 90);
    }
    dns.mx("d.test", hosts);
    assertThat(targets("d.test")).hasSize(5);
    assertThat(dns.asked.size()).isLessThan(60);
  }

  @Test
  void namesBeyondAsciiAreAskedForInTheirAsciiForm() {
    dns.mx("xn--bcher-kva.test", new MxHost(5, "a.test")).address("a.test", "192.0.2.1");
    assertThat(targets("bücher.test")).containsExactly("a.test[192.0.2.1]:25");
  }

  @Test
  void anMxThatIsAnAddressIsNotUsable() {
    dns.mx("d.test", new MxHost(5, "192.0.2.1"), new MxHost(10, "a.test"));
    dns.address("a.test", "192.0.2.2");
    assertThat(targets("d.test")).containsExactly("a.test[192.0.2.2]:25");
  }

  @Test
  void wrongNextHopsAreSeen() {
    for (String text : Arrays.asList("[open", "host:port", "[h]x", "h:0", "h:99999", ":25")) {
      assertThat(Site.parse(text, 25)).as(text).isEmpty();
    }
  }
}
