package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerSurroundingsTest {
  private static final Path SPOOL = Path.of("/var/spool/postrider");
  private static final String ROOT = "21 1 0:30 / / ro,relatime - overlay overlay rw,lowerdir=/a";
  private static final List<String> ROUTES =
      List.of(
          "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
          "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
          "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0");

  @Test
  void aSpoolOnTheRootFileSystemOrInMemoryIsSaid() {
    assertThat(ContainerSurroundings.spool(SPOOL, List.of(ROOT)))
        .hasValueSatisfying(text ->
            assertThat(text).contains("/var/spool/postrider is on no volume (overlay on /)"));
    assertThat(
            ContainerSurroundings.spool(
                SPOOL, List.of(ROOT, "30 21 0:40 / /var/spool rw - tmpfs tmpfs rw")))
        .hasValueSatisfying(text -> assertThat(text).contains("(tmpfs on /var/spool)"));
    assertThat(ContainerSurroundings.spool(SPOOL, List.of("22 1 8:1 / / rw - ext4 /dev/sda1 rw")))
        .as("the machine's own root")
        .isPresent();
  }

  @Test
  void aVolumeIsFine() {
    String volume =
        "30 21 8:1 /volumes/x /var/spool/postrider rw,relatime master:1 - ext4 /dev/sda1 rw";

    assertThat(ContainerSurroundings.spool(SPOOL, List.of(ROOT, volume))).isEmpty();
    assertThat(ContainerSurroundings.spool(SPOOL, List.of(volume, ROOT))).isEmpty();
    assertThat(ContainerSurroundings.spool(SPOOL, List.of())).isEmpty();
  }

  @Test
  void theGatewayIsThatOfTheDefaultRoute() throws Exception {
    assertThat(ContainerSurroundings.defaultGateway(ROUTES))
        .hasValue(InetAddress.getByName("172.17.0.1"));
    assertThat(ContainerSurroundings.defaultGateway(ROUTES.subList(0, 1))).isEmpty();
  }

  @Test
  void aGatewayThatMayRelayIsSaid() throws ConfigException {
    assertThat(gateway("127.0.0.0/8 172.16.0.0/12"))
        .hasValueSatisfying(
            text -> assertThat(text).startsWith("mynetworks contains 172.17.0.1, the gateway"));
    assertThat(gateway("127.0.0.0/8, !172.17.0.1, 172.16.0.0/12")).isEmpty();
    assertThat(gateway("127.0.0.0/8")).isEmpty();
  }

  private static java.util.Optional<String> gateway(String networks) throws ConfigException {
    Config config = Config.of(Path.of("/etc/postfix"), Map.of("mynetworks", networks));
    return ContainerSurroundings.gateway(config, TableSource.none(), ROUTES);
  }
}
