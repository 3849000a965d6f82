package dev.postrider.mail.dsn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of RFC 6533 §3. */
class Utf8AddressTest {
  @Test
  void whatIsNotPlainAsciiIsEncoded() {
    assertThat(Utf8Address.encode("j\u00f6rg+x=y\\z@b\u00fccher.test"))
        .isEqualTo("j\\x{F6}rg\\x{2B}x\\x{3D}y\\x{5C}z@b\\x{FC}cher.test");
    assertThat(Utf8Address.encode("\ud83d\udce7\u5b57@x")).isEqualTo("\\x{1F4E7}\\x{5B57}@x");
    assertThat(Utf8Address.encode("\"a b\"@x")).isEqualTo("\"a\\x{20}b\"@x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"j\u00f6rg@x", "\ud83d\udce7@x", "a+b=c\\d e@x", "plain@x"})
  void decodingIsTheReverse(String address) {
    assertThat(Utf8Address.decode(Utf8Address.encode(address))).isEqualTo(address);
  }

  @Test
  void plainUtf8IsTakenToo() {
    assertThat(Utf8Address.decode("j\u00f6rg\\x{2B}x@x")).isEqualTo("j\u00f6rg+x@x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a+b",
        "a=b",
        "a b",
        "a\\b",
        "\\x{}",
        "\\x{F6",
        "\\x{f6}",
        "\\x{0A}",
        "\\x{85}",
        "\\x{7F}",
        "\\x{D800}",
        "\\x{110000}",
        "\\x{0000041}",
        "\\xF6",
        "a\u0000"
      })
  void whatIsNoneOfTheFormsIsRefused(String text) {
    assertThat(Utf8Address.decode(text)).isNull();
  }

  @Test
  void theTypeHasNoCase() {
    assertThat(Utf8Address.isType("UTF-8;a@b")).isTrue();
    assertThat(Utf8Address.isType("rfc822;a@b")).isFalse();
  }

  @Test
  void nothingMakesItFailAndNothingControlComesOut() {
    Random random = new Random(6533);
    String alphabet = "\\x{}0123456789ABCDEFf;+= a@\u00f6\ud83d\u0000";
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(20); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String decoded = Utf8Address.decode(text.toString());
      if (decoded != null) {
        assertThat(decoded.chars()).noneMatch(c -> c < ' ' || c == 0x7f);
      }
    }
  }
}
