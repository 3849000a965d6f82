package dev.postrider.pickup;

import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest.Event;
import dev.postrider.mail.envelope.Envelope.ReturnContent;
import dev.postrider.pickup.SendmailOptions.Mode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the arguments of sendmail as sendmail(1) of Postfix does, oddities included: {@code -q}
 * alone, {@code -XV} alone and the old {@code -V} for {@code -XV} are arguments of their own. For
 * one thread.
 */
public final class SendmailArguments {
  /** Of one message: as many as callers were seen to need, and few enough to hold in memory. */
  static final int MAX_RECIPIENTS = 100_000;

  static final String TOO_MANY_RECIPIENTS =
      "more than " + MAX_RECIPIENTS + " recipients: hand the message over in several calls";

  private static final String LETTERS = "A:B:C:F:GIL:N:O:R:UV:X:b:ce:f:h:imno:p:r:q:tvx";
  private static final int MAX_ENVELOPE_ID = 100;
  private static final String VERP_CHARACTERS = "-=+";

  private final List<String> arguments;
  private final List<String> warnings = new ArrayList<>();
  private int index;
  private int within;

  private Mode mode = Mode.ENQUEUE;
  private boolean verify;
  private int verbose;
  private boolean recipientsFromHeader;
  private boolean dotEnds = true;
  private @Nullable String sender;
  private @Nullable String fullName;
  private BodyType bodyType = BodyType.UNDECLARED;
  private Set<Event> events = EnumSet.noneOf(Event.class);
  private ReturnContent returnContent = ReturnContent.UNSPECIFIED;
  private @Nullable String envelopeId;
  private @Nullable String verpDelimiters;
  private @Nullable String flushSite;
  private @Nullable String flushId;
  private boolean gateway;
  private boolean smtpUtf8;
  private boolean requireTls;
  private @Nullable String configDirectory;
  private @Nullable String aliasDatabase;

  private SendmailArguments(List<String> arguments) {
    this.arguments = new ArrayList<>(arguments);
  }

  /** Reads all arguments, without the program's name. */
  public static SendmailCall parse(List<String> arguments) {
    return new SendmailArguments(arguments).parse();
  }

  private SendmailCall parse() {
    while (index < arguments.size()) {
      if (within == 0 && wholeArgument()) {
        continue;
      }
      String argument = arguments.get(index);
      if (within == 0) {
        if (argument.length() < 2 || argument.charAt(0) != '-') {
          break;
        }
        if (argument.equals("--")) {
          index++;
          break;
        }
        within = 1;
      }
      SendmailCall.@Nullable Misused misuse = letter(arguments.get(index));
      if (misuse != null) {
        return misuse;
      }
    }
    List<String> recipients = arguments.subList(index, arguments.size());
    String conflict = conflict(recipients);
    return conflict.isEmpty() ? options(recipients) : fatal(conflict);
  }

  /** The arguments that are no getopt options: whether the one here was one, and is taken. */
  private boolean wholeArgument() {
    String argument = arguments.get(index);
    if (argument.equals("-q")) {
      mode = Mode.FLUSH_QUEUE;
      index++;
      return true;
    }
    if (argument.equals("-V")
        && index + 1 < arguments.size()
        && arguments.get(index + 1).length() == 2) {
      warnings.add("option -V is deprecated with Postfix 2.3; specify -XV instead");
      argument = "-XV";
    } else if (argument.startsWith("-V") && argument.length() == 4) {
      String delimiters = argument.substring(2);
      warnings.add(
          "option "
              + argument
              + " is deprecated with Postfix 2.3; specify -XV"
              + delimiters
              + " instead");
      arguments.set(index, "-XV" + delimiters);
      return false;
    }
    if (argument.equals("-XV")) {
      verpDelimiters = "";
      index++;
      return true;
    }
    return false;
  }

  private SendmailCall.@Nullable Misused letter(String argument) {
    char letter = argument.charAt(within++);
    int known = letter == ':' ? -1 : LETTERS.indexOf(letter);
    if (known < 0) {
      return usage("sendmail: invalid option -- '" + letter + "'");
    }
    boolean takesValue = known + 1 < LETTERS.length() && LETTERS.charAt(known + 1) == ':';
    if (!takesValue) {
      if (within == argument.length()) {
        nextArgument();
      }
      return flag(letter);
    }
    String value = argument.substring(within);
    nextArgument();
    if (value.isEmpty()) {
      if (index == arguments.size()) {
        return usage("sendmail: option requires an argument -- '" + letter + "'");
      }
      value = arguments.get(index++);
    }
    return valued(letter, value);
  }

  private void nextArgument() {
    index++;
    within = 0;
  }

  private SendmailCall.@Nullable Misused flag(char letter) {
    switch (letter) {
      case 'G' -> gateway = true;
      case 'I' -> mode = Mode.NEW_ALIASES;
      case 'i' -> dotEnds = false;
      case 't' -> recipientsFromHeader = true;
      case 'v' -> verbose++;
      case 'n' -> {
        return fatal("-n option not supported");
      }
      default -> {
        // -U -c -m -x: of other sendmails; taken and ignored.
      }
    }
    return null;
  }

  private SendmailCall.@Nullable Misused valued(char letter, String value) {
    switch (letter) {
      case 'B' -> {
        switch (value) {
          case "8BITMIME" -> bodyType = BodyType.EIGHT_BIT_MIME;
          case "7BIT" -> bodyType = BodyType.SEVEN_BIT;
          default -> {
            return fatal("-B option needs 8BITMIME or 7BIT");
          }
        }
      }
      case 'C' -> configDirectory = value;
      case 'F' -> fullName = value;
      case 'N' -> events = notifyEvents(value);
      case 'O' -> set(value);
      case 'R' -> returnContent = returnContent(value);
      case 'V' -> envelopeId(value);
      case 'X' -> {
        return verp(value);
      }
      case 'b' -> {
        return bMode(value);
      }
      case 'f', 'r' -> sender = value;
      case 'o' -> {
        if (value.startsWith("A")) {
          if (value.length() == 1) {
            return fatal("-oA requires pathname");
          }
          aliasDatabase = value.substring(1);
        } else if (value.startsWith("i")) {
          dotEnds = false;
        }
      }
      case 'q' -> {
        return flush(value);
      }
      default -> {
        // -A -L -e -h -p: of other sendmails; taken and ignored.
      }
    }
    return null;
  }

  private void set(String assignment) {
    switch (assignment.toLowerCase(Locale.ROOT)) {
      case "smtputf8=yes" -> smtpUtf8 = true;
      case "requiretls=yes" -> requireTls = true;
      default -> {
        // Options of Sendmail's configuration have no meaning here; callers set them all the same.
      }
    }
  }

  private Set<Event> notifyEvents(String value) {
    EnumSet<Event> words = EnumSet.noneOf(Event.class);
    for (String word : value.split("[, \t]+")) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case "" -> {}
        case "never" -> words.add(Event.NEVER);
        case "success" -> words.add(Event.SUCCESS);
        case "failure" -> words.add(Event.FAILURE);
        case "delay" -> words.add(Event.DELAY);
        default -> {
          warnings.add("unknown DSN NOTIFY command value \"" + word + "\" in \"" + value + "\"");
          warnings.add("bad -N option value -- ignored");
          return EnumSet.noneOf(Event.class);
        }
      }
    }
    if (words.isEmpty() || (words.contains(Event.NEVER) && words.size() > 1)) {
      warnings.add("bad -N option value -- ignored");
      return EnumSet.noneOf(Event.class);
    }
    return words;
  }

  private ReturnContent returnContent(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "full" -> ReturnContent.FULL;
      case "hdrs" -> ReturnContent.HEADERS;
      default -> {
        warnings.add("bad -R option value -- ignored");
        yield ReturnContent.UNSPECIFIED;
      }
    };
  }

  private void envelopeId(String value) {
    if (value.isEmpty()) {
      warnings.add("bad syntax in -V option value -- ignored");
    } else if (value.length() > MAX_ENVELOPE_ID) {
      warnings.add("too long -V option value -- ignored");
    } else if (!value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
      warnings.add("bad syntax in -V option value -- ignored");
    } else {
      envelopeId = value;
    }
  }

  private SendmailCall.@Nullable Misused verp(String value) {
    if (!value.startsWith("V")) {
      return fatal("unsupported: -X" + (value.isEmpty() ? "" : value.charAt(0)));
    }
    String delimiters = value.substring(1);
    if (delimiters.length() != 2
        || VERP_CHARACTERS.indexOf(delimiters.charAt(0)) < 0
        || VERP_CHARACTERS.indexOf(delimiters.charAt(1)) < 0) {
      return fatal("-V requires two characters from " + VERP_CHARACTERS);
    }
    verpDelimiters = delimiters;
    return null;
  }

  private SendmailCall.@Nullable Misused bMode(String value) {
    switch (value.isEmpty() ? ' ' : value.charAt(0)) {
      case 'd', 'l' -> mode = Mode.DAEMON;
      case 'h', 'H' -> mode = Mode.IGNORE;
      case 'i' -> mode = Mode.NEW_ALIASES;
      case 'm' -> mode = Mode.ENQUEUE;
      case 'p' -> mode = Mode.LIST_QUEUE;
      case 's' -> mode = Mode.STAND_ALONE;
      case 't' -> mode = Mode.ADDRESS_TEST;
      case 'v' -> verify = true;
      default -> {
        return fatal("unsupported: -b" + (value.isEmpty() ? "" : value.charAt(0)));
      }
    }
    return null;
  }

  private SendmailCall.@Nullable Misused flush(String value) {
    char kind = value.isEmpty() ? ' ' : value.charAt(0);
    if (kind >= '0' && kind <= '9') {
      // A queue interval for a daemon that would be started by this call: ours has its own. Alone
      // it does nothing, which is what init scripts of old expect.
      if (mode == Mode.ENQUEUE) {
        mode = Mode.IGNORE;
      }
      return null;
    }
    if (kind == 'R') {
      flushSite = value.substring(1);
      return flushSite.isEmpty() ? fatal("specify: -qRsitename") : null;
    }
    if (kind == 'I') {
      flushId = value.substring(1);
      return flushId.isEmpty() ? fatal("specify: -qIqueueid") : null;
    }
    return fatal("-q" + (value.isEmpty() ? "" : kind) + " is not implemented");
  }

  /**
   * Options that do not go together, and operands where there can be none; empty if all is well.
   */
  private String conflict(List<String> recipients) {
    if (mode != Mode.ENQUEUE) {
      if (recipientsFromHeader) {
        return "-t can be used only in delivery mode";
      }
      if (flushSite != null) {
        return "-qR can be used only in delivery mode";
      }
      if (flushId != null) {
        return "-qI can be used only in delivery mode";
      }
    }
    if (verify) {
      String with =
          recipientsFromHeader
              ? "-t"
              : !events.isEmpty()
                  ? "-N"
                  : returnContent != ReturnContent.UNSPECIFIED ? "-R" : verbose == 1 ? "-v" : "";
      if (!with.isEmpty()) {
        return with + " option cannot be used with -bv";
      }
    }
    if (recipients.isEmpty()) {
      return "";
    }
    if (recipients.size() > MAX_RECIPIENTS) {
      return TOO_MANY_RECIPIENTS;
    }
    return switch (mode) {
      case ENQUEUE ->
          flushSite != null
              ? "flush site requires no recipient"
              : flushId != null ? "flush queue_id requires no recipient" : "";
      case LIST_QUEUE -> "display queue mode requires no recipient";
      case FLUSH_QUEUE -> "flush queue mode requires no recipient";
      case NEW_ALIASES -> "alias initialization mode requires no recipient";
      case DAEMON -> "daemon mode requires no recipient";
      case STAND_ALONE -> "stand-alone mode requires no recipient";
      case ADDRESS_TEST, IGNORE -> "";
    };
  }

  private SendmailOptions options(List<String> recipients) {
    if (sender != null && AddressArguments.list(sender).size() > 1) {
      warnings.add("-f option specified malformed sender: " + sender);
    }
    return new SendmailOptions(
        mode,
        verify,
        verbose,
        recipientsFromHeader,
        dotEnds,
        sender,
        fullName,
        bodyType,
        events,
        returnContent,
        envelopeId,
        verpDelimiters,
        flushSite,
        flushId,
        gateway,
        smtpUtf8,
        requireTls,
        configDirectory,
        aliasDatabase,
        recipients,
        warnings);
  }

  private SendmailCall.Misused fatal(String text) {
    return new SendmailCall.Misused(warnings, "", text);
  }

  private SendmailCall.Misused usage(String complaint) {
    return new SendmailCall.Misused(warnings, complaint, "usage: sendmail [options]");
  }
}
