package dev.postrider.helper;

/** What the helper answers. Immutable. */
sealed interface Answer {
  /** It is done. */
  record Done() implements Answer {}

  /** It is not done, and what becomes of the mail is known. */
  record Failed(String code, String text) implements Answer {}

  /** It is not done, or nobody knows. */
  record Unknown(String text) implements Answer {}

  /** The user may not read a file. */
  record Denied(String file) implements Answer {}

  /** A command has ended. */
  record Ended(CommandEnd end) implements Answer {}

  /** A file was read. */
  record Found(UserFile file) implements Answer {}
}
