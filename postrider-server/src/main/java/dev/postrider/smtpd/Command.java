package dev.postrider.smtpd;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.reply.Reply;
import org.jspecify.annotations.Nullable;

/** One command, read and checked for syntax; whether it is legal now is the session's matter. */
sealed interface Command {
  Verb verb();

  record Helo(String name) implements Command {
    @Override
    public Verb verb() {
      return Verb.HELO;
    }
  }

  record Ehlo(String name) implements Command {
    @Override
    public Verb verb() {
      return Verb.EHLO;
    }
  }

  /**
   * MAIL with its parameters.
   *
   * @param declaredSize SIZE of RFC 1870, 0 when not given
   */
  record Mail(
      ReversePath sender,
      long declaredSize,
      BodyType bodyType,
      boolean smtpUtf8,
      Envelope.ReturnContent returnContent,
      @Nullable String envelopeId)
      implements Command {
    @Override
    public Verb verb() {
      return Verb.MAIL;
    }
  }

  record Rcpt(Mailbox recipient, DsnRequest dsn) implements Command {
    @Override
    public Verb verb() {
      return Verb.RCPT;
    }
  }

  record Data() implements Command {
    @Override
    public Verb verb() {
      return Verb.DATA;
    }
  }

  record Rset() implements Command {
    @Override
    public Verb verb() {
      return Verb.RSET;
    }
  }

  record Noop() implements Command {
    @Override
    public Verb verb() {
      return Verb.NOOP;
    }
  }

  /**
   * VRFY.
   *
   * @param given the address as the client wrote it
   */
  record Vrfy(Mailbox mailbox, String given) implements Command {
    @Override
    public Verb verb() {
      return Verb.VRFY;
    }
  }

  record Quit() implements Command {
    @Override
    public Verb verb() {
      return Verb.QUIT;
    }
  }

  /** A verb whose arguments, or which itself, cannot be taken; the reply says why. */
  record Refused(Verb verb, Reply reply) implements Command {}

  /**
   * A verb with an address nobody could deliver to.
   *
   * @param given for the log
   */
  record BadAddress(Verb verb, String given, Reply reply) implements Command {}

  /** Not SMTP at all, such as an HTTP request: the session ends at once. */
  record NotSmtp() implements Command {
    @Override
    public Verb verb() {
      return Verb.UNKNOWN;
    }
  }
}
