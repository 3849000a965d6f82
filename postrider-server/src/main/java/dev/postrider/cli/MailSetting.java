package dev.postrider.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The commands that only set something, which are all that a start-up file may give: nothing in it
 * can run a program or change mail. For one thread.
 */
final class MailSetting {
  private final MailSettings settings;
  private final MailConsole console;

  MailSetting(MailSettings settings, MailConsole console) {
    this.settings = settings;
    this.console = console;
  }

  /**
   * Does one of them.
   *
   * @return false if it is another command
   */
  boolean run(String command, List<String> words) throws MailRefusal {
    switch (command) {
      case "set" -> {
        if (words.isEmpty()) {
          settings.variables().forEach(console.out()::println);
        }
        for (String word : words) {
          settings.set(word);
        }
      }
      case "unset" -> {
        for (String word : words) {
          settings.unset(word);
        }
      }
      case "alias" -> alias(words);
      case "unalias" -> words.forEach(settings.aliases()::remove);
      case "ignore" -> {
        settings.ignore(words);
        show(words, settings.ignored(), "ignored");
      }
      case "retain" -> {
        settings.retain(words);
        show(words, settings.retained(), "retained");
      }
      case "alternates" -> {
        settings.alternates().addAll(words);
        show(words, settings.alternates(), "known as yours");
      }
      case "saveignore", "saveretain" ->
          throw new MailRefusal(command + ": messages are saved whole here");
      case "#" -> {
        // A comment.
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void alias(List<String> words) throws MailRefusal {
    if (words.isEmpty()) {
      settings.aliases().forEach(this::show);
    } else if (words.size() == 1) {
      List<String> members = settings.aliases().get(words.getFirst());
      if (members == null) {
        throw new MailRefusal("\"" + words.getFirst() + "\": no such alias");
      }
      show(words.getFirst(), members);
    } else {
      settings
          .aliases()
          .computeIfAbsent(words.getFirst(), _ -> new ArrayList<>())
          .addAll(words.subList(1, words.size()));
    }
  }

  private void show(String name, List<String> members) {
    console.out().println(name + "\t " + String.join(" ", members));
  }

  private void show(List<String> words, Collection<String> now, String what) {
    if (words.isEmpty()) {
      if (now.isEmpty()) {
        console.out().println("None are " + what + ".");
      }
      now.forEach(console.out()::println);
    }
  }
}
