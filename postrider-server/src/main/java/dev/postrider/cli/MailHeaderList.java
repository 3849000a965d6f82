package dev.postrider.cli;

import dev.postrider.mailbox.LetterHeader;
import dev.postrider.mailbox.LetterText;
import dev.postrider.mailbox.PlainText;
import dev.postrider.mailbox.Separator;
import java.io.IOException;
import java.io.InputStream;

/** The list of messages, one line each, a screen at a time. For one thread. */
final class MailHeaderList {
  /** Lines of a screen that are left for the prompt and what was typed. */
  private static final int SPARE_ROWS = 4;

  /** Width of a line without its subject. */
  private static final int BEFORE_SUBJECT = 43;

  private final MailConsole console;
  private final MailSettings settings;
  private int screen;

  MailHeaderList(MailConsole console, MailSettings settings) {
    this.console = console;
    this.settings = settings;
  }

  private int size() {
    return settings.number("screen", Math.max(1, console.rows() - SPARE_ROWS));
  }

  /**
   * Shows the screen that holds a message; its first becomes the current one, if it was another.
   */
  void around(MailFolder folder, int index) throws IOException {
    screen = index / size();
    if (folder.dot != index) {
      folder.dot = screen * size();
    }
    show(folder);
  }

  /** Shows another screen, {@code +}, {@code -} or a number of screens ahead or back. */
  void scroll(MailFolder folder, String argument) throws MailRefusal, IOException {
    int size = size();
    int target =
        switch (argument) {
          case "", "+" -> screen + 1;
          case "-" -> screen - 1;
          default -> screen + number(argument);
        };
    if (target < 0) {
      throw new MailRefusal("On first screenful of messages");
    }
    if ((long) target * size >= folder.entries.size()) {
      throw new MailRefusal("On last screenful of messages");
    }
    screen = target;
    folder.dot = screen * size;
    show(folder);
  }

  private static int number(String argument) throws MailRefusal {
    try {
      return Integer.parseInt(argument);
    } catch (NumberFormatException e) {
      throw new MailRefusal("Unrecognized scrolling command \"" + argument + "\"");
    }
  }

  private void show(MailFolder folder) throws IOException {
    int size = size();
    int columns = console.columns();
    int shown = 0;
    for (int i = screen * size; i < folder.entries.size() && shown < size; i++) {
      if (!folder.entries.get(i).deleted) {
        console.out().println(line(folder, i, columns));
        shown++;
      }
      if (console.isInterrupted()) {
        return;
      }
    }
    if (shown == 0) {
      console.out().println("No more mail.");
    }
  }

  /** All messages that are not deleted, for a list without a reader. */
  void all(MailFolder folder) throws IOException {
    int columns = console.columns();
    for (int i = 0; i < folder.entries.size(); i++) {
      console.out().println(line(folder, i, columns));
    }
  }

  String line(MailFolder folder, int index) throws IOException {
    return line(folder, index, console.columns());
  }

  private static String line(MailFolder folder, int index, int columns) throws IOException {
    MailEntry entry = folder.entries.get(index);
    Separator separator = folder.separator(entry);
    String subject = LetterText.header(LetterHeader.value(folder.header(entry), "Subject"));
    String size = "%4d/%-5d".formatted(lines(folder, entry), entry.letter.size());
    int room = Math.max(0, columns - BEFORE_SUBJECT - size.length());
    String date = PlainText.line(separator.date());
    return "%c%c%3d %-17.17s  %16.16s %s %s"
        .formatted(
            index == folder.dot ? '>' : ' ',
            entry.mark(),
            index + 1,
            PlainText.line(folder.sender(entry)),
            date,
            size,
            subject.length() > room ? subject.substring(0, room) : subject);
  }

  /** Counted when it is shown where reading the mailbox in did not tell. */
  private static int lines(MailFolder folder, MailEntry entry) throws IOException {
    if (entry.letter.lines() >= 0) {
      return entry.letter.lines();
    }
    int lines = 0;
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = folder.open(entry)) {
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        for (int i = 0; i < got; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
    }
    return lines;
  }
}
