package dev.postrider.local;

import dev.postrider.agent.ExportedEnvironment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Decides whether a command needs a shell (local(8), "External command delivery"). Stateless. */
final class CommandLine {
  private static final String PLAIN =
      "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \t";

  private CommandLine() {}

  /**
   * The program to run and its arguments.
   *
   * @param shell local_command_shell; empty for a shell only where the command needs one
   */
  static List<String> arguments(String command, String shell) {
    if (!shell.isEmpty()) {
      List<String> arguments = new ArrayList<>(words(shell));
      arguments.add(command);
      return arguments;
    }
    List<String> words = words(command);
    boolean plain = !words.isEmpty() && command.chars().allMatch(c -> PLAIN.indexOf(c) >= 0);
    // A name that is no program may be a word of the shell's own, such as exit.
    return plain && isProgram(words.getFirst()) ? words : List.of("sh", "-c", command);
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[ \t]+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  private static boolean isProgram(String word) {
    if (word.indexOf('/') >= 0) {
      return true;
    }
    for (String directory : ExportedEnvironment.PATH.split(":")) {
      if (Files.isExecutable(Path.of(directory, word))) {
        return true;
      }
    }
    return false;
  }
}
