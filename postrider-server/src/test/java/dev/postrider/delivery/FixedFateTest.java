package dev.postrider.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The values are what Debian's error(8) and discard(8) log for the same next hop. */
class FixedFateTest {
  private static String line(FixedFate transport, String words) {
    DeliveryStatus status = transport.fate(new NextHop("any", words));
    return status.attempt().process()
        + " "
        + status.attempt().relay()
        + " "
        + status.code()
        + " "
        + status.text();
  }

  @ParameterizedTest
  @CsvSource({
    "5.7.1 no mail here, 5.7.1 no mail here",
    "mail is off, 5.0.0 mail is off",
    "4.2.1 later please, 5.0.0 later please",
    "5.7 no code, 5.0.0 5.7 no code"
  })
  void errorRefusesWithItsText(String nextHop, String expected) {
    assertThat(new FixedFate.Bounce().fate(new NextHop("error", nextHop)))
        .isInstanceOf(DeliveryStatus.Bounced.class);
    assertThat(line(new FixedFate.Bounce(), nextHop)).isEqualTo("error none " + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "4.3.2 wait a bit, 4.3.2 wait a bit",
    "hold on, 4.0.0 hold on",
    "5.1.1 nope, 4.0.0 nope"
  })
  void retryMakesMailWait(String nextHop, String expected) {
    assertThat(new FixedFate.Defer().fate(new NextHop("retry", nextHop)))
        .isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(line(new FixedFate.Defer(), nextHop)).isEqualTo("error none " + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "silently, 2.0.0 silently",
    "dis2.test, 2.0.0 dis2.test",
    "2.5.0 with a code, 2.5.0 with a code"
  })
  void discardSaysSent(String nextHop, String expected) {
    assertThat(new FixedFate.Discard().fate(new NextHop("discard", nextHop)))
        .isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(line(new FixedFate.Discard(), nextHop)).isEqualTo("discard none " + expected);
  }
}
