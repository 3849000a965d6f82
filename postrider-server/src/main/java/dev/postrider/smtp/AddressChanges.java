package dev.postrider.smtp;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.table.AddressLookup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes the addresses of one message by tables, and remembers what went wrong. For one thread.
 */
final class AddressChanges {
  private final @Nullable AddressLookup lookup;
  private final boolean propagates;
  private final String parameter;
  private @Nullable String problem;

  /**
   * @param lookup null where nothing is to change
   * @param propagates whether an extension goes over to the new address
   */
  AddressChanges(@Nullable AddressLookup lookup, boolean propagates, String parameter) {
    this.lookup = lookup;
    this.propagates = propagates;
    this.parameter = parameter;
  }

  Mailbox apply(Mailbox address) {
    if (lookup == null || problem != null) {
      return address;
    }
    return switch (lookup.map(address, propagates)) {
      case AddressLookup.Answer.Unchanged _ -> address;
      case AddressLookup.Answer.Mapped(var mailboxes, _) -> mailboxes.getFirst();
      case AddressLookup.Answer.Unavailable(var reason) -> {
        problem = parameter + ": " + reason;
        yield address;
      }
    };
  }

  /** The first thing that went wrong: the message is not to go out as it is. */
  Optional<String> problem() {
    return Optional.ofNullable(problem);
  }
}
