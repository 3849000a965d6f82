package dev.postrider.local;

/** What kind of list an address or a command stands in. */
enum Source {
  /** In none: it is the recipient of the message. */
  RECIPIENT(""),
  ALIAS("alias"),
  FORWARD("forward"),
  INCLUDE("include");

  private final String word;

  Source(String word) {
    this.word = word;
  }

  /** As allow_mail_to_commands and propagate_unmatched_extensions spell it. */
  String word() {
    return word;
  }
}
