package dev.postrider.failure;

import java.util.Locale;
import java.util.Optional;

/** Who can mend a failure. */
public enum Actor {
  /** Who sends the mail, or set this machine's mail up. */
  YOU("you must act"),
  /** Who looks after the network, the domain or the tenant. */
  ADMIN("an administrator must act"),
  /** Who runs the server that was asked. */
  PROVIDER("the provider must act"),
  RECIPIENT("the recipient must act"),
  /** It passes by itself. */
  NOBODY("nobody need act");

  private final String sentence;

  Actor(String sentence) {
    this.sentence = sentence;
  }

  /** Who must act, as a clause. */
  public String sentence() {
    return sentence;
  }

  /** As rules, the event log and JSON name it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Actor> of(String word) {
    for (Actor each : values()) {
      if (each.word().equals(word)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
