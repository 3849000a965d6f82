package dev.postrider.mail.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClientTest {
  private static Client calling(String helo) {
    return Client.unauthenticated("x.example", "192.0.2.1", 25, helo, "SMTP");
  }

  @Test
  void controlCharactersDoNotGetIn() {
    assertThat(calling("a\nb\0c\u001b[2Jd\u0085e\u007f").helo()).isEqualTo("a?b?c?[2Jd?e?");
  }

  @Test
  void aTextIsBounded() {
    assertThat(calling("h".repeat(5_000)).helo()).isEqualTo("h".repeat(Client.LONGEST));
  }

  @Test
  void halfACharacterIsNoCharacter() {
    assertThat(calling("\ud83d x \ude00 \ud83d\ude00").helo()).isEqualTo("? x ? \ud83d\ude00");
    String cut = "h".repeat(Client.LONGEST - 1) + "\ud83d\ude00";
    assertThat(calling(cut).helo()).isEqualTo("h".repeat(Client.LONGEST - 1) + "?");
  }

  @Test
  void ofWhatIsKnownNothingChangesAfterwards() {
    Client once = calling("h".repeat(600) + "\t");
    assertThat(calling(once.helo())).isEqualTo(once);
  }

  @Test
  void aPortThatIsNoneIsUnknown() {
    assertThat(Client.unauthenticated("x", "192.0.2.1", 65_536, "", "").portText()).isEmpty();
    assertThat(Client.unauthenticated("x", "192.0.2.1", -1, "", "").portText()).isEmpty();
    assertThat(Client.unauthenticated("x", "192.0.2.1", 65_535, "", "").portText())
        .isEqualTo("65535");
  }

  @Test
  void anIpv6AddressIsTaggedAsInSmtp() {
    assertThat(Client.unauthenticated("x", "2001:db8::1", 1, "", "").literal())
        .isEqualTo("IPv6:2001:db8::1");
    assertThat(calling("").literal()).isEqualTo("192.0.2.1");
    assertThat(Client.NONE.literal()).isEmpty();
  }
}
