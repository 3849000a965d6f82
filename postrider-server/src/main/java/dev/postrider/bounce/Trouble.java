package dev.postrider.bounce;

import dev.postrider.config.Config;
import java.util.EnumSet;
import java.util.Set;

/** The kinds of trouble that notify_classes names, the gravest for a running system first. */
public enum Trouble {
  /** No room, or the queue cannot be written. */
  RESOURCE("resource"),
  /** A fault of ours, or of a setting. */
  SOFTWARE("software"),
  /** A table or a queue file cannot be read. */
  DATA("data"),
  /** A notice to a sender cannot be delivered. */
  TWICE_BOUNCED("2bounce"),
  BOUNCE("bounce"),
  DELAY("delay"),
  /** A client asked for what it may not have. */
  POLICY("policy"),
  /** The other side, or we, broke the rules of SMTP. */
  PROTOCOL("protocol");

  private final String word;

  Trouble(String word) {
    this.word = word;
  }

  /** As main.cf spells it. */
  String word() {
    return word;
  }

  /** Those that the postmaster wants to hear of; {@code bounce} stands for {@code 2bounce} too. */
  static Set<Trouble> wanted(Config config) {
    Set<Trouble> wanted = EnumSet.noneOf(Trouble.class);
    for (String each : config.list("notify_classes")) {
      for (Trouble trouble : values()) {
        if (trouble.word.equals(each)) {
          wanted.add(trouble);
        }
      }
    }
    if (wanted.contains(BOUNCE)) {
      wanted.add(TWICE_BOUNCED);
    }
    return wanted;
  }
}
