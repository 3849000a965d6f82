package dev.postrider.route;

/** What tables say of a relay host: one of its own, the common one, or no answer. */
sealed interface Choice {
  record Own(String value) implements Choice {}

  record Common() implements Choice {}

  record Unknown(String reason) implements Choice {}

  /** An entry; an empty one says as little as DUNNO does. */
  static Choice of(String value) {
    return value.isBlank() || value.strip().equalsIgnoreCase("DUNNO")
        ? new Common()
        : new Own(value.strip());
  }
}
