package dev.postrider.spool;

import org.jspecify.annotations.Nullable;

/** What a record says. The codes stand in files: never change or reuse one. */
enum RecordType {
  /** A message: envelope and content, or the name of its body file. */
  MESSAGE(1),
  /** Everything that can change about a message, as it stands: replaces what was said before. */
  STATE(2),
  /** One recipient needs no further attempt. */
  DONE(3),
  HOLD(4),
  RELEASE(5),
  /** The next attempt is not before this. */
  SCHEDULE(6),
  /** The message is gone. */
  REMOVE(7);

  final int code;

  RecordType(int code) {
    this.code = code;
  }

  static @Nullable RecordType of(int code) {
    return switch (code) {
      case 1 -> MESSAGE;
      case 2 -> STATE;
      case 3 -> DONE;
      case 4 -> HOLD;
      case 5 -> RELEASE;
      case 6 -> SCHEDULE;
      case 7 -> REMOVE;
      default -> null;
    };
  }
}
