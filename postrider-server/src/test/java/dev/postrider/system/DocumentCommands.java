package dev.postrider.system;

import dev.postrider.CommandOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Judges commands that stand in the text of a page, which have words such as ID in them and so
 * cannot be run: whether there are the command, its subcommand and its options.
 */
final class DocumentCommands {
  private static final Set<String> BY_SENDMAIL = Set.of("mailq", "newaliases");

  private final Map<String, String> letters;
  private final String ours;
  private final String postfix;

  DocumentCommands() throws IOException {
    this.letters = CommandOptions.letters();
    this.ours = Files.readString(CommandOptions.ROOT.resolve("docs/man/postrider.1"));
    this.postfix = Files.readString(CommandOptions.ROOT.resolve("docs/man/postfix.1"));
  }

  /** What is wrong with each command of a page, with its line. */
  List<String> faults(DocumentPage page) throws IOException {
    List<String> faults = new ArrayList<>();
    for (DocumentPage.Span span : page.spans()) {
      String fault = fault(span.command());
      if (!fault.isEmpty()) {
        faults.add(page.name() + ", line " + span.line() + ": `" + span.command() + "`: " + fault);
      }
    }
    return faults;
  }

  /** Nothing if the text is no command of ours, or is right. */
  String fault(String text) throws IOException {
    // What follows is another program's, a comment, or the file that the output goes to.
    String command = text.replaceFirst("\\s*([|;&<>#]| and ).*", "").strip();
    List<String> words = Arrays.asList(command.split("\\s+"));
    String name = words.getFirst();
    List<String> rest = words.subList(1, words.size());
    if (name.equals("postrider") || name.equals("./postrider")) {
      return rest.isEmpty() ? "" : ownCommand(name, rest);
    }
    if (name.startsWith("bench/") || name.startsWith("reliability/")) {
      return script(name, rest);
    }
    if (BY_SENDMAIL.contains(name)) {
      return options("sendmail", rest);
    }
    if (!letters.containsKey(name) || rest.isEmpty()) {
      return "";
    }
    String fault = options(name, rest);
    return fault.isEmpty() && name.equals("postfix") ? postfixCommand(rest) : fault;
  }

  private String ownCommand(String name, List<String> rest) throws IOException {
    if (letters.containsKey(rest.getFirst()) || BY_SENDMAIL.contains(rest.getFirst())) {
      return fault(String.join(" ", rest));
    }
    String subcommand = rest.getFirst();
    // Any command; the name of a format (docs/spool.md).
    if (subcommand.equals("COMMAND") || rest.equals(List.of("message", "1"))) {
      return "";
    }
    String second = rest.size() > 1 ? subcommand + " " + rest.get(1) : subcommand;
    boolean known =
        Pattern.compile(
                "(?m)^\\.It Cm ("
                    + Pattern.quote(second)
                    + "|"
                    + Pattern.quote(subcommand)
                    + ")( (Oo|Op|Ar|Ns|Fl)|$)")
            .matcher(ours)
            .find();
    if (!known) {
      return name + " has no command \"" + second + "\"";
    }
    for (String word : rest) {
      if (word.matches("--[a-z].*")
          && !ours.contains("Fl -" + word.substring(2) + " ")
          && !ours.contains("Fl -" + word.substring(2) + "\n")) {
        return "there is no option " + word;
      }
    }
    return "";
  }

  private String postfixCommand(List<String> words) {
    String command = "";
    for (int i = 0; i < words.size() && command.isEmpty(); i++) {
      if (words.get(i).equals("-c")) {
        i++;
      } else if (!words.get(i).startsWith("-")) {
        command = words.get(i);
      }
    }
    return command.isEmpty()
            || postfix.contains("\n.It Cm " + command + "\n")
            || postfix.contains("\n.It Cm " + command + " Op ")
        ? ""
        : "postfix has no command \"" + command + "\"";
  }

  /** Options up to the first word that is none, as getopt(3) reads them. */
  private String options(String name, List<String> words) {
    String known = letters.getOrDefault(name, "");
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.length() < 2 || word.charAt(0) != '-' || word.equals("--")) {
        return "";
      }
      for (int at = 1; at < word.length(); at++) {
        int letter = known.indexOf(word.charAt(at));
        if (letter < 0 || word.charAt(at) == ':') {
          return name + " has no option -" + word.charAt(at);
        }
        if (known.startsWith(":", letter + 1)) {
          i += at + 1 == word.length() ? 1 : 0;
          break;
        }
      }
    }
    return "";
  }

  private static String script(String name, List<String> words) throws IOException {
    Path file = CommandOptions.ROOT.resolve(name);
    if (!Files.isExecutable(file)) {
      return "there is no such program";
    }
    if (Files.isDirectory(file)) {
      return "";
    }
    String text = Files.readString(file);
    for (String word : words) {
      if (word.startsWith("--") && !text.contains(word)) {
        return "it has no option " + word;
      }
    }
    return "";
  }
}
