package dev.postrider.bounce;

import dev.postrider.config.Config;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.dsn.Wrap;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the postmaster of SMTP sessions with trouble, as far as notify_classes asks for it. One for
 * each service; safe on any thread; a reload makes a new one, which counts anew.
 */
public final class SessionNotices {
  /** Postfix's width of a transcript; each line has a space before it. */
  private static final int WIDTH = 78;

  /** Which side of a session this system is. */
  public enum Side {
    SERVER("SMTP server"),
    CLIENT("SMTP client"),
    LMTP_CLIENT("LMTP client");

    private final String word;

    Side(String word) {
      this.word = word;
    }

    private Set<Trouble> possible() {
      return switch (this) {
        case SERVER -> EnumSet.complementOf(EnumSet.of(Trouble.TWICE_BOUNCED, Trouble.DELAY));
        case CLIENT, LMTP_CLIENT -> EnumSet.of(Trouble.PROTOCOL, Trouble.DATA);
      };
    }
  }

  /** What came about in one. */
  record Session(String peer, Set<Trouble> troubles, Transcript transcript, String reason) {}

  /** Everything a notice needs. */
  private record Setup(
      Side side,
      Set<Trouble> wanted,
      String product,
      String origin,
      Mailbox sender,
      Mailbox errorRecipient,
      Mailbox bounceRecipient,
      Intake intake,
      MailLog log,
      String process,
      InstantSource clock) {}

  private final @Nullable Setup setup;
  private final NoticeLimit limit = new NoticeLimit();

  private SessionNotices(@Nullable Setup setup) {
    this.setup = setup;
  }

  /** Tells nobody of anything. */
  public static SessionNotices none() {
    return new SessionNotices(null);
  }

  /**
   * Those of one service.
   *
   * @param config with the service's own overrides
   * @param process how log lines name the service
   */
  public static SessionNotices of(
      Config config, Side side, Intake intake, MailLog log, String process, InstantSource clock) {
    Set<Trouble> wanted = Trouble.wanted(config);
    wanted.retainAll(side.possible());
    String origin = config.text("myorigin");
    return new SessionNotices(
        new Setup(
            side,
            wanted,
            config.text("mail_name"),
            origin,
            NoticeAddress.of(config.text("double_bounce_sender"))
                .qualified(config.text("myhostname")),
            NoticeAddress.of(config.text("error_notice_recipient")),
            NoticeAddress.of(config.text("bounce_notice_recipient")),
            intake,
            log,
            process,
            clock));
  }

  /**
   * A session begins.
   *
   * @param peer {@code name[address]}, of a server with its port
   */
  public SessionRecord begin(String peer) {
    return new SessionRecord(this, peer, setup != null && !setup.wanted.isEmpty());
  }

  /** Whether trouble with this sender's mail is told: not where it is a notice itself. */
  public boolean tellsOf(ReversePath sender) {
    return setup != null
        && sender instanceof ReversePath.Sender(var mailbox)
        && !mailbox.sameAs(setup.sender);
  }

  void tell(Session session, String queueId) {
    if (setup == null) {
      return;
    }
    for (Trouble trouble : Trouble.values()) {
      if (session.troubles.contains(trouble) && setup.wanted.contains(trouble)) {
        tell(setup, session, trouble, queueId);
        return;
      }
    }
  }

  private void tell(Setup now, Session session, Trouble trouble, String queueId) {
    switch (limit.ask(trouble, now.clock.instant())) {
      case NoticeLimit.Answer.LeaveOut(var first) -> {
        if (first) {
          now.log.warning(
              now.process,
              "notify_classes: %d notices of class %s within an hour: more are only counted until the hour is over (this log has every session)"
                  .formatted(NoticeLimit.MOST_AN_HOUR, trouble.word()));
        }
      }
      case NoticeLimit.Answer.Make(var leftOut) -> {
        if (leftOut > 0) {
          now.log.info(
              now.process,
              "notify_classes: %d notices of class %s were left out"
                  .formatted(leftOut, trouble.word()));
        }
        send(now, session, text(now, session, trouble, leftOut), queueId);
      }
    }
  }

  private static void send(Setup now, Session session, String text, String queueId) {
    boolean ascii = text.chars().allMatch(c -> c < 0x80);
    Mailbox to = recipient(now, session);
    Envelope envelope =
        new Envelope(
            ReversePath.of(now.sender),
            List.of(Recipient.of(to)),
            ascii ? BodyType.UNDECLARED : BodyType.EIGHT_BIT_MIME,
            to.needsSmtpUtf8(),
            Envelope.ReturnContent.UNSPECIFIED,
            null);
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (now.intake.store(
              new Submission(envelope, new Origin.Internal(Origin.Why.NOTICE, queueId), false),
              new ByteArrayInputStream(content))
          instanceof IntakeOutcome.Refused(var reply)) {
        now.log.warning(now.process, "postmaster notify: " + reply.oneLine());
      }
    } catch (IOException e) {
      now.log.warning(now.process, "postmaster notify: " + e.getMessage());
    }
  }

  private static Mailbox recipient(Setup now, Session session) {
    return session.troubles.contains(Trouble.BOUNCE) ? now.bounceRecipient : now.errorRecipient;
  }

  private static String text(Setup now, Session session, Trouble trouble, long leftOut) {
    StringBuilder body = new StringBuilder(2_000);
    if (now.side != Side.SERVER) {
      body.append("Unexpected response from ").append(session.peer).append(".\n\n");
    }
    body.append("Transcript of session follows.\n\n");
    for (String line : session.transcript.lines()) {
      for (String part : Wrap.lines(Wrap.clean(line, false), WIDTH)) {
        body.append(' ').append(part).append('\n');
      }
    }
    body.append('\n');
    if (!session.reason.isEmpty()) {
      body.append("Session aborted, reason: ").append(session.reason).append('\n');
    }
    if (now.side == Side.SERVER) {
      body.append('\n');
    }
    if (leftOut > 0) {
      body.append(
          """
          Before this one, %d sessions with trouble of the class "%s" were not reported:
          at most %d an hour are.

          """
              .formatted(leftOut, trouble.word(), NoticeLimit.MOST_AN_HOUR));
    }
    body.append("For other details, see the local mail logfile\n");
    return header(now, session, body.chars().allMatch(c -> c < 0x80)) + "\n" + body;
  }

  private static String header(Setup now, Session session, boolean ascii) {
    String header =
        """
        From: Mail Delivery System <MAILER-DAEMON@%s>
        To: Postmaster <%s>
        Subject: %s %s: errors from %s
        Auto-Submitted: auto-generated
        """
            .formatted(
                now.origin,
                recipient(now, session).qualified(now.origin).external(),
                now.product,
                now.side.word,
                session.peer);
    return ascii
        ? header
        : header
            + """
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: 8bit
            """;
  }
}
