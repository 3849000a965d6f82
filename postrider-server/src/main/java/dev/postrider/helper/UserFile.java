package dev.postrider.helper;

/** What became of reading a file with a user's rights. */
public sealed interface UserFile {
  /**
   * A regular file.
   *
   * @param content an octet a character (ISO 8859-1)
   * @param owner the uid of its owner
   * @param mode its permission bits (07777)
   */
  record Read(String content, long owner, int mode) implements UserFile {}

  /** There is none, or a directory on the way is missing. */
  record Missing() implements UserFile {}

  /** It is there but no regular file, or larger than was asked for. */
  record Unsuitable(String reason) implements UserFile {}
}
