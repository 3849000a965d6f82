package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.MasterConfig;
import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SilentDns;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayCheckTest {
  private static final Connector NOBODY = (_, _) -> new Connector.Contact.Silent();

  private static final Resolver BOTH =
      new SilentDns() {
        @Override
        public DnsAnswer<InetAddress> addresses(String host, Family family) {
          return new DnsAnswer.Found<>(
              List.of(InetAddress.ofLiteral(family == Family.IPV6 ? "2001:db8::1" : "192.0.2.1")),
              false);
        }
      };

  @TempDir Path directory;

  private final KnownNames dns =
      new KnownNames()
          .address("smtp.example.com", "127.0.0.1")
          .address("far.example.com", "192.0.2.1");

  private String said(String relayhost, Connector connector) throws Exception {
    Subject subject = new Installation(directory).main("relayhost = " + relayhost).subject();
    return Installation.said(new RelayCheck(subject, dns, connector));
  }

  private static int port(ServerSocket server, String greeting) {
    Thread.ofVirtual()
        .start(() -> {
          try (Socket client = server.accept()) {
            client.getOutputStream().write(greeting.getBytes(StandardCharsets.US_ASCII));
            int _ = client.getInputStream().read();
          } catch (IOException _) {
            // The test is over.
            return;
          }
        });
    return server.getLocalPort();
  }

  @Test
  void aServerThatGreetsIsWell() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = port(server, "220 smtp.example.com ESMTP\r\n");

      assertThat(said("[smtp.example.com]:" + port, new TcpConnector()))
          .isEqualTo("ok relay: smtp.example.com[127.0.0.1]:" + port + " can be reached | \n");
    }
  }

  @Test
  void aServerThatGreetsWithARefusalIsNot() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = port(server, "554 5.7.1 no access\r\n");

      assertThat(said("[smtp.example.com]:" + port, new TcpConnector()))
          .startsWith("error relay-greeting: ")
          .contains("\"554 5.7.1 no access\"");
    }
  }

  @Test
  void aClosedPortRefuses() throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }

    assertThat(said("[smtp.example.com]:" + port, new TcpConnector()))
        .startsWith("error relay-unreachable: smtp.example.com[127.0.0.1]:" + port + " refuses");
  }

  @Test
  void aBlockedPort25IsCalledThat() throws Exception {
    assertThat(said("[far.example.com]", NOBODY))
        .startsWith("error port-25-blocked: far.example.com[192.0.2.1]:25 does not answer within")
        .contains("-e 'relayhost = [far.example.com]:587' (or port 2525, or 465");
  }

  @Test
  void aNameThatThereIsNotIsNamed() throws Exception {
    assertThat(said("[smpt.example.com]:587", NOBODY))
        .startsWith("error relay-name: " + directory + "/main.cf, line 7: relayhost = ")
        .contains("smpt.example.com: the DNS has no such name", "| correct the name: ");
  }

  @Test
  void aDnsThatIsDownIsNotTheNamesFault() throws Exception {
    dns.down();

    assertThat(said("[smtp.example.com]:587", NOBODY))
        .contains("the DNS does not answer: timed out", "| see what is said of the name servers");
  }

  @Test
  void directSendingHasNoRelay() throws Exception {
    assertThat(said("", NOBODY)).isEmpty();
  }

  @Test
  void transportMapsAndTheSettingsOfTheirServicesAreFollowed() throws Exception {
    MasterConfig master =
        MasterConfig.parse(
            "master.cf", "slow unix - - n - - smtp\n  -o smtp_tls_wrappermode=yes\n");
    Installation installation =
        new Installation(directory)
            .main("transport_maps = texthash:" + directory + "/transport")
            .file(
                "transport",
                "# a comment\nexample.net slow:[far.example.com]:465\nx.test error:no\n");
    Subject subject = new Subject(installation.subject().config(), master, "");

    assertThat(Installation.said(new RelayCheck(subject, dns, NOBODY)))
        .isEqualTo(
            "error relay-unreachable: far.example.com[192.0.2.1]:465 does not answer within 4"
                + " seconds | look whether name and port are right and no firewall is between: "
                + directory
                + "/transport: example.net slow:[far.example.com]:465\n");
    assertThat(Installation.said(new RelayProtectionCheck(subject)))
        .startsWith("ok relay-tls: port 465 and the way of TLS belong together");
  }

  @Test
  void aFamilyThatDoesNotWorkIsNamed() throws Exception {
    Connector onlyFour =
        (address, _) ->
            address.getAddress() instanceof Inet4Address
                ? new Connector.Contact.Open("220 hello")
                : new Connector.Contact.Silent();
    Subject subject =
        new Installation(directory).main("relayhost = [both.example.com]:587").subject();

    assertThat(Installation.said(new RelayCheck(subject, BOTH, onlyFour)))
        .contains("warning ipv6-broken: both.example.com[2001:db8:0:0:0:0:0:1]:587 does not answer")
        .contains("-e 'inet_protocols = ipv4'")
        .contains("ok relay: both.example.com[192.0.2.1]:587 can be reached");
  }

  @Test
  void aFamilyThatIsNotUsedIsNotTried() throws Exception {
    MasterConfig master =
        MasterConfig.parse("master.cf", "smtp unix - - n - - smtp\n  -o inet_protocols=ipv6\n");
    Subject subject =
        new Subject(
            new Installation(directory)
                .main("relayhost = [both.example.com]:587")
                .subject()
                .config(),
            master,
            "");

    assertThat(Installation.said(new RelayCheck(subject, BOTH, NOBODY)))
        .contains("both.example.com[2001:db8:0:0:0:0:0:1]:587 does not answer")
        .doesNotContain("192.0.2.1");
  }

  @Test
  void aRefusalProvesThatTheFamilyWorks() throws Exception {
    Connector refusesSix =
        (address, _) ->
            address.getAddress() instanceof Inet4Address
                ? new Connector.Contact.Open("220 hello")
                : new Connector.Contact.Refused();
    Subject subject =
        new Installation(directory).main("relayhost = [both.example.com]:587").subject();

    assertThat(Installation.said(new RelayCheck(subject, BOTH, refusesSix)))
        .isEqualTo("ok relay: both.example.com[192.0.2.1]:587 can be reached | \n");
  }

  @Test
  void anotherLoginIsNoOtherServer() throws Exception {
    assertThat(said("me@[far.example.com]:587, you@[far.example.com]:587", NOBODY))
        .containsOnlyOnce("relay-unreachable");
  }
}
