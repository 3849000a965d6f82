package dev.postrider.cli;

import dev.postrider.mail.message.HeaderField;
import dev.postrider.mailbox.LetterHeader;
import dev.postrider.mailbox.Mailbox;
import dev.postrider.mailbox.Separator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The mailbox that is being read, and where its reader is in it. For one thread. */
final class MailFolder implements AutoCloseable {
  final Mailbox mailbox;
  final String name;

  /** The mailbox that mail is delivered to, from which read letters move on to mbox. */
  final boolean system;

  final List<MailEntry> entries = new ArrayList<>();

  /** The current message: an index, which means nothing while there are none. */
  int dot;

  MailFolder(Mailbox mailbox, String name, boolean system) {
    this.mailbox = mailbox;
    this.name = name;
    this.system = system;
    mailbox.letters().forEach(letter -> entries.add(new MailEntry(letter)));
    dot = firstUnread();
  }

  private int firstUnread() {
    int unread = -1;
    for (int i = 0; i < entries.size(); i++) {
      MailEntry entry = entries.get(i);
      if (!entry.old && !entry.read) {
        return i;
      }
      if (!entry.read && unread < 0) {
        unread = i;
      }
    }
    return Math.max(unread, 0);
  }

  /** Takes in what has arrived; returns how many. */
  int readArrivals() throws IOException, InterruptedException {
    var arrived = mailbox.readArrivals();
    arrived.forEach(letter -> entries.add(new MailEntry(letter)));
    return arrived.size();
  }

  /**
   * Marks messages as deleted. The current one is then the next that is left, or else the last one
   * before.
   */
  void delete(List<Integer> list) {
    for (int index : list) {
      MailEntry entry = entries.get(index);
      entry.deleted = true;
      entry.touched = true;
      entry.held = false;
      entry.saved = false;
      entry.toMbox = false;
      dot = index;
    }
    // On to the next one that is left, else back.
    for (int i = dot; i < entries.size(); i++) {
      if (!entries.get(i).deleted) {
        dot = i;
        return;
      }
    }
    for (int i = dot; i >= 0; i--) {
      if (!entries.get(i).deleted) {
        dot = i;
        return;
      }
    }
  }

  /** Header and body of a message, as edited. */
  InputStream open(MailEntry entry) throws IOException {
    byte @Nullable [] content = entry.content;
    return content == null ? mailbox.open(entry.letter) : new ByteArrayInputStream(content);
  }

  List<HeaderField> header(MailEntry entry) throws IOException {
    try (InputStream in = open(entry)) {
      return LetterHeader.read(in);
    }
  }

  /** The author's address, or who sent it. */
  String sender(MailEntry entry) throws IOException {
    String author = LetterHeader.sender(header(entry));
    return author.isEmpty() ? separator(entry).sender() : author;
  }

  Separator separator(MailEntry entry) throws IOException {
    return mailbox.separator(entry.letter);
  }

  /** The line with which a mailbox opens: how many messages, how many of them new. */
  String announcement() {
    int fresh = 0;
    int unread = 0;
    int deleted = 0;
    int saved = 0;
    for (MailEntry entry : entries) {
      fresh += !entry.old && !entry.read ? 1 : 0;
      unread += entry.read ? 0 : 1;
      deleted += entry.deleted ? 1 : 0;
      saved += entry.saved ? 1 : 0;
    }
    int count = entries.size();
    return "\"%s\": %d message%s%s%s%s%s%s"
        .formatted(
            name,
            count,
            count == 1 ? "" : "s",
            fresh > 0 ? " " + fresh + " new" : "",
            unread > fresh ? " " + unread + " unread" : "",
            deleted > 0 ? " " + deleted + " deleted" : "",
            saved > 0 ? " " + saved + " saved" : "",
            mailbox.isWritable() ? "" : " [Read only]");
  }

  @Override
  public void close() throws IOException {
    mailbox.close();
  }
}
