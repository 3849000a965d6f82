package dev.postrider.delivery;

import dev.postrider.failure.Advice;
import dev.postrider.mail.reply.EnhancedStatusCode;
import org.jspecify.annotations.Nullable;

/** The fate of one recipient in one attempt. */
public sealed interface DeliveryStatus {
  /** The status code of the log ({@code dsn=}) and of reports (RFC 3464 §2.3.4). */
  EnhancedStatusCode code();

  /** Why, as the log has it between the parentheses. */
  String text();

  /** Who decided it. */
  Attempt attempt();

  /** What that means in plain words, if that is known. */
  default @Nullable Advice advice() {
    return null;
  }

  /** Accepted by the next hop, or in the mailbox. */
  record Sent(EnhancedStatusCode code, String text, Attempt attempt, Completion completion)
      implements DeliveryStatus {
    /** In its mailbox. */
    public Sent(EnhancedStatusCode code, String text, Attempt attempt) {
      this(code, text, attempt, Completion.DELIVERED);
    }
  }

  /** Where responsibility for a message went, and with it the reports that its sender asked for. */
  enum Completion {
    /** In its mailbox. */
    DELIVERED,
    /** Taken by a server that knows no report about success: this system owes it. */
    RELAYED,
    /** Taken by a server that owes the reports from now on (RFC 3461 §5.2.1). */
    PASSED_ON,
    /** Gone on to the addresses of an alias as a new message (RFC 3461 §5.2.7). */
    EXPANDED
  }

  /**
   * To be tried again. The default for everything unknown.
   *
   * @param retry when
   */
  record Deferred(
      EnhancedStatusCode code, String text, Attempt attempt, Retry retry, @Nullable Advice advice)
      implements DeliveryStatus {
    /** At the usual time, and nothing is known beyond the text. */
    public Deferred(EnhancedStatusCode code, String text, Attempt attempt) {
      this(code, text, attempt, new Retry.Usual(), null);
    }
  }

  /** Refused for good: the sender is told. */
  record Bounced(EnhancedStatusCode code, String text, Attempt attempt, @Nullable Advice advice)
      implements DeliveryStatus {
    /** Nothing is known beyond the text. */
    public Bounced(EnhancedStatusCode code, String text, Attempt attempt) {
      this(code, text, attempt, null);
    }
  }

  /**
   * The circumstances of an attempt, for the log and for reports.
   *
   * @param process the part that speaks in the log, such as {@code smtp} or {@code local}
   * @param relay {@code host[address]:port}, {@code local}, or {@code none}
   * @param remoteMta the server's name for a report's Remote-MTA, or null if none answered
   * @param diagnostic the server's reply for a report's Diagnostic-Code, or null if it said nothing
   * @param connectionUses how many messages this connection has carried, from 1
   * @param begun when the transport took the job, {@link System#nanoTime}
   * @param connected when the session was ready to carry the message, or {@code begun} if never
   * @param account who was logged in there, {@code login at server}; empty if nobody was
   * @param insteadOf why it is not the account or server that comes first; empty if it is
   */
  record Attempt(
      String process,
      String relay,
      @Nullable String remoteMta,
      @Nullable String diagnostic,
      int connectionUses,
      long begun,
      long connected,
      String account,
      String insteadOf) {
    /** One without an account. */
    public Attempt(
        String process,
        String relay,
        @Nullable String remoteMta,
        @Nullable String diagnostic,
        int connectionUses,
        long begun,
        long connected) {
      this(process, relay, remoteMta, diagnostic, connectionUses, begun, connected, "", "");
    }

    /** An attempt that needed no other host. */
    public static Attempt here(String process, String relay) {
      long now = System.nanoTime();
      return new Attempt(process, relay, null, null, 1, now, now);
    }
  }
}
