package dev.postrider.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a reader. What is typed may be cut short: the first one in the order of the old
 * mailx that begins so is meant. Functions only.
 */
final class MailCommand {
  private static final List<String> NAMES =
      List.of(
          ("next alias print type Type Print visual top touch preserve delete dp dt undelete unset"
                  + " mail mbox pipe | more page More Page unread Unread ! copy chdir cd save"
                  + " source set shell version group write from file folder folders ? z headers"
                  + " help = Reply Respond reply respond edit echo quit list xit exit size hold if"
                  + " else endif alternates ignore discard retain saveignore savediscard saveretain"
                  + " # inc new unalias")
              .split(" "));

  private static final Map<String, String> SAME =
      Map.ofEntries(
          Map.entry("Type", "Print"),
          Map.entry("type", "print"),
          Map.entry("dt", "dp"),
          Map.entry("|", "pipe"),
          Map.entry("page", "more"),
          Map.entry("Page", "More"),
          Map.entry("Unread", "unread"),
          Map.entry("cd", "chdir"),
          Map.entry("group", "alias"),
          Map.entry("file", "folder"),
          Map.entry("?", "help"),
          Map.entry("Respond", "Reply"),
          Map.entry("respond", "reply"),
          Map.entry("xit", "exit"),
          Map.entry("hold", "preserve"),
          Map.entry("discard", "ignore"),
          Map.entry("savediscard", "saveignore"),
          Map.entry("new", "inc"));

  private MailCommand() {}

  /** The whole names, in order. */
  static List<String> names() {
    return NAMES;
  }

  /** The command that a word means, one name for each that has several; null for none. */
  static @Nullable String find(String word) {
    // Not the first that fits: "se" is set in POSIX, and "r" and "R" differ.
    for (String name : NAMES) {
      if (name.startsWith(word)) {
        return SAME.getOrDefault(name, name);
      }
    }
    return null;
  }

  /** How many characters of a line are the command's name. */
  static int nameLength(String line) {
    int length = 0;
    while (length < line.length() && Character.isLetter(line.charAt(length))) {
      length++;
    }
    boolean sign = length == 0 && !line.isEmpty() && "!|?=#".indexOf(line.charAt(0)) >= 0;
    return sign ? 1 : length;
  }
}
