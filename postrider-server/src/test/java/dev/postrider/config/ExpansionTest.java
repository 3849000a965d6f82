package dev.postrider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {
  private static final Map<String, String> NAMES =
      Map.of(
          "name", "value", "empty", "", "outer", "<$name>", "one", "1", "two", "2", "ten", "10",
          "level", "3.6", "raw_one", "$name", "self", "$self");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "plain | plain",
        "$name | value",
        "${name} | value",
        "$(name) | value",
        "a$name.b | avalue.b",
        "$$name | $name",
        "$outer | <value>",
        "x${nothing}y | xy",
        "${name?set} | set",
        "x${name:unset}y | xy",
        "${empty?set}${empty:unset} | unset",
        "${nothing:unset} | unset",
        "${name?{yes}:{no}} | yes",
        "${nothing?{yes}:{no}} | no",
        "${nothing ? {yes} : {no}} | no",
        "${name??foo:bar} | ?foo:bar",
        "${name?$outer} | <value>",
        "${name?{a{b}c}} | a{b}c",
        "${{$name} == {value}} | true",
        "x${{$name} != {value}}y | xy",
        "${{$name}=={value}?{yes}:{no}} | yes",
        "${{$one} < {$two}?{yes}:{no}} | yes",
        "${{$ten} < {$two}?{yes}:{no}} | no",
        "${{10x} < {2x}?{yes}:{no}} | yes",
        "${{$ten} >= {10}?{yes}:{no}} | yes",
        "${{$ten} <= {9}?{yes}:{no}} | no",
        "${{$ten} > {9}?{yes}:{no}} | yes",
        "${{3.10} <level {3.9}?{yes}:{no}} | no",
        "${{3.10} < {3.9}?{yes}:{no}} | yes",
        "${{$level} <level {3.11}?{old}:{new}} | old",
        "${{$level} ==level {3.6.0}?{same}:{other}} | same",
        "${{$level} >=level {4}?{yes}:{no}} | no",
        "${{a}=={b}:else} | else",
        "$raw_one | $name",
        "${domain_to_ascii{b\u00fccher.example}} | xn--bcher-kva.example",
        "${domain_to_ascii{$name}} | value",
      })
  void referencesAreReplaced(String text, String expected) throws Exception {
    assertThat(Expansion.expand(text, new Fixed(NAMES))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a $ b | empty macro name",
        "${} | empty macro name",
        "${name | truncated macro reference",
        "${na-me} | attribute name syntax error at: \"...na>>>-me\"",
        "${na me} | attribute name syntax error",
        "${name?{a}:{b}c} | unexpected input at",
        "${name?{a}b} | \":\" expected at",
        "${name?{a} | truncated macro reference",
        "${{a}} | expected at",
        "${{a} = {b}} | expected at",
        "${{a} == b} | {expression}",
        "${{a} =={b}x} | ?",
        "${{a} ==size {b}} | bad operator suffix",
        "${{x} <level {3}} | malformed compatibility level syntax: \"x\"",
        "${nosuch{a}} | unknown function",
        "$self | unreasonable macro call nesting",
      })
  void aBadExpressionIsSaidToBeBad(String text, String complaint) {
    assertThatThrownBy(() -> Expansion.expand(text, new Fixed(NAMES)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(complaint);
  }

  @Test
  void settingsThatDoubleEachOtherEndInAnErrorAndNotInYears() {
    Map<String, String> doubling = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      doubling.put("n" + i, "$n" + (i + 1) + " $n" + (i + 1));
    }

    assertThatThrownBy(() -> Expansion.expand("$n0", new Fixed(doubling)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unreasonable macro expansion");
  }

  private record Fixed(Map<String, String> values) implements Expansion.Names {
    @Override
    public @Nullable String value(String name) {
      return values.get(name);
    }

    @Override
    public boolean raw(String name) {
      return name.startsWith("raw_");
    }
  }
}
