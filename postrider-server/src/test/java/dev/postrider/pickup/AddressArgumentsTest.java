package dev.postrider.pickup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressArgumentsTest {
  /** Expected values are what Debian's sendmail wrote into its queue file for the same argument. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "a | a",
        "a, b | a b",
        "a b | a b",
        "a@b c@d | a@b c@d",
        "Bob <b@c>, \"q r\"@d, (c) e@f | b@c q_r@d e@f",
        "grp: a, b; | a b",
        "\"a | a",
        "a @ b | a@b",
        "Foo <@x,@y:a@b> | a@b",
        "-a | -a",
        "a@[127.0.0.1] | a@[127.0.0.1]",
        "root (a (nested) comment) | root",
        "x\\@y@z | x@y@z",
      })
  void anArgumentIsReadAsAListOfAddresses(String argument, String expected) {
    List<String> found =
        AddressArguments.list(argument).stream()
            .map(Mailbox::internal)
            .map(address -> address.replace(' ', '_'))
            .toList();

    assertThat(found).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '\'',
      value = {"''", "' '", "<>", "','", "a:;", "(only a comment)"})
  void withoutAnAddressThereIsNone(String argument) {
    assertThat(AddressArguments.list(argument)).isEmpty();
  }
}
