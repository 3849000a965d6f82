package dev.postrider.mail.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Compared with the loop anybody would write. */
class OctetScanTest {
  /** Octets that are next to those looked for, or that a borrow could make look like them. */
  private static final byte[] NASTY = {
    0, 1, '\n', 0x0b, '\t', '\r', 0x0c, 0x0e, 'a', 127, -128, -1
  };

  private final Random random = new Random(20261127);

  @Test
  void findsTheFirstLineEnd() {
    for (int round = 0; round < 200_000; round++) {
      byte[] octets = octets();
      int from = random.nextInt(octets.length + 1);
      int to = from + random.nextInt(octets.length - from + 1);
      int expected = from;
      while (expected < to && octets[expected] != '\r' && octets[expected] != '\n') {
        expected++;
      }
      assertThat(OctetScan.lineEnd(octets, from, to)).isEqualTo(expected);
    }
  }

  @Test
  void seesWhetherAnyOctetIsAbove127() {
    for (int round = 0; round < 200_000; round++) {
      byte[] octets = octets();
      int from = random.nextInt(octets.length + 1);
      int to = from + random.nextInt(octets.length - from + 1);
      boolean expected = false;
      for (int i = from; i < to; i++) {
        expected |= octets[i] < 0;
      }
      assertThat(OctetScan.hasEightBit(octets, from, to)).isEqualTo(expected);
    }
  }

  /** Mostly plain, so that some runs are long. */
  private byte[] octets() {
    byte[] octets = new byte[random.nextInt(40)];
    for (int i = 0; i < octets.length; i++) {
      octets[i] = random.nextInt(12) == 0 ? NASTY[random.nextInt(NASTY.length)] : (byte) 'x';
    }
    return octets;
  }
}
