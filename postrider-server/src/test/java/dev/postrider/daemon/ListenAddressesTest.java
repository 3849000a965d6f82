package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.smtpd.ListeningSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListenAddressesTest {
  private static final InetAddress LOOPBACK_4 = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress LOOPBACK_6 = InetAddress.ofLiteral("::1");

  @Test
  void allInterfacesAreReachedByBothProtocols() throws Exception {
    needsIpv6();

    assertThat(reached("all", "all")).containsExactly(LOOPBACK_4, LOOPBACK_6);
  }

  @Test
  void aProtocolThatIsNotWantedReachesNothing() throws Exception {
    needsIpv6();

    assertThat(reached("all", "ipv4")).containsExactly(LOOPBACK_4);
    assertThat(reached("all", "ipv6")).containsExactly(LOOPBACK_6);
    assertThat(reached("loopback-only", "ipv4")).containsExactly(LOOPBACK_4);
    assertThat(reached("127.0.0.1, ::1", "ipv6")).containsExactly(LOOPBACK_6);
  }

  @Test
  void theHostOfAServiceFollowsTheProtocolsToo() throws Exception {
    assertThat(addresses("127.0.0.1:0", "all", "ipv4"))
        .containsExactly(new InetSocketAddress(LOOPBACK_4, 0));
    assertThatThrownBy(() -> addresses("[::1]:0", "all", "ipv4"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 1: with inet_protocols = ipv4 there is no address for");
  }

  @Test
  void whereAllInterfacesAreListenedOnTheirAddressesAreOurs() throws Exception {
    assertThat(ListenAddresses.own(List.of(addresses("0", "all", "ipv4")))).contains(LOOPBACK_4);
    assertThat(ListenAddresses.own(List.of(addresses("0", "127.0.0.1", "ipv4"))))
        .containsExactly(LOOPBACK_4);
  }

  private static void needsIpv6() throws IOException {
    assumeTrue(
        NetworkInterface.getByInetAddress(LOOPBACK_6) != null, "this machine has no address ::1");
  }

  private static List<InetSocketAddress> addresses(
      String service, String interfaces, String protocols) throws ConfigException {
    Config config =
        Config.of(
            Path.of("/nonexistent"),
            Map.of("inet_interfaces", interfaces, "inet_protocols", protocols));
    return ListenAddresses.of(
        config,
        MasterConfig.parse("master.cf", service + " inet n - n - - smtpd\n").services().getFirst());
  }

  /** Binds a free port as configured; tells by which loopback addresses it is reached. */
  private static List<InetAddress> reached(String interfaces, String protocols) throws Exception {
    List<InetAddress> reached = new ArrayList<>();
    for (InetAddress address : List.of(LOOPBACK_4, LOOPBACK_6)) {
      List<ListeningSocket> bound = ListeningSocket.bind(addresses("0", interfaces, protocols));
      try {
        if (bound.stream().anyMatch(socket -> reaches(address, socket))) {
          reached.add(address);
        }
      } finally {
        for (ListeningSocket socket : bound) {
          socket.channel().close();
        }
      }
    }
    return reached;
  }

  private static boolean reaches(InetAddress address, ListeningSocket socket) {
    try (Socket _ = new Socket(address, socket.address().getPort())) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
