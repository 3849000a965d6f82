package dev.postrider.smtp;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AddressLookup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the senders of one message as {@code postrider_relay_sender_maps} say: by the account
 * that it goes by, and where they know nothing of that, by the sender. Remembers what went wrong.
 * For one thread.
 */
final class SenderChanges {
  static final String PARAMETER = "postrider_relay_sender_maps";

  private final AddressChanges bySender;
  private @Nullable SenderRule rule;
  private @Nullable String problem;

  /**
   * @param tables null where nothing is to change
   * @param account whose rule counts
   */
  SenderChanges(@Nullable AddressLookup tables, AccountKeys account) {
    this.bySender = new AddressChanges(tables, /* propagates= */ false, PARAMETER);
    if (tables != null) {
      switch (entry(tables, account)) {
        case AddressLookup.Found.Nothing _ -> {}
        case AddressLookup.Found.Unavailable(var reason) -> problem = PARAMETER + ": " + reason;
        case AddressLookup.Found.Entry(var table, var key, var value, _) -> {
          rule = SenderRule.parse(value).orElse(null);
          if (rule == null) {
            problem =
                PARAMETER
                    + ": "
                    + table
                    + ": the entry for "
                    + key
                    + " holds \""
                    + value
                    + "\"; write an address, those that the account takes beside it, or DUNNO";
          }
        }
      }
    }
  }

  /** What the tables say of an account, by the most special of its keys. */
  static AddressLookup.Found entry(AddressLookup tables, AccountKeys account) {
    for (String key : account.ofServer()) {
      AddressLookup.Found found = tables.findKey(key);
      if (!(found instanceof AddressLookup.Found.Nothing)) {
        return found;
      }
    }
    return new AddressLookup.Found.Nothing();
  }

  Mailbox apply(Mailbox sender) {
    SenderRule own = rule;
    if (problem != null) {
      return sender;
    }
    return own == null ? bySender.apply(sender) : own.apply(sender);
  }

  /** The first thing that went wrong: the message is not to go out as it is. */
  Optional<String> problem() {
    return Optional.ofNullable(problem).or(bySender::problem);
  }
}
