package dev.postrider.cli;

import dev.postrider.mailbox.LetterHeader;
import dev.postrider.mailbox.LetterText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads message lists: {@code 1 3-5 $ * . + - ^ :n /text name}. Numbers add messages; names, texts
 * and states then leave what fits of these, or of all if there are no numbers. For one thread.
 */
final class MailSelection {
  private final MailFolder folder;

  MailSelection(MailFolder folder) {
    this.folder = folder;
  }

  /**
   * The messages of a list, as indexes in order.
   *
   * @param deleted whether the command is for deleted messages, as undelete is
   * @throws MailRefusal if a word means no message, or all together mean none
   */
  List<Integer> of(List<String> words, boolean deleted) throws MailRefusal, IOException {
    if (words.isEmpty()) {
      return List.of(next(deleted));
    }
    TreeSet<Integer> chosen = new TreeSet<>();
    List<String> texts = new ArrayList<>();
    StringBuilder states = new StringBuilder();
    boolean all = false;
    for (String word : words) {
      if (word.equals("*")) {
        all = true;
      } else if (word.startsWith(":")) {
        for (char state : word.substring(1).toCharArray()) {
          if ("norud".indexOf(state) < 0) {
            throw new MailRefusal("Unknown colon modifier \":" + state + "\"");
          }
          states.append(state);
        }
      } else if (isPlace(word)) {
        range(word, deleted, chosen);
      } else {
        texts.add(word);
      }
    }
    if (all || (chosen.isEmpty() && (!texts.isEmpty() || !states.isEmpty()))) {
      addAll(deleted || states.indexOf("d") >= 0, chosen);
    }
    if (chosen.isEmpty()) {
      throw new MailRefusal("No applicable messages");
    }
    if (!texts.isEmpty()) {
      keep(texts, chosen);
      if (chosen.isEmpty()) {
        throw new MailRefusal("No applicable messages from {" + String.join(", ", texts) + "}");
      }
    }
    if (!states.isEmpty()) {
      chosen.removeIf(i -> states.chars().noneMatch(c -> fits((char) c, folder.entries.get(i))));
      if (chosen.isEmpty()) {
        throw new MailRefusal("No messages satisfy :" + states);
      }
    }
    return new ArrayList<>(chosen);
  }

  /** The message at hand, else the next that fits, else the one before. */
  private int next(boolean deleted) throws MailRefusal {
    List<MailEntry> entries = folder.entries;
    for (int i = folder.dot; i < entries.size(); i++) {
      if (entries.get(i).deleted == deleted) {
        return i;
      }
    }
    for (int i = folder.dot - 1; i >= 0; i--) {
      if (entries.get(i).deleted == deleted) {
        return i;
      }
    }
    throw new MailRefusal("No applicable messages");
  }

  private void addAll(boolean deletedToo, Set<Integer> chosen) {
    for (int i = 0; i < folder.entries.size(); i++) {
      if (deletedToo || !folder.entries.get(i).deleted) {
        chosen.add(i);
      }
    }
  }

  private static boolean isPlace(String word) {
    char first = word.charAt(0);
    return Character.isDigit(first)
        || (word.length() == 1 && ".$^+-".indexOf(first) >= 0)
        || (".$^".indexOf(first) >= 0 && word.startsWith("-", 1));
  }

  private void range(String word, boolean deleted, Set<Integer> chosen) throws MailRefusal {
    int dash = word.indexOf('-', 1);
    if (dash < 0) {
      int at = place(word, deleted);
      // To take back what was not deleted does no harm.
      if (folder.entries.get(at).deleted && !deleted) {
        throw new MailRefusal(at + 1 + ": Inappropriate message");
      }
      chosen.add(at);
      return;
    }
    int from = place(word.substring(0, dash), deleted);
    int to = place(word.substring(dash + 1), deleted);
    if (from > to) {
      throw new MailRefusal(word + ": the range ends before it begins");
    }
    for (int i = from; i <= to; i++) {
      if (folder.entries.get(i).deleted == deleted) {
        chosen.add(i);
      }
    }
  }

  private int place(String word, boolean deleted) throws MailRefusal {
    List<MailEntry> entries = folder.entries;
    int at =
        switch (word) {
          case "." -> folder.dot;
          case "$" -> last(deleted);
          case "^" -> first(deleted);
          case "+" -> step(1, deleted);
          case "-" -> step(-1, deleted);
          default -> number(word) - 1;
        };
    if (at < 0 || at >= entries.size()) {
      throw new MailRefusal(word + ": Invalid message number");
    }
    return at;
  }

  private static int number(String word) throws MailRefusal {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw new MailRefusal(word + ": Invalid message number");
    }
  }

  private int first(boolean deleted) throws MailRefusal {
    for (int i = 0; i < folder.entries.size(); i++) {
      if (folder.entries.get(i).deleted == deleted) {
        return i;
      }
    }
    throw new MailRefusal("No applicable messages");
  }

  private int last(boolean deleted) throws MailRefusal {
    for (int i = folder.entries.size() - 1; i >= 0; i--) {
      if (folder.entries.get(i).deleted == deleted) {
        return i;
      }
    }
    throw new MailRefusal("No applicable messages");
  }

  /** The next or previous message that fits, seen from the one at hand. */
  int step(int direction, boolean deleted) throws MailRefusal {
    for (int i = folder.dot + direction; i >= 0 && i < folder.entries.size(); i += direction) {
      if (folder.entries.get(i).deleted == deleted) {
        return i;
      }
    }
    throw new MailRefusal(direction > 0 ? "Referencing beyond EOF" : "Referencing before 1");
  }

  private void keep(List<String> texts, Set<Integer> chosen) throws IOException {
    List<Integer> gone = new ArrayList<>();
    for (int i : chosen) {
      MailEntry entry = folder.entries.get(i);
      boolean fits = false;
      for (String text : texts) {
        fits |= text.startsWith("/") ? found(text.substring(1), entry) : isFrom(text, entry);
      }
      if (!fits) {
        gone.add(i);
      }
    }
    gone.forEach(chosen::remove);
  }

  private boolean isFrom(String text, MailEntry entry) throws IOException {
    return contains(folder.sender(entry), text);
  }

  /** {@code text} in the subject, or {@code field:text} in another header field. */
  private boolean found(String text, MailEntry entry) throws IOException {
    int colon = text.indexOf(':');
    String name = colon > 0 ? text.substring(0, colon) : "subject";
    String wanted = colon > 0 ? text.substring(colon + 1) : text;
    for (var field : folder.header(entry)) {
      boolean named = field.is(name) || (name.equals("to") && (field.is("cc") || field.is("bcc")));
      if (named && contains(LetterText.header(field.value()), wanted)) {
        return true;
      }
    }
    return name.equals("subject")
        && wanted.isEmpty()
        && LetterHeader.value(folder.header(entry), name).isEmpty();
  }

  private static boolean contains(String text, String wanted) {
    return text.toLowerCase(Locale.ROOT).contains(wanted.toLowerCase(Locale.ROOT));
  }

  private static boolean fits(char state, MailEntry entry) {
    return switch (state) {
      case 'n' -> !entry.old && !entry.read;
      case 'o' -> entry.old;
      case 'r' -> entry.read;
      case 'u' -> !entry.read;
      default -> entry.deleted;
    };
  }
}
