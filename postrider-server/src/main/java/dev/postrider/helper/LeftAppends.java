package dev.postrider.helper;

import dev.postrider.io.ActingAs;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** Takes back what killed processes left half done, at the start of another. Stateless. */
final class LeftAppends {
  private LeftAppends() {}

  /** Runs work with the rights of an append. */
  @FunctionalInterface
  interface Rights {
    Undo.Outcome as(JournalEntry entry, ActingAs.Work<Undo.Outcome> work)
        throws IOException, InterruptedException;
  }

  /**
   * Settles all that the journal has.
   *
   * @param warnings hears of files that somebody may want to look at
   */
  static void undo(
      Journal journal,
      MailboxRules rules,
      InstantSource clock,
      Rights rights,
      Consumer<String> warnings)
      throws IOException, InterruptedException {
    for (Journal.Left left : journal.left()) {
      Optional<JournalEntry> entry = left.entry();
      if (entry.isEmpty() || settled(entry.get(), rules, clock, rights, warnings)) {
        journal.forget(left);
      }
    }
  }

  private static boolean settled(
      JournalEntry entry,
      MailboxRules rules,
      InstantSource clock,
      Rights rights,
      Consumer<String> warnings)
      throws InterruptedException {
    String trouble = "an append to " + entry.file() + " was cut short by an earlier end, and ";
    try {
      return switch (rights.as(entry, () -> Undo.undo(entry, rules, clock))) {
        case Undo.Outcome.Nothing _ -> true;
        case Undo.Outcome.Done(long octets) -> {
          warnings.accept(
              "took back the last "
                  + octets
                  + " bytes of "
                  + entry.file()
                  + ": an earlier end had cut an append short, and the message comes again");
          yield true;
        }
        case Undo.Outcome.Left(String why) -> {
          warnings.accept(
              trouble + why + "; a part of a message may stand in it. The message itself is safe");
          yield true;
        }
        case Undo.Outcome.Later(String why) -> {
          warnings.accept(trouble + why + "; the next start tries again to take it back");
          yield false;
        }
      };
    } catch (IOException e) {
      warnings.accept(trouble + Trouble.reason(e) + "; the next start tries again to take it back");
      return false;
    }
  }
}
