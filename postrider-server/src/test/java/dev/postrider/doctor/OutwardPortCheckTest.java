package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SilentDns;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutwardPortCheckTest {
  private static final Connector BLOCKED = (_, _) -> new Connector.Contact.Silent();
  private static final Connector FREE = (_, _) -> new Connector.Contact.Open("220 hello");

  @TempDir Path directory;

  /** Each domain has a mail server of its own name. */
  private static final class MailServers extends SilentDns {
    @Override
    public DnsAnswer<MxHost> mx(String domain) {
      return new DnsAnswer.Found<>(List.of(new MxHost(10, "mx." + domain)), false);
    }

    @Override
    public DnsAnswer<InetAddress> addresses(String host, Family family) {
      return new DnsAnswer.Found<>(
          List.of(InetAddress.ofLiteral(family == Family.IPV4 ? "192.0.2.7" : "2001:db8::7")),
          false);
    }
  }

  private String said(Resolver resolver, Connector connector, String... lines) throws Exception {
    return Installation.said(
        new OutwardPortCheck(
            new Installation(directory).main(lines).subject(), resolver, connector));
  }

  @Test
  void anOpenPortIsWell() throws Exception {
    assertThat(said(new MailServers(), FREE)).startsWith("ok port-25: gmail.com's ");
  }

  @Test
  void aBlockedPortIsNamedWithTheWayAround() throws Exception {
    assertThat(said(new MailServers(), BLOCKED))
        .startsWith("error port-25-blocked: ")
        .contains("icloud.com's", "192.0.2.7:25 does not answer", "blocks port 25 outward")
        .contains("| relay through a provider: postrider setup YOU@PROVIDER");
  }

  @Test
  void theOtherFamilyMayBeOpen() throws Exception {
    Connector onlySix =
        (address, _) ->
            address.getAddress() instanceof Inet6Address
                ? new Connector.Contact.Open("220 hello")
                : new Connector.Contact.Failed("Network is unreachable");

    assertThat(said(new MailServers(), onlySix)).startsWith("ok port-25: ");
    assertThat(said(new MailServers(), onlySix, "inet_protocols = ipv4"))
        .startsWith("error port-25-blocked: ")
        .contains("192.0.2.7:25: Network is unreachable")
        .doesNotContain("2001:db8");
  }

  @Test
  void withoutDnsNothingIsClaimed() throws Exception {
    assertThat(said(new KnownNames().down(), BLOCKED)).startsWith("note port-25-unknown: ");
  }

  @Test
  void whoRelaysDoesNotNeedIt() throws Exception {
    assertThat(said(new MailServers(), BLOCKED, "relayhost = [smtp.gmail.com]:587")).isEmpty();
  }
}
