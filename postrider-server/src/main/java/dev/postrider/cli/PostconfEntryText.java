package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import java.util.List;

/** A service as a line of master.cf, in columns; folded on demand. */
final class PostconfEntryText {
  /** Expands a value on its way out. */
  @FunctionalInterface
  interface Expander {
    String apply(String value) throws ConfigException;
  }

  private static final int[] COLUMNS = {0, 11, 17, 25, 33, 41, 49, 57};

  private final StringBuilder text = new StringBuilder();
  private final boolean fold;
  private final Expander expander;
  private int length;

  PostconfEntryText(boolean fold, Expander expander) {
    this.fold = fold;
    this.expander = expander;
  }

  static List<String> fields(ServiceEntry entry) {
    return List.of(
        entry.name(),
        entry.type(),
        entry.privateField(),
        entry.unpriv(),
        entry.chroot(),
        entry.wakeup(),
        entry.maxProcesses(),
        entry.command());
  }

  /** The whole entry. */
  String columns(List<String> fields, List<String> arguments) throws ConfigException {
    for (int field = 0; field < fields.size(); field++) {
      if (length > 0) {
        do {
          add(" ");
        } while (length < COLUMNS[field]);
      }
      add(fields.get(field));
    }
    arguments(arguments, 3);
    return text.toString();
  }

  /** The entry with single spaces, as JSON holds it. */
  String plain(List<String> fields, List<String> arguments) throws ConfigException {
    add(String.join(" ", fields));
    arguments(arguments, 3);
    return text.toString();
  }

  /** The command with its arguments, after a label. */
  String command(String label, String command, List<String> arguments) throws ConfigException {
    labelled(label, command);
    arguments(arguments, 1);
    return text.toString();
  }

  /** One field after its label, on a line of its own if it is long. */
  String labelled(String label, String value) {
    add(label);
    if (length > 0 && length + value.length() > PostconfPrinter.LINE_LIMIT) {
      text.append('\n').append(PostconfPrinter.INDENT);
      length = PostconfPrinter.INDENT.length();
    }
    add(value);
    return text.toString();
  }

  /**
   * @param space how much room an option with a value takes beyond both texts, which Postfix counts
   *     differently in its two forms
   */
  private void arguments(List<String> arguments, int space) throws ConfigException {
    boolean options = true;
    int at = 0;
    while (at < arguments.size()) {
      String word = arguments.get(at++);
      String value = null;
      if (options && (!word.startsWith("-") || word.equals("--"))) {
        options = false;
      } else if (options && word.startsWith("-o") && at < arguments.size()) {
        value = arguments.get(at++);
        value = word.equals("-o") ? expander.apply(value) : value;
      }
      if (value != null) {
        String shown = hasBlank(value) ? "{" + value + "}" : value;
        length = PostconfPrinter.LINE_LIMIT;
        lineBreak(word.length() + shown.length() + space);
        add(word);
        add(" ");
        add(shown);
        length = PostconfPrinter.LINE_LIMIT;
      } else {
        // Postfix looks at the word without the braces that it then adds.
        lineBreak(word.length());
        add(!options && hasBlank(word) ? "{" + word + "}" : word);
      }
    }
  }

  private void lineBreak(int next) {
    if (length <= PostconfPrinter.INDENT.length()) {
      return;
    }
    if (!fold || length + 1 + next < PostconfPrinter.LINE_LIMIT) {
      add(" ");
    } else {
      text.append('\n').append(PostconfPrinter.INDENT);
      length = PostconfPrinter.INDENT.length();
    }
  }

  private static boolean hasBlank(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        return true;
      }
    }
    return false;
  }

  private void add(String part) {
    text.append(part);
    length += part.length();
  }
}
