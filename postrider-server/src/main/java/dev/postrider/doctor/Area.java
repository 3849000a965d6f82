package dev.postrider.doctor;

import java.util.Locale;

/** What a check is about, in the order in which a person would look. */
public enum Area {
  CONFIGURATION,
  FILES,
  NETWORK,
  PROVIDER,
  ADDRESSES,
  SYSTEM,
  QUEUE;

  /** As JSON has it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As a heading. */
  public String title() {
    return name().charAt(0) + word().substring(1);
  }
}
