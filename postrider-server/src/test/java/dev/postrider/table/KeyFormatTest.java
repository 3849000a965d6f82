package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.ConfigException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** mysql_table(5): what stands for what, and which keys are not looked up. */
final class KeyFormatTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "%s, a@mail.example.com, a@mail.example.com",
        "%u, a@mail.example.com, a",
        "%d, a@mail.example.com, mail.example.com",
        "%S-%U-%D, a@b.c, a@b.c-a-b.c",
        "%1 %2 %3, a@mail.example.com, com example mail",
        "%u, plain, plain",
        "%d, plain, none",
        "%u, @b.c, none",
        "%s, @b.c, @b.c",
        "%d, @b.c, b.c",
        "%d, a@, none",
        "%d, a@b@c, c",
        "%4, a@mail.example.com, none",
        "%2, a@x..y., x",
        "%%s, a@b, %s",
        "%s, '', none"
      })
  void aQueryIsMadeOfTheKey(String text, String key, String expected) throws Exception {
    KeyFormat format = new KeyFormat();
    KeyFormat.Text parsed = format.query(text);
    assertThat(format.expand(parsed, key, UnaryOperator.identity()).orElse(null))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "%s, v@x.y, v@x.y",
        "smtp:[%s], host, smtp:[host]",
        "%u at %d, v@x.y, v at x.y",
        "%d, v, none",
        "%u, v, v",
        "%u, @x, none",
        "%S %U %D %1, v, k@dom.ain k dom.ain ain",
        "%s, none, none",
        "%s, '', none"
      })
  void aResultIsMadeOfTheValueAndTheKey(String text, String value, String expected)
      throws Exception {
    KeyFormat format = new KeyFormat();
    KeyFormat.Text parsed = format.result(text);
    assertThat(format.expand(parsed, value, "k@dom.ain").orElse(null)).isEqualTo(expected);
  }

  @Test
  void whatTheResultNeedsOfTheKeyKeepsOtherKeysFromBeingAsked() throws Exception {
    KeyFormat format = new KeyFormat();
    KeyFormat.Text query = format.query("%s");
    assertThat(format.expand(query, "plain", UnaryOperator.identity())).contains("plain");
    format.result("%D");
    assertThat(format.expand(query, "plain", UnaryOperator.identity())).isEmpty();
  }

  @Test
  void anUnknownLetterIsRefused() {
    assertThatThrownBy(() -> new KeyFormat().query("a%xb"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("invalid query template: a%xb (%x is unknown; a percent sign is written %%)");
    assertThatThrownBy(() -> new KeyFormat().result("a%"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("invalid result template: a%");
  }
}
