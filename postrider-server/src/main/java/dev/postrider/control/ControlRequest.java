package dev.postrider.control;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an administrator's command asks of the daemon: one line of the control protocol. */
public sealed interface ControlRequest {
  /** Every message in the queue. */
  record ListQueue() implements ControlRequest {}

  /** Try everything now. */
  record Flush() implements ControlRequest {}

  /** Try one message now. */
  record FlushMessage(String id) implements ControlRequest {}

  /** Try all mail for one domain now. */
  record FlushSite(String site) implements ControlRequest {}

  /** Read the configuration again. */
  record Reload() implements ControlRequest {}

  /** Every account that is not used at present. */
  record Accounts() implements ControlRequest {}

  /**
   * Use an account again.
   *
   * @param login of the account, {@code login at server}, or {@code all}
   */
  record ResumeAccount(String login) implements ControlRequest {}

  /**
   * Change messages.
   *
   * @param queues Postfix's names of the queues they may be in; others are left alone
   * @param ids which of them, at most {@link #MOST_IDS}; empty means all
   */
  record Change(QueueChange change, Set<String> queues, List<String> ids)
      implements ControlRequest {
    /** So that a line stays short. */
    public static final int MOST_IDS = 100;

    public Change {
      queues = Set.copyOf(queues);
      ids = List.copyOf(ids);
    }
  }

  /** Whether this request changes what the daemon does, so that only its owner and root may ask. */
  default boolean needsOwner() {
    return switch (this) {
      case Reload _, Change _, ResumeAccount _ -> true;
      case ListQueue _, Flush _, FlushMessage _, FlushSite _, Accounts _ -> false;
    };
  }

  /** The line for the wire. */
  default String line() {
    return switch (this) {
      case ListQueue _ -> "list";
      case Flush _ -> "flush";
      case FlushMessage(String id) -> "flush-message " + WireText.escape(id);
      case FlushSite(String site) -> "flush-site " + WireText.escape(site);
      case Reload _ -> "reload";
      case Accounts _ -> "accounts";
      case ResumeAccount(String login) -> "resume-account " + WireText.escape(login);
      case Change(var change, var queues, var ids) ->
          "change "
              + WireText.escape(
                  change.word()
                      + " "
                      + String.join(",", queues)
                      + (ids.isEmpty() ? "" : " " + String.join(" ", ids)));
    };
  }

  /** Reads a line from the wire; empty if it is no request this version knows. */
  static Optional<ControlRequest> parse(String line) {
    int space = line.indexOf(' ');
    String verb = space < 0 ? line : line.substring(0, space);
    String argument = space < 0 ? "" : WireText.unescape(line.substring(space + 1));
    return switch (verb) {
      case "list" -> Optional.of(new ListQueue());
      case "flush" -> Optional.of(new Flush());
      case "flush-message" -> Optional.of(new FlushMessage(argument));
      case "flush-site" -> Optional.of(new FlushSite(argument));
      case "reload" -> Optional.of(new Reload());
      case "accounts" -> Optional.of(new Accounts());
      case "resume-account" -> Optional.of(new ResumeAccount(argument));
      case "change" -> change(argument);
      default -> Optional.empty();
    };
  }

  private static Optional<ControlRequest> change(String argument) {
    List<String> words = List.of(argument.split(" "));
    if (words.size() < 2 || words.size() > 2 + Change.MOST_IDS) {
      return Optional.empty();
    }
    Set<String> queues = Set.copyOf(List.of(words.get(1).split(",")));
    return QueueChange.of(words.getFirst())
        .map(change -> new Change(change, queues, words.subList(2, words.size())));
  }
}
