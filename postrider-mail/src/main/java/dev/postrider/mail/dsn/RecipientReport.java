package dev.postrider.mail.dsn;

import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of one recipient (RFC 3464 §2.3). Immutable.
 *
 * @param recipient whom it concerns
 * @param action what became of them
 * @param status its class is 2 for a success; of a failure 5 or, when the message only grew too
 *     old, 4
 * @param text why, as the log has it
 * @param remoteMta the server that decided, or null if it was this system
 * @param diagnostic that server's reply, code and all, or null if it said nothing
 * @param plain what that means, who must act and what to do, a line for each; empty if not known
 */
public record RecipientReport(
    Recipient recipient,
    Action action,
    EnhancedStatusCode status,
    String text,
    @Nullable String remoteMta,
    @Nullable String diagnostic,
    List<String> plain) {
  public RecipientReport {
    plain = List.copyOf(plain);
  }

  /** One whose meaning is not known beyond its status. */
  public RecipientReport(
      Recipient recipient,
      Action action,
      EnhancedStatusCode status,
      String text,
      @Nullable String remoteMta,
      @Nullable String diagnostic) {
    this(recipient, action, status, text, remoteMta, diagnostic, List.of());
  }
}
