package dev.postrider.bounce;

import dev.postrider.mail.reply.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What was said in one session, within bounds: the beginning, and the last words. For one thread.
 *
 * <p>It is kept for every session and read for hardly any, so it holds on to what is there anyway
 * and makes text of it only when it is read.
 */
final class Transcript {
  /** Characters kept of the beginning: what a client can make a session keep. */
  private static final int MOST_KEPT = 64 * 1024;

  /** Lines kept of the end, where the beginning was long. */
  private static final int LAST_LINES = 20;

  private static final int LAST_LENGTH = 512;
  private static final int MOST_REPLY = 506;

  private sealed interface Entry {
    int length();

    record Line(String direction, String octets) implements Entry {
      @Override
      public int length() {
        return octets.length();
      }
    }

    /** All the lines of one reply of ours. */
    record Answer(Reply reply) implements Entry {
      @Override
      public int length() {
        return reply.lines().size() * 40;
      }
    }
  }

  private final List<Entry> first = new ArrayList<>();
  private final Deque<Entry> last = new ArrayDeque<>(0);
  private int kept;
  private int leftOut;

  /** A line of the other side's, one character a byte. */
  void heard(String octets) {
    add(new Entry.Line("In:  ", octets));
  }

  /** What a filter put in the place of the last line heard. */
  void replaced(String octets) {
    add(new Entry.Line("Replaced-by: ", ""));
    add(new Entry.Line("     ", octets));
  }

  /** A line of ours. */
  void said(String octets) {
    add(new Entry.Line("Out: ", octets));
  }

  void answered(Reply reply) {
    add(new Entry.Answer(reply));
  }

  private void add(Entry entry) {
    int length = entry.length();
    if (last.isEmpty() && kept + length <= MOST_KEPT) {
      first.add(entry);
      kept += length;
      return;
    }
    if (last.size() == LAST_LINES) {
      last.removeFirst();
      leftOut++;
    }
    last.addLast(
        entry instanceof Entry.Line(var direction, var octets) && length > LAST_LENGTH
            ? new Entry.Line(direction, octets.substring(0, LAST_LENGTH))
            : entry);
  }

  /** How many lines and replies there are. */
  int size() {
    return first.size() + leftOut + last.size();
  }

  void clear() {
    first.clear();
    last.clear();
    kept = 0;
    leftOut = 0;
  }

  /** Each line with its direction; what is not UTF-8, and control characters, as question marks. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    first.forEach(entry -> append(lines, entry));
    if (leftOut > 0) {
      lines.add("(" + leftOut + " more are left out here)");
    }
    last.forEach(entry -> append(lines, entry));
    return lines;
  }

  private static void append(List<String> lines, Entry entry) {
    switch (entry) {
      case Entry.Line(var direction, var octets) -> lines.add(direction + decoded(octets));
      case Entry.Answer(var reply) -> {
        List<String> texts = reply.lines();
        for (int i = 0; i < texts.size(); i++) {
          String text = texts.get(i);
          lines.add(
              "Out: "
                  + reply.code()
                  + (i == texts.size() - 1 ? ' ' : '-')
                  + text.substring(0, Math.min(text.length(), MOST_REPLY)));
        }
      }
    }
  }

  private static String decoded(String octets) {
    return new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .replace('\ufffd', '?');
  }
}
