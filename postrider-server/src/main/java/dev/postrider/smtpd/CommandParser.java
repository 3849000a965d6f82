package dev.postrider.smtpd;

import dev.postrider.io.Printable;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.address.SmtpPath;
import dev.postrider.mail.reply.Reply;
import java.util.List;

/**
 * Turns one line into a {@link Command}. Knows syntax and which commands are switched off; knows no
 * session. Replies are Postfix's, word for word: scripts match them.
 */
final class CommandParser {
  private static final Reply BAD_SENDER = Reply.of(501, "5.1.7 Bad sender address syntax");
  private static final Reply BAD_RECIPIENT = Reply.of(501, "5.1.3 Bad recipient address syntax");
  private static final Reply NOT_IMPLEMENTED =
      Reply.of(502, "5.5.1 Error: command not implemented");
  private static final int MOST_ECHO = 100;

  private final SessionSettings settings;

  CommandParser(SessionSettings settings) {
    this.settings = settings;
  }

  /** Reads a line; never fails: what is wrong with it is in the result. */
  Command parse(String line) {
    int start = 0;
    while (start < line.length() && Words.isSpace(line.charAt(start))) {
      start++;
    }
    if (start == line.length()) {
      return new Command.Refused(Verb.UNKNOWN, Reply.of(500, "5.5.2 Error: bad syntax"));
    }
    int end = start;
    while (end < line.length() && !Words.isSpace(line.charAt(end))) {
      end++;
    }
    String word = line.substring(start, end);
    Verb verb = Verb.of(word);
    if (verb == null) {
      return settings.forbidden().test(word)
          ? new Command.NotSmtp()
          : new Command.Refused(Verb.UNKNOWN, Reply.of(500, "5.5.2 Error: command not recognized"));
    }
    return known(verb, line.substring(end).strip());
  }

  private Command known(Verb verb, String arguments) {
    return switch (verb) {
      case HELO ->
          arguments.isEmpty()
              ? refused(verb, 501, "Syntax: HELO hostname")
              : new Command.Helo(clientName(arguments));
      case EHLO ->
          arguments.isEmpty()
              ? refused(verb, 501, "Syntax: EHLO hostname")
              : new Command.Ehlo(clientName(arguments));
      case MAIL -> mail(arguments);
      case RCPT -> rcpt(arguments);
      case DATA ->
          arguments.isEmpty() ? new Command.Data() : refused(verb, 501, "5.5.4 Syntax: DATA");
      case RSET ->
          arguments.isEmpty() ? new Command.Rset() : refused(verb, 501, "5.5.4 Syntax: RSET");
      case NOOP -> new Command.Noop();
      case VRFY -> vrfy(arguments);
      case QUIT -> new Command.Quit();
      case ETRN -> etrn(arguments);
      case AUTH -> refused(verb, 503, "5.5.1 Error: authentication not enabled");
      case XCLIENT, XFORWARD -> refused(verb, 550, "5.7.0 Error: insufficient authorization");
      case STARTTLS, BDAT, UNKNOWN -> new Command.Refused(verb, NOT_IMPLEMENTED);
    };
  }

  private Command mail(String arguments) {
    String argument = behind("FROM:", arguments);
    return switch (SmtpPath.reverse(argument, settings.pathRules())) {
      case SmtpPath.Parsed<ReversePath>(var sender, _, var rest) -> mail(sender, rest);
      case SmtpPath.Refused<ReversePath>(var fault, _) ->
          switch (fault) {
            case MISSING -> refused(Verb.MAIL, 501, "5.5.4 Syntax: MAIL FROM:<address>");
            case BAD_ADDRESS -> badAddress(Verb.MAIL, argument, BAD_SENDER);
          };
    };
  }

  private Command mail(ReversePath sender, String rest) {
    MailParameters parameters = new MailParameters(settings);
    for (String word : Words.of(rest)) {
      Reply refusal = parameters.take(word);
      if (refusal != null) {
        return new Command.Refused(Verb.MAIL, refusal);
      }
    }
    return parameters.command(sender);
  }

  private Command rcpt(String arguments) {
    String argument = behind("TO:", arguments);
    return switch (SmtpPath.forward(argument, settings.pathRules())) {
      case SmtpPath.Parsed<Mailbox>(var mailbox, _, var rest) -> rcpt(mailbox, rest);
      case SmtpPath.Refused<Mailbox>(var fault, _) ->
          switch (fault) {
            case MISSING -> refused(Verb.RCPT, 501, "5.5.4 Syntax: RCPT TO:<address>");
            case BAD_ADDRESS -> badAddress(Verb.RCPT, argument, BAD_RECIPIENT);
          };
    };
  }

  private Command rcpt(Mailbox recipient, String rest) {
    RcptParameters parameters = new RcptParameters(settings);
    for (String word : Words.of(rest)) {
      Reply refusal = parameters.take(word);
      if (refusal != null) {
        return new Command.Refused(Verb.RCPT, refusal);
      }
    }
    return new Command.Rcpt(recipient, parameters.request());
  }

  private static Command badAddress(Verb verb, String argument, Reply reply) {
    List<String> words = Words.of(argument);
    return new Command.BadAddress(verb, words.isEmpty() ? argument : words.getFirst(), reply);
  }

  private Command vrfy(String arguments) {
    if (settings.vrfyDisabled()) {
      return refused(Verb.VRFY, 502, "5.5.1 VRFY command is disabled");
    }
    List<String> words = Words.of(arguments);
    if (words.isEmpty()) {
      return refused(Verb.VRFY, 501, "5.5.4 Syntax: VRFY address [SMTPUTF8]");
    }
    boolean withUtf8 = words.size() > 1 && words.getLast().equalsIgnoreCase("SMTPUTF8");
    int count = withUtf8 ? words.size() - 1 : words.size();
    String given = String.join(" ", words.subList(0, count));
    return count == 1
            && SmtpPath.forward(given, settings.pathRules())
                instanceof SmtpPath.Parsed<Mailbox>(var mailbox, _, var rest)
            && rest.isEmpty()
        ? new Command.Vrfy(mailbox, echo(given))
        : new Command.BadAddress(Verb.VRFY, given, BAD_RECIPIENT);
  }

  /** No queue is kept per client domain, so nobody's mail can be asked for. */
  private static Command etrn(String arguments) {
    List<String> words = Words.of(arguments);
    return words.size() == 1
        ? refused(Verb.ETRN, 459, "<" + echo(words.getFirst()) + ">: service unavailable")
        : refused(Verb.ETRN, 500, "Syntax: ETRN domain");
  }

  /** What follows the keyword; nothing if it is not there. */
  private static String behind(String keyword, String arguments) {
    return arguments.regionMatches(true, 0, keyword, 0, keyword.length())
        ? arguments.substring(keyword.length())
        : "";
  }

  private static Command refused(Verb verb, int code, String text) {
    return new Command.Refused(verb, Reply.of(code, text));
  }

  /** What a client said, fit to be said back: short and printable. */
  static String echo(String text) {
    return Printable.beginning(text, MOST_ECHO);
  }

  /**
   * What a client calls itself, fit for a trace header and the log: a name that holds what parts
   * these ({@code x (trusted [192.0.2.1])}) could pass for what we know of the client.
   */
  private static String clientName(String text) {
    StringBuilder out = new StringBuilder(Printable.of(text));
    for (int i = 0; i < out.length(); i++) {
      if (" <>()\\\";@".indexOf(out.charAt(i)) >= 0) {
        out.setCharAt(i, '?');
      }
    }
    return out.toString();
  }
}
