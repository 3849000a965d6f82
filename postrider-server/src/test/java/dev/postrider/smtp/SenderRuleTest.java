package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.mail.address.Mailbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SenderRuleTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          me@p.test                        | root@host.test  | me@p.test
          me@p.test                        | ME@p.test       | me@p.test
          me@p.test, work@p.test @own.test | Work@P.test     | Work@P.test
          me@p.test, work@p.test @own.test | any@Own.test    | any@Own.test
          me@p.test, work@p.test @own.test | any@sub.own.test| me@p.test
          @p.test                          | root@host.test  | root@p.test
          DUNNO                            | root@host.test  | root@host.test
          """)
  void anAccountTakesItsOwnAndThoseBeside(String entry, String sender, String result) {
    int at = sender.indexOf('@');
    Mailbox mailbox = new Mailbox(sender.substring(0, at), sender.substring(at + 1));
    assertThat(SenderRule.parse(entry).orElseThrow().apply(mailbox).external()).isEqualTo(result);
  }

  @ParameterizedTest
  @ValueSource(strings = {"me", "@", "me@p.test work", "me@p.test, |command"})
  void whatIsNoSuchListIsNone(String entry) {
    assertThat(SenderRule.parse(entry)).isEmpty();
  }

  @Test
  void anEmptyEntryTakesAll() {
    assertThat(SenderRule.parse(" ").orElseThrow().takesAll()).isTrue();
  }
}
