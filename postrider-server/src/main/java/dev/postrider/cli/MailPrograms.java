package dev.postrider.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs programs on messages: commands that read them, editors. For one thread. */
final class MailPrograms {
  private final MailConsole console;
  private final MailSettings settings;

  MailPrograms(MailConsole console, MailSettings settings) {
    this.console = console;
    this.settings = settings;
  }

  /**
   * Gives messages to the standard input of a program.
   *
   * @param rest which, if any, and the program
   */
  void pipe(MailFolder folder, String rest) throws MailRefusal, IOException, InterruptedException {
    int at = 0;
    List<String> words = new ArrayList<>();
    while (at < rest.length()) {
      int end = rest.indexOf(' ', at);
      String word = rest.substring(at, end < 0 ? rest.length() : end);
      boolean isList = Character.isDigit(word.charAt(0)) || ":*.$^".indexOf(word.charAt(0)) >= 0;
      if (!isList || end < 0) {
        break;
      }
      words.add(word);
      at = end;
      while (at < rest.length() && rest.charAt(at) == ' ') {
        at++;
      }
    }
    String program = rest.substring(at);
    if (program.length() > 1 && program.startsWith("\"") && program.endsWith("\"")) {
      program = program.substring(1, program.length() - 1);
    }
    if (program.isBlank()) {
      throw new MailRefusal("pipe: no command given (pipe 1 \"wc -l\")");
    }
    List<Integer> list = new MailSelection(folder).of(words, false);
    int result =
        console.pipe(
            program,
            out -> {
              for (int index : list) {
                try (InputStream in = folder.open(folder.entries.get(index))) {
                  in.transferTo(out);
                }
              }
            });
    list.forEach(index -> folder.entries.get(index).touch());
    folder.dot = list.getLast();
    if (result != 0) {
      console.out().println("\"" + program + "\": exit code " + result);
    }
  }

  /**
   * Has a message edited.
   *
   * @param line whether by the line editor
   */
  void edit(MailFolder folder, int index, boolean line)
      throws MailRefusal, IOException, InterruptedException {
    MailEntry entry = folder.entries.get(index);
    Path file = Files.createTempFile("mail", null);
    try {
      byte[] before;
      try (InputStream in = folder.open(entry)) {
        before = in.readAllBytes();
      }
      Files.write(file, before);
      String editor = line ? settings.text("EDITOR", "ed") : settings.text("VISUAL", "vi");
      int result = console.shell(editor + " \"$1\"", file.toString());
      byte[] after = Files.readAllBytes(file);
      if (result != 0) {
        throw new MailRefusal(editor + " failed (" + result + "): the message is unchanged");
      }
      entry.touch();
      folder.dot = index;
      if (!Arrays.equals(before, after)) {
        entry.content = after;
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
