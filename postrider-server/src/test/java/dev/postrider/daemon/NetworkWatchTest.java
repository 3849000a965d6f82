package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetworkWatchTest {
  private static final InetAddress HOME = InetAddress.ofLiteral("192.0.2.10");
  private static final InetAddress OFFICE = InetAddress.ofLiteral("198.51.100.10");

  private List<InetAddress> sources = List.of(HOME);
  private final NetworkWatch watch = new NetworkWatch(() -> sources);

  @Test
  void nothingHasChangedAtFirst() {
    assertThat(watch.hasChanged()).isFalse();
  }

  @Test
  void theLossOfTheNetworkIsNothingToActOnButItsReturnIs() {
    sources = List.of();
    assertThat(watch.hasChanged()).isFalse();
    sources = List.of(HOME);
    assertThat(watch.hasChanged()).isTrue();
    assertThat(watch.hasChanged()).isFalse();
  }

  @Test
  void anotherNetworkIsNoticed() {
    sources = List.of(OFFICE);
    assertThat(watch.hasChanged()).isTrue();
  }

  @Test
  void theRealOneAnswersWithOrWithoutANetwork() {
    NetworkWatch real = new NetworkWatch();
    assertThat(real.hasChanged()).isFalse();
  }
}
