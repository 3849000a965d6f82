package dev.postrider.control;

import java.util.Optional;

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

  /** Whether this request changes what the daemon does, so that only its owner and root may ask. */
  default boolean needsOwner() {
    return this instanceof Reload;
  }

  /** The line for the wire. */
  default String line() {
    return switch (this) {
      case ListQueue _ -> "list";
      case Flush _ -> "flush";
      case FlushMessage(String id) -> "flush-message " + WireText.escape(id);
      case FlushSite(String site) -> "flush-site " + WireText.escape(site);
      case Reload _ -> "reload";
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
      default -> Optional.empty();
    };
  }
}
