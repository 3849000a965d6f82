package dev.postrider.event;

import dev.postrider.spool.QueueId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One line of the event log as read: a flat object of strings, numbers and lists of strings. A line
 * is checked as a whole when it is made; fields are looked for when asked. Valid only while its
 * bytes are: until the reader goes on, unless it is a {@link #copy}. For one thread.
 */
public final class EventLine {
  private static final int MOST_FIELDS = 32;

  private byte[] bytes = {};
  private int start;
  private int end;

  /** For each field: where its name and its value begin and end. */
  private final int[] places = new int[MOST_FIELDS * 4];

  private int fields;

  EventLine() {}

  /**
   * Takes a line.
   *
   * @param from where it begins
   * @param to behind its last byte, without the line feed
   * @return whether it is an event: whole, with a time and a kind
   */
  boolean take(byte[] source, int from, int to) {
    bytes = source;
    start = from;
    end = to;
    fields = 0;
    return index() && find("time") >= 0 && find("event") >= 0;
  }

  private boolean index() {
    int at = start;
    if (end - start < 2 || bytes[at++] != '{' || bytes[end - 1] != '}') {
      return false;
    }
    while (true) {
      int nameEnd = stringEnd(at);
      if (nameEnd < 0 || nameEnd + 1 >= end || bytes[nameEnd] != ':' || fields == MOST_FIELDS) {
        return false;
      }
      int valueEnd = valueEnd(nameEnd + 1);
      if (valueEnd < 0 || valueEnd >= end) {
        return false;
      }
      int place = fields++ * 4;
      places[place] = at + 1;
      places[place + 1] = nameEnd - 1;
      places[place + 2] = nameEnd + 1;
      places[place + 3] = valueEnd;
      if (bytes[valueEnd] == '}') {
        return valueEnd == end - 1;
      }
      if (bytes[valueEnd] != ',') {
        return false;
      }
      at = valueEnd + 1;
    }
  }

  /** Behind the closing quote of the string that begins there, or -1. */
  private int stringEnd(int at) {
    if (at >= end || bytes[at] != '"') {
      return -1;
    }
    for (int i = at + 1; i < end; i++) {
      byte octet = bytes[i];
      if (octet == '"') {
        return i + 1;
      }
      if (octet == '\\') {
        i++;
      } else if (octet >= 0 && octet < ' ') {
        return -1;
      }
    }
    return -1;
  }

  private int valueEnd(int at) {
    if (bytes[at] == '"') {
      return stringEnd(at);
    }
    int i = at;
    if (bytes[at] == '[') {
      i++;
      while (i < end && bytes[i] != ']') {
        i = stringEnd(i);
        if (i < 0) {
          return -1;
        }
        if (i < end && bytes[i] == ',') {
          i++;
        }
      }
      return i < end ? i + 1 : -1;
    }
    while (i < end && (bytes[i] == '-' || (bytes[i] >= '0' && bytes[i] <= '9'))) {
      i++;
    }
    return i == at ? -1 : i;
  }

  /** The number of the field, or -1. */
  private int find(String name) {
    for (int field = 0; field < fields; field++) {
      if (equals(places[field * 4], places[field * 4 + 1], name)) {
        return field;
      }
    }
    return -1;
  }

  private boolean equals(int from, int to, String text) {
    if (to - from != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a field is this text, which is ASCII without quotes. */
  public boolean is(String name, String value) {
    int field = find(name);
    return field >= 0
        && bytes[places[field * 4 + 2]] == '"'
        && equals(places[field * 4 + 2] + 1, places[field * 4 + 3] - 1, value);
  }

  /** A text or number as text; empty if the field is not there. */
  public String word(String name) {
    int field = find(name);
    if (field < 0) {
      return "";
    }
    int from = places[field * 4 + 2];
    int to = places[field * 4 + 3];
    return bytes[from] == '"' ? string(from + 1, to - 1) : raw(from, to);
  }

  /** A list of texts; empty if the field is none. */
  public List<String> texts(String name) {
    List<String> list = new ArrayList<>();
    int field = find(name);
    if (field >= 0 && bytes[places[field * 4 + 2]] == '[') {
      int at = places[field * 4 + 2] + 1;
      while (bytes[at] == '"') {
        int stop = stringEnd(at);
        list.add(string(at + 1, stop - 1));
        at = bytes[stop] == ',' ? stop + 1 : stop;
      }
    }
    return list;
  }

  private String raw(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  private String string(int from, int to) {
    String text = raw(from, to);
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        out.append(c);
        continue;
      }
      char next = text.charAt(++i);
      if (next == 'u' && i + 4 < text.length() && isHex(text, i + 1)) {
        out.append((char) Integer.parseInt(text, i + 1, i + 5, 16));
        i += 4;
      } else {
        out.append(next);
      }
    }
    return out.toString();
  }

  private static boolean isHex(String text, int at) {
    for (int i = at; i < at + 4; i++) {
      if (Character.digit(text.charAt(i), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  /** A number, or {@code absent} if the field is not there or is none. */
  public long number(String name, long absent) {
    int field = find(name);
    if (field < 0) {
      return absent;
    }
    try {
      return Long.parseLong(raw(places[field * 4 + 2], places[field * 4 + 3]));
    } catch (NumberFormatException _) {
      return absent;
    }
  }

  /** Numbers as {@code 0-4,7}: none if the field is not there; null if they were too many. */
  public @Nullable BitSet numbers(String name) {
    return Ranges.parse(word(name));
  }

  /** The kind: accepted, attempt, end … */
  public String event() {
    return word("event");
  }

  /** The message it is about; empty for what is about none. */
  public Optional<QueueId> id() {
    String text = word("id");
    return text.isEmpty() ? Optional.empty() : QueueId.parse(text);
  }

  /** When; null if that is not legible. */
  public @Nullable Instant time() {
    return moment("time");
  }

  /** A moment, or null. */
  public @Nullable Instant moment(String name) {
    try {
      return Instant.parse(word(name));
    } catch (DateTimeParseException _) {
      return null;
    }
  }

  /** The line as it stands, to keep. */
  public EventLine copy() {
    EventLine copy = new EventLine();
    byte[] own = Arrays.copyOfRange(bytes, start, end);
    if (!copy.take(own, 0, own.length)) {
      throw new IllegalStateException("a line that was sound is not: " + raw(start, end));
    }
    return copy;
  }

  /** The line itself. */
  @Override
  public String toString() {
    return raw(start, end);
  }
}
