package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailboxRulesTest {
  private static final Append.Terms LAX = new Append.Terms(7, true, false, false);

  private static MailboxRules rules(String strictOwner) {
    return MailboxRules.of(
        Config.of(
            Path.of("/nonexistent"),
            Map.of(
                "virtual_mailbox_limit", "5",
                "virtual_mailbox_lock", "fcntl",
                "mailbox_size_limit", "3",
                "mailbox_delivery_lock", "fcntl",
                "strict_mailbox_ownership", strictOwner,
                "myhostname", "host.example")));
  }

  private static Append to(Append.Kind kind, Append.Terms terms) {
    return new Append(Path.of("/x"), kind, terms);
  }

  @Test
  void aServiceHasItsOwnLimitAndLocks() {
    MailboxRules under = rules("no").under(to(Append.Kind.VIRTUAL_MAILBOX, LAX));

    assertThat(under.largest(Append.Kind.VIRTUAL_MAILBOX)).isEqualTo(7);
    assertThat(under.locks(Append.Kind.VIRTUAL_MAILBOX))
        .isEqualTo(new MailboxRules.Locks(true, false));
    assertThat(under.strictOwner()).isFalse();
  }

  @Test
  void withoutTermsMainCfCounts() {
    MailboxRules rules = rules("no");

    assertThat(rules.under(new Append(Path.of("/x"), Append.Kind.VIRTUAL_MAILBOX)))
        .isEqualTo(rules);
  }

  @Test
  void theRuleOfRootCanBeMadeStricterAndNotLaxer() {
    Append.Terms strict = new Append.Terms(7, true, false, true);

    assertThat(rules("yes").under(to(Append.Kind.VIRTUAL_MAILBOX, LAX)).strictOwner()).isTrue();
    assertThat(rules("no").under(to(Append.Kind.VIRTUAL_MAILBOX, strict)).strictOwner()).isTrue();
  }

  @Test
  void otherFilesHaveNoTerms() {
    MailboxRules rules = rules("yes");

    for (Append.Kind kind : Append.Kind.values()) {
      if (kind != Append.Kind.VIRTUAL_MAILBOX) {
        assertThat(rules.under(to(kind, LAX))).isEqualTo(rules);
      }
    }
  }
}
