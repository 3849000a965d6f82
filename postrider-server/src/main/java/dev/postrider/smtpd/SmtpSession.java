package dev.postrider.smtpd;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.bounce.Trouble;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.io.WaitLimit;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.message.DotReader;
import dev.postrider.mail.reply.Reply;
import dev.postrider.policy.AccessPolicy;
import dev.postrider.policy.ClientFacts;
import dev.postrider.policy.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One SMTP dialogue, from the banner to the disconnect line. Runs on one thread; {@link #end} may
 * be called from any.
 *
 * <p>Every command is checked for state, then for syntax, then for policy, then takes effect. The
 * first reply that refuses it is the only one.
 */
public final class SmtpSession {
  private static final Reply OK = Reply.of(250, "2.0.0 Ok");
  private static final Reply SENDER_OK = Reply.of(250, "2.1.0 Ok");
  private static final Reply RECIPIENT_OK = Reply.of(250, "2.1.5 Ok");
  private static final Reply GO_AHEAD = Reply.of(354, "End data with <CR><LF>.<CR><LF>");
  private static final Reply BYE = Reply.of(221, "2.0.0 Bye");
  private static final Reply NOT_SMTP =
      Reply.of(221, "2.7.0 Error: I can break rules, too. Goodbye.");
  private static final Reply BAD_UTF8 = Reply.of(500, "5.5.2 Error: bad UTF-8 syntax");
  private static final Reply OUT_OF_STEP =
      Reply.of(554, "5.5.0 Error: SMTP protocol synchronization");

  /** How long a client that is sent away may take to hear why. */
  private static final Duration GOOD_BYE = Duration.ofSeconds(1);

  /** Whether the dialogue goes on. */
  private enum Next {
    GO_ON,
    STOP
  }

  private final Connection connection;
  private final ClientFacts client;
  private final SessionSettings settings;
  private final Intake intake;
  private final SessionLog log;
  private final SessionRecord record;
  private final Secrets secrets = new Secrets();
  private final CommandParser parser;
  private final CommandCounts counts = new CommandCounts();
  private final IdleGate gate = new IdleGate();

  private String where = "CONNECT";
  private String helo = "";
  private boolean extended;
  private boolean outOfStep;
  private int errors;
  private int junk;
  private @Nullable Transaction transaction;

  SmtpSession(
      Connection connection,
      ClientFacts client,
      SessionSettings settings,
      Intake intake,
      MailLog log) {
    this.connection = connection;
    this.client = client;
    this.settings = settings;
    this.intake = intake;
    this.log = new SessionLog(log, settings.process(), client);
    this.record = settings.notices().begin(client.nameAndAddress());
    this.parser = new CommandParser(settings);
  }

  /** A dialogue on a program's standard input and output, as {@code sendmail -bs} holds it. */
  public static SmtpSession onStreams(
      InputStream in, OutputStream out, SessionSettings settings, Intake intake, MailLog log) {
    return new SmtpSession(
        new Connection.OverStreams(in, out), ClientFacts.ofProgram(), settings, intake, log);
  }

  /** Holds the dialogue to its end; never throws for what the client does. */
  public void run() {
    log.connected();
    try (Wire wire = new Wire(connection, settings.lineLimit(), record)) {
      try {
        wire.waitPerRead(settings.timeout());
        if (greet(wire) == Next.GO_ON) {
          converse(wire);
        }
        wire.flush();
      } catch (SocketTimeoutException e) {
        left("timeout");
        sayTimeout(wire);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Wire.StalledException e) {
      left("timeout");
    } catch (IOException e) {
      left("lost connection");
    } catch (RuntimeException | Error e) {
      record.trouble(Trouble.SOFTWARE);
      throw e;
    } finally {
      if (!client.standAlone()) {
        record.report("");
      }
      log.disconnected(counts);
    }
  }

  private void sayTimeout(Wire wire) {
    try {
      wire.send(Reply.of(421, "4.4.2 " + settings.hostName() + " Error: timeout exceeded"));
      wire.flush();
    } catch (IOException e) {
      // A client that is gone need not hear it, and why it is gone is in the log already.
      return;
    }
  }

  /**
   * Asks the session to end: at once if it waits for a command, after the command in hand
   * otherwise. Safe on any thread.
   */
  public void end() {
    if (gate.end()) {
      try (WaitLimit limit = connection.writeLimit()) {
        if (limit != null) {
          limit.until(System.nanoTime() + GOOD_BYE.toNanos());
        }
        OutputStream out = connection.out();
        out.write(("421 " + leavingText() + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
        connection.close();
      } catch (IOException e) {
        log.lostWhileClosing();
      }
    }
  }

  private String leavingText() {
    return "4.3.2 " + settings.hostName() + " Error: server is shutting down, try again later";
  }

  private Next greet(Wire wire) throws IOException {
    if (!client.standAlone() && checkStep(wire, "CONNECT") == Next.STOP) {
      return Next.STOP;
    }
    wire.send(Reply.of(220, settings.banner()));
    return Next.GO_ON;
  }

  private void converse(Wire wire) throws IOException, InterruptedException {
    while (true) {
      if (errors >= settings.hardErrorLimit()) {
        record.trouble(Trouble.PROTOCOL);
        wire.send(Reply.of(421, "4.7.0 " + settings.hostName() + " Error: too many errors"));
        left("too many errors");
        return;
      }
      if (!awaitCommand(wire)) {
        return;
      }
      String line = wire.lines().line();
      if (line == null) {
        left("lost connection");
        return;
      }
      String shown = secrets.without(line);
      record.heard(shown);
      if (wire.lines().truncated()) {
        log.longLine(shown, settings.lineLimit());
      }
      wire.waitPerRead(settings.timeout());
      if (handle(wire, line, shown) == Next.STOP) {
        return;
      }
      if (errors >= settings.softErrorLimit()) {
        wire.flush();
        Thread.sleep(settings.errorSleep());
      }
    }
  }

  /** Waits until a command begins to arrive; false if there will be none. */
  private boolean awaitCommand(Wire wire) throws IOException {
    if (gate.leaving()) {
      wire.send(Reply.of(421, leavingText()));
      return false;
    }
    if (wire.lines().hasBuffered()) {
      wire.waitAltogether(settings.timeout(), 0);
      return true;
    }
    wire.flush();
    if (!gate.idle()) {
      wire.send(Reply.of(421, leavingText()));
      return false;
    }
    boolean arrived;
    try {
      arrived = wire.lines().await();
    } catch (SocketTimeoutException e) {
      if (gate.busy()) {
        throw e;
      }
      return false;
    } catch (IOException e) {
      arrived = false;
    }
    if (!gate.busy()) {
      return false;
    }
    if (!arrived) {
      left("lost connection");
      return false;
    }
    // A client that has begun a command has one timeout to finish it, not one for every byte.
    wire.waitAltogether(settings.timeout(), 0);
    return true;
  }

  /**
   * @param shown the line as others may see it
   */
  private Next handle(Wire wire, String line, String shown) throws IOException {
    String text = Octets.decoded(line);
    if (text == null) {
      errors++;
      record.trouble(Trouble.PROTOCOL);
      wire.send(BAD_UTF8);
      return Next.GO_ON;
    }
    Command command = parser.parse(text);
    Verb verb = command.verb();
    counts.given(verb);
    where = verb.name();
    if (command instanceof Command.NotSmtp) {
      log.notSmtp(shown.equals(line) ? text : shown);
      wire.send(NOT_SMTP);
      return Next.STOP;
    }
    if (verb != Verb.UNKNOWN
        && (verb.endsGroup || !extended)
        && checkStep(wire, verb.name()) == Next.STOP) {
      return Next.STOP;
    }
    if (verb.junk && junk++ > settings.junkLimit()) {
      errors++;
    }
    if (verb == Verb.DATA) {
      return data(wire, command);
    }
    Reply reply = answer(command);
    wire.send(reply);
    if (reply.isPositive()) {
      counts.wentWell(verb);
    } else if (!overshooting(reply)) {
      mistake(Troubles.of(verb, reply));
    }
    return command instanceof Command.Quit ? Next.STOP : Next.GO_ON;
  }

  /** Counts against the client, and is told if it is of a kind that somebody wants to hear of. */
  private void mistake(@Nullable Trouble trouble) {
    errors++;
    if (trouble != null) {
      record.trouble(trouble);
    }
  }

  private Reply answer(Command command) {
    Reply illegal = illegalNow(command.verb());
    if (illegal != null) {
      return illegal;
    }
    return switch (command) {
      case Command.Helo(var name) -> hello(name, false);
      case Command.Ehlo(var name) -> hello(name, true);
      case Command.Mail mail -> mail(mail);
      case Command.Rcpt rcpt -> rcpt(rcpt);
      case Command.Vrfy vrfy -> vrfy(vrfy);
      case Command.Rset _ -> {
        transaction = null;
        record.reportIfLongerThan(settings.historyFlushThreshold());
        yield OK;
      }
      case Command.Noop _ -> OK;
      case Command.Quit _ -> BYE;
      case Command.Refused(_, var reply) -> reply;
      case Command.BadAddress(var verb, var given, var reply) -> {
        log.badAddress(verb, given);
        yield reply;
      }
      case Command.Data _, Command.NotSmtp _ ->
          throw new IllegalStateException("handled before: " + command);
    };
  }

  /** Why a verb cannot be used at this point whatever its arguments are; null if it can. */
  private @Nullable Reply illegalNow(Verb verb) {
    Transaction current = transaction;
    return switch (verb) {
      case MAIL -> {
        if (settings.heloRequired() && helo.isEmpty()) {
          yield Troubles.NO_GREETING;
        }
        yield current == null ? null : Reply.of(503, "5.5.1 Error: nested MAIL command");
      }
      case RCPT -> current != null ? null : Reply.of(503, "5.5.1 Error: need MAIL command");
      case DATA -> {
        if (current == null) {
          yield Reply.of(503, "5.5.1 Error: need RCPT command");
        }
        yield current.recipientCount() > 0 ? null : Troubles.NO_RECIPIENTS;
      }
      case ETRN -> settings.heloRequired() && helo.isEmpty() ? Troubles.NO_GREETING : null;
      case HELO, EHLO, XCLIENT, XFORWARD, STARTTLS, AUTH, BDAT, RSET, NOOP, VRFY, QUIT, UNKNOWN ->
          null;
    };
  }

  /** A greeting begins anew, as RSET does (RFC 5321 §4.1.4). */
  private Reply hello(String name, boolean withExtensions) {
    transaction = null;
    record.reportIfLongerThan(settings.historyFlushThreshold());
    helo = name;
    extended = withExtensions;
    return withExtensions
        ? new Reply(250, settings.ehloLines())
        : Reply.of(250, settings.hostName());
  }

  private Reply mail(Command.Mail mail) {
    long limit = settings.messageSizeLimit();
    Reply refusal =
        limit > 0 && mail.declaredSize() > limit
            ? Reply.of(552, "5.3.4 Message size exceeds fixed limit")
            : intake.refusalBeforeContent(mail.declaredSize()).orElse(null);
    if (refusal != null) {
      log.rejected(Verb.MAIL, refusal, "from=<" + mail.sender().external() + "> ", greeting());
      return refusal;
    }
    transaction = new Transaction(mail);
    return SENDER_OK;
  }

  private Reply rcpt(Command.Rcpt rcpt) {
    Transaction current = java.util.Objects.requireNonNull(transaction);
    String path =
        "from=<"
            + current.mail().sender().external()
            + "> to=<"
            + rcpt.recipient().external()
            + "> ";
    if (settings.recipientLimit() > 0 && current.recipientCount() >= settings.recipientLimit()) {
      Reply reply = Reply.of(452, "4.5.3 Error: too many recipients");
      log.rejected(Verb.RCPT, reply, path, greeting());
      return reply;
    }
    Verdict verdict =
        settings
            .access()
            .judge(
                new AccessPolicy.Request(
                    client, false, helo, current.mail().sender(), rcpt.recipient()));
    return switch (verdict) {
      case Verdict.Permit _, Verdict.Undecided _ -> {
        current.add(rcpt);
        yield RECIPIENT_OK;
      }
      case Verdict.Reject(var reply) -> {
        log.rejected(Verb.RCPT, reply, path, greeting());
        yield reply;
      }
    };
  }

  /** Says nothing that RCPT would not say (RFC 5321 §3.5.3). */
  private Reply vrfy(Command.Vrfy vrfy) {
    Verdict verdict =
        settings
            .access()
            .judge(
                new AccessPolicy.Request(
                    client,
                    false,
                    helo,
                    new dev.postrider.mail.address.ReversePath.Null(),
                    vrfy.mailbox()));
    return verdict instanceof Verdict.Reject(var reply)
        ? reply
        : Reply.of(252, "2.0.0 " + vrfy.given());
  }

  /** Recipients over the limit are no mistakes of the client until there are very many. */
  private boolean overshooting(Reply reply) {
    Transaction current = transaction;
    return reply.code() == 452
        && current != null
        && current.recipientCount() >= settings.recipientLimit()
        && current.overshoot() < settings.recipientOvershootLimit();
  }

  private Next data(Wire wire, Command command) throws IOException {
    Reply illegal = illegalNow(Verb.DATA);
    if (illegal == null && command instanceof Command.Refused(_, var reply)) {
      illegal = reply;
    }
    if (illegal != null) {
      mistake(Troubles.of(Verb.DATA, illegal));
      wire.send(illegal);
      return Next.GO_ON;
    }
    Transaction current = java.util.Objects.requireNonNull(transaction);
    transaction = null;
    wire.send(GO_AHEAD);
    if (settings.perRequestDeadline()) {
      wire.waitAltogether(settings.timeout(), settings.minDataRate());
    }
    DotReader content = new DotReader(wire.lines().raw());
    IntakeOutcome outcome;
    try {
      outcome =
          intake.store(
              new Submission(current.envelope().withClient(known()), origin(current), false),
              content);
      content.drain();
    } catch (IOException e) {
      where = "DATA (" + content.count() + " bytes)";
      throw e;
    }
    wire.waitPerRead(settings.timeout());
    where = "END-OF-MESSAGE";
    switch (outcome) {
      case IntakeOutcome.Stored stored -> {
        errors = 0;
        junk = 0;
        counts.wentWell(Verb.DATA);
        wire.send(Reply.of(250, "2.0.0 Ok: queued as " + intake.print(stored.message().id())));
      }
      case IntakeOutcome.Refused(var reply) -> {
        mistake(Troubles.ofMessage(reply));
        wire.send(reply);
      }
    }
    record.reportIfLongerThan(settings.historyFlushThreshold());
    return Next.GO_ON;
  }

  /** What the message keeps of the client: nothing of a program, which is no network client. */
  private Client known() {
    return client.standAlone()
        ? Client.NONE
        : Client.unauthenticated(
            client.name(),
            client.printedAddress(),
            client.port(),
            helo,
            extended ? "ESMTP" : "SMTP");
  }

  private Origin.Remote origin(Transaction current) {
    String protocol = extended ? current.mail().smtpUtf8() ? "UTF8SMTP" : "ESMTP" : "SMTP";
    return new Origin.Remote(
        helo.isEmpty() ? client.name() : helo,
        client.name(),
        client.address(),
        protocol,
        null,
        null,
        settings.headerRewriteClients().contains(client, false),
        new Origin.Service(settings.process(), settings.hostName(), settings.messageSizeLimit()));
  }

  /** Notes, or refuses, a client that speaks before it was answered (RFC 2920 §3.1). */
  private Next checkStep(Wire wire, String after) throws IOException {
    if (outOfStep || client.standAlone()) {
      return Next.GO_ON;
    }
    int arrived = wire.lines().arrived();
    if (arrived == 0) {
      return Next.GO_ON;
    }
    outOfStep = true;
    byte[] said = wire.lines().peek(SessionLog.MOST_LOGGED);
    log.outOfStep(after, secrets.withoutAhead(new String(said, StandardCharsets.ISO_8859_1)));
    if (!settings.forbidUnauthorizedPipelining()) {
      return Next.GO_ON;
    }
    wire.send(OUT_OF_STEP);
    return Next.STOP;
  }

  private String greeting() {
    return "proto="
        + (extended ? "ESMTP" : "SMTP")
        + (helo.isEmpty() ? "" : " helo=<" + helo + ">");
  }

  private void left(String how) {
    log.left(how, where);
    record.abortedFor(how);
  }
}
