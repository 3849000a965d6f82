package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.MxHost;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SilentDns;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HurriedResolverTest {
  @Test
  void anAnswerIsHandedOn() {
    Resolver resolver = new HurriedResolver(new KnownNames(), Duration.ofSeconds(30));

    assertThat(resolver.mx("example.com")).isInstanceOf(DnsAnswer.NoData.class);
    assertThat(resolver.addresses("example.com", Resolver.Family.IPV4))
        .isInstanceOf(DnsAnswer.NxDomain.class);
  }

  @Test
  void aServerThatNeverAnswersIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);
    Resolver silent =
        new SilentDns() {

          @Override
          public DnsAnswer<MxHost> mx(String domain) {
            try {
              never.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return new DnsAnswer.NoData<>();
          }
        };

    assertThat(new HurriedResolver(silent, Duration.ofMillis(100)).mx("example.com"))
        .isEqualTo(new DnsAnswer.TemporaryFailure<>("no answer within 0 seconds"));
  }
}
