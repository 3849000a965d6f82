package dev.postrider.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ids by which a message and what it answers are known (RFC 5322 §3.6.4). Functions only. */
final class MessageIds {
  /** No space and no end of a line: what matches can stand in a header again. */
  private static final Pattern ID = Pattern.compile("<[!-;=?-~]{1,250}>");

  /** A longer conversation is known by its first and its last messages. */
  private static final int MOST = 20;

  private MessageIds() {}

  /** What an answer refers to: what the message refers to, and at last the message itself. */
  static List<String> thread(SieveMessage message) {
    List<String> own = found(message, "Message-ID");
    if (own.isEmpty()) {
      return List.of();
    }
    List<String> thread = new ArrayList<>(found(message, "References"));
    if (thread.isEmpty()) {
      List<String> parents = found(message, "In-Reply-To");
      // More than one says nothing of a thread.
      thread.addAll(parents.size() == 1 ? parents : List.of());
    }
    thread.remove(own.getFirst());
    thread.add(own.getFirst());
    while (thread.size() > MOST) {
      thread.remove(1);
    }
    return thread;
  }

  private static List<String> found(SieveMessage message, String field) {
    List<String> ids = new ArrayList<>();
    for (String value : message.values(field)) {
      for (Matcher each = ID.matcher(value); each.find(); ) {
        ids.add(each.group());
      }
    }
    return ids;
  }
}
