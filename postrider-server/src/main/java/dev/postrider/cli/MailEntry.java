package dev.postrider.cli;

import dev.postrider.mailbox.Change;
import dev.postrider.mailbox.Letter;
import dev.postrider.mailbox.ReadStatus;
import org.jspecify.annotations.Nullable;

/** A message of the mailbox at hand and what its reader has done to it. For one thread. */
final class MailEntry {
  final Letter letter;
  boolean read;
  boolean old;
  boolean deleted;
  boolean saved;
  boolean held;
  boolean toMbox;
  boolean touched;
  byte @Nullable [] content;

  MailEntry(Letter letter) {
    this.letter = letter;
    this.read = letter.status().read();
    this.old = letter.status().old();
  }

  /** It has been looked at. */
  void touch() {
    read = true;
    touched = true;
  }

  /** As the header list shows it. */
  char mark() {
    if (saved) {
      return '*';
    }
    if (held) {
      return 'P';
    }
    if (toMbox) {
      return 'M';
    }
    return read ? ' ' : old ? 'U' : 'N';
  }

  ReadStatus status() {
    return new ReadStatus(read, old);
  }

  /** Written back at the end of a session, when nothing is new any more. */
  Change kept() {
    return new Change(letter, false, new ReadStatus(read, true), content);
  }

  Change removed() {
    return new Change(letter, true, letter.status(), null);
  }
}
