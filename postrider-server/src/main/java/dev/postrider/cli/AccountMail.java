package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.account.AccountUse;
import dev.postrider.control.QueueEntry;
import java.util.HashMap;
import java.util.Map;

/** How much mail waits for accounts, by the reasons that the queue has. For one thread. */
final class AccountMail {
  private static final String ACCOUNT = "account ";
  private static final String[] WORDS = {" waits: ", " rests: ", " rests, ", " is held, "};

  private final Map<String, Long> messages = new HashMap<>();
  private final Map<String, Long> recipients = new HashMap<>();

  /** Counts a message of the queue. */
  void add(QueueEntry entry) {
    String last = "";
    for (QueueEntry.Waiting waiting : entry.recipients()) {
      String subject = subject(waiting.reason());
      if (!subject.isEmpty()) {
        recipients.merge(subject, 1L, Long::sum);
        if (!subject.equals(last)) {
          messages.merge(subject, 1L, Long::sum);
          last = subject;
        }
      }
    }
  }

  /** The account that a reason names; of others the reason itself, which a state may have too. */
  private static String subject(String reason) {
    if (reason.startsWith(ACCOUNT)) {
      for (String word : WORDS) {
        int end = reason.indexOf(word);
        if (end > 0) {
          return reason.substring(ACCOUNT.length(), end);
        }
      }
    }
    return reason;
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return recipients.isEmpty();
  }

  /**
   * What waits for an account.
   *
   * @param name as it is printed
   */
  AccountUse.Count of(String name) {
    return new AccountUse.Count(messages.getOrDefault(name, 0L), recipients.getOrDefault(name, 0L));
  }

  /** What waits for an account that is stopped: also what stopped it. */
  AccountUse.Count of(AccountState state) {
    AccountUse.Count named = of(state.name().toString());
    AccountUse.Count first = of(state.reason());
    return new AccountUse.Count(
        named.messages() + first.messages(), named.recipients() + first.recipients());
  }
}
