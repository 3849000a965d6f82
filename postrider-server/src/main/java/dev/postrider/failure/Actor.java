package dev.postrider.failure;

import java.util.Locale;
import java.util.Optional;

/** Who can mend a failure. */
public enum Actor {
  /** Who sends the mail, or set this machine's mail up. */
  YOU("you must act", "you"),
  /** Who looks after the network, the domain or the tenant. */
  ADMIN("an administrator must act", "an administrator of this network or domain"),
  /** Who runs the server that was asked. */
  PROVIDER("the provider must act", "the provider of the server that refused it"),
  RECIPIENT("the recipient must act", "the recipient"),
  /** It passes by itself. */
  NOBODY("nobody need act", "nobody: it passes by itself");

  private final String sentence;
  private final String person;

  Actor(String sentence, String person) {
    this.sentence = sentence;
    this.person = person;
  }

  /** Who it is. */
  public String person() {
    return person;
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
