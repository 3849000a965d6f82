package dev.postrider.local;

import dev.postrider.delivery.NextHop;
import dev.postrider.sieve.VacationReply;
import java.nio.file.Path;

/** What is done about an address at the end of its way. Immutable. */
sealed interface Act {
  /** Appended to the user's mailbox. */
  record Mailbox(Path file, boolean inSpool) implements Act {}

  /** Added to a maildir: the user's, or one that a list names with a slash at its end. */
  record Maildir(Path directory, boolean own) implements Act {}

  /**
   * Put into a folder that the user's script names; made if it is missing.
   *
   * @param maildir whether it is a maildir, else an mbox
   * @param otherwise what is done if that folder cannot be: the name is the script's, and the mail
   *     must not go back for it
   */
  record Folder(Path place, boolean maildir, Act otherwise) implements Act {}

  /** Appended to a file that a list names. */
  record File(String path) implements Act {}

  /** Fed to a command. */
  record Command(String line) implements Act {}

  /** Handed to another transport in this same attempt. */
  record Pass(NextHop nextHop) implements Act {}

  /** Sent on as a new message, together with all others that go on in the same name. */
  record SendOn() implements Act {}

  /** An answer to the sender, which is no delivery: nobody's fate depends on it. */
  record Reply(VacationReply reply) implements Act {}

  /** Thrown away, which counts as delivered. */
  record Discard() implements Act {}

  /** Nothing, because this was done or decided already. */
  record Duplicate() implements Act {}

  /**
   * It cannot be done.
   *
   * @param code an enhanced status code; its class decides between waiting and bouncing
   * @param text as the log has it between the parentheses
   */
  record Fail(String code, String text) implements Act {}
}
