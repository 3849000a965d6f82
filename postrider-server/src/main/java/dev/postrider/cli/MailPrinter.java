package dev.postrider.cli;

import dev.postrider.mail.message.HeaderField;
import dev.postrider.mailbox.LetterHeader;
import dev.postrider.mailbox.LetterText;
import dev.postrider.mailbox.PlainText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Shows letters: decoded, harmless, through a pager where they are long. For one thread. */
final class MailPrinter {
  private static final int TOP_LINES = 5;

  private final MailConsole console;
  private final MailSettings settings;

  MailPrinter(MailConsole console, MailSettings settings) {
    this.console = console;
    this.settings = settings;
  }

  /**
   * Shows messages one after another.
   *
   * @param all with every header field, and those as they were sent
   * @param paged through the pager however short they are
   */
  void print(MailFolder folder, List<Integer> list, boolean all, boolean paged)
      throws IOException, InterruptedException {
    StringBuilder pages = new StringBuilder();
    for (int index : list) {
      MailEntry entry = folder.entries.get(index);
      entry.touch();
      folder.dot = index;
      String text = "Message " + (index + 1) + ":\n" + text(folder, entry, all);
      if (paged || isLong(text)) {
        pages.append(text);
        if (!paged) {
          page(pages.toString());
          pages.setLength(0);
        }
      } else {
        plain(text);
      }
      if (console.isInterrupted()) {
        return;
      }
    }
    if (!pages.isEmpty()) {
      page(pages.toString());
    }
  }

  private boolean isLong(String text) {
    if (!console.isInteractive() || !console.isSeen() || !settings.isSet("crt")) {
      return false;
    }
    int most = settings.number("crt", console.rows());
    return text.chars().filter(c -> c == '\n').count() >= most;
  }

  private void page(String text) throws IOException, InterruptedException {
    if (!console.isSeen()) {
      plain(text);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // A variable, so it may hold options, as the shell reads them.
    int code = console.pipe(settings.text("PAGER", "more"), out -> out.write(bytes));
    if (code == 127) {
      plain(text);
    }
  }

  private void plain(String text) {
    for (int at = 0; at < text.length() && !console.isInterrupted(); ) {
      int end = text.indexOf('\n', at) + 1;
      end = end == 0 ? text.length() : end;
      console.out().append(text, at, end);
      at = end;
    }
  }

  /** A letter as text: separator line, header, body. */
  String text(MailFolder folder, MailEntry entry, boolean all) throws IOException {
    StringBuilder out = new StringBuilder();
    out.append(PlainText.line(folder.separator(entry).line())).append('\n');
    for (HeaderField field : folder.header(entry)) {
      if (all) {
        String value =
            new String(
                field.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        out.append(PlainText.lines(value)).append('\n');
      } else if (settings.shows(field.name())) {
        out.append(PlainText.line(field.name()))
            .append(": ")
            .append(LetterText.header(field.value()).strip())
            .append('\n');
      }
    }
    out.append('\n');
    try (InputStream in = folder.open(entry)) {
      out.append(LetterText.of(in).body());
    }
    if (out.charAt(out.length() - 1) != '\n') {
      out.append('\n');
    }
    out.append('\n');
    return out.toString();
  }

  /** The first lines of each, as they are stored. */
  void top(MailFolder folder, List<Integer> list) throws IOException {
    int most = settings.number("toplines", TOP_LINES);
    for (int index : list) {
      MailEntry entry = folder.entries.get(index);
      entry.touch();
      folder.dot = index;
      console.out().println("Message " + (index + 1) + ":");
      console.out().println(PlainText.line(folder.separator(entry).line()));
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(folder.open(entry), StandardCharsets.UTF_8))) {
        for (int i = 0; i < most; i++) {
          String line = in.readLine();
          if (line == null) {
            break;
          }
          console.out().println(PlainText.line(line));
        }
      }
    }
  }

  /** The letter for {@code ~f} and {@code ~m}: what print shows, each line with a prefix. */
  String quoted(MailFolder folder, MailEntry entry, boolean all, String prefix) throws IOException {
    StringBuilder out = new StringBuilder();
    text(folder, entry, all)
        .lines()
        .forEach(line -> out.append((prefix + line).stripTrailing()).append('\n'));
    return out.toString();
  }

  /** The addresses of a header field for people; used where a reply asks whom it is for. */
  static String field(List<HeaderField> header, String name) {
    return LetterText.header(LetterHeader.value(header, name)).strip();
  }
}
