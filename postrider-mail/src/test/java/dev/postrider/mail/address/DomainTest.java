package dev.postrider.mail.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainTest {
  @ParameterizedTest
  @CsvSource({
    "Example.COM, example.com",
    "example.com., example.com",
    "dömain.example, xn--dmain-jua.example",
    "XN--DMAIN-JUA.example, xn--dmain-jua.example",
    "a_b.example, a_b.example",
    "3com.com, 3com.com",
    "localhost, localhost"
  })
  void validNamesHaveOneAsciiForm(String text, String ascii) {
    assertThat(Domain.parse(text)).contains(new Domain(ascii));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "-a.b",
        "a-.b",
        "1.2.3.4",
        "a b",
        "a/b",
        "*.b",
        "[1.2.3.4]"
      })
  void otherNamesAreRefused(String text) {
    assertThat(Domain.parse(text)).isEmpty();
  }

  @Test
  void lengthsAreBounded() {
    assertThat(Domain.parse("a".repeat(63) + ".b")).isPresent();
    assertThat(Domain.parse("a".repeat(64) + ".b")).isEmpty();
    assertThat(Domain.parse("a.".repeat(127) + "b")).isPresent();
    assertThat(Domain.parse("a.".repeat(128) + "b")).isEmpty();
  }

  @Test
  void uLabelsComeBackForPeople() {
    assertThat(Domain.parse("xn--dmain-jua.example").orElseThrow().unicode())
        .isEqualTo("dömain.example");
  }

  @Test
  void aDomainIsWithinItsParentOnly() {
    assertThat(new Domain("a.b.example").isWithin(new Domain("b.example"))).isTrue();
    assertThat(new Domain("ab.example").isWithin(new Domain("b.example"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "[192.0.2.1], [192.0.2.1]",
    "[IPv6:2001:DB8::1], [IPv6:2001:db8::1]",
    "[ipv6:::1], [IPv6:::1]"
  })
  void literalsAreReadByTheirMeaning(String text, String printed) {
    assertThat(AddressLiteral.parse(text).orElseThrow()).hasToString(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "[999.1.1.1]",
        "[1.2.3]",
        "[127.1]",
        "[0x7f.0.0.1]",
        "[tag:x]",
        "[::1]",
        "[IPv6:1.2.3.4]",
        "[IPv6:::1%lo]",
        "[IPv6:]",
        "[IPv6:::g]",
        "[1.2.3.4",
        "1.2.3.4"
      })
  void badLiteralsAreRefused(String text) {
    assertThat(AddressLiteral.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0, ::",
    "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "fe80:0:0:0:a:b:0:0, fe80::a:b:0:0",
    "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
    "::ffff:192.0.2.1, 192.0.2.1"
  })
  void addressesArePrintedInTheirShortestForm(String text, String printed) { // RFC 5952 §4
    assertThat(AddressLiteral.print(InetAddress.ofLiteral(text))).isEqualTo(printed);
  }

  @Test
  void aScopeIsNotPrinted() throws Exception {
    byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();

    InetAddress scoped = Inet6Address.getByAddress("", linkLocal, 3);

    assertThat(AddressLiteral.print(scoped)).isEqualTo("fe80::1");
  }
}
