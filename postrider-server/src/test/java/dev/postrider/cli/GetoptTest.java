package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GetoptTest {
  private static List<String> parse(String... arguments) {
    Getopt getopt = new Getopt(List.of(arguments), "ab:c");
    List<String> found = new ArrayList<>();
    for (Optional<Getopt.Option> next = getopt.next(); next.isPresent(); next = getopt.next()) {
      found.add(next.get().letter() + "=" + next.get().value());
    }
    found.addAll(getopt.operands());
    return found;
  }

  @Test
  void lettersMayBeJoinedAndValuesAttached() {
    assertThat(parse("-acbvalue", "x")).containsExactly("a=", "c=", "b=value", "x");
    assertThat(parse("-b", "value", "-a", "x")).containsExactly("b=value", "a=", "x");
  }

  @Test
  void optionsEndAtTheFirstOperandAndAtTwoDashes() {
    assertThat(parse("-a", "x", "-c")).containsExactly("a=", "x", "-c");
    assertThat(parse("-a", "--", "-c")).containsExactly("a=", "-c");
    assertThat(parse("-", "-a")).containsExactly("-", "-a");
  }

  @Test
  void unknownLettersAndMissingValuesAreTold() {
    assertThat(parse("-z")).containsExactly("?=z");
    assertThat(parse("-b")).containsExactly(":=b");
    assertThat(parse("-:")).containsExactly("?=:");
  }
}
