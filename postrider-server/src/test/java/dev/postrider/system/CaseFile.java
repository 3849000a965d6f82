package dev.postrider.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A text of cases that two mail systems are put through, to be compared. A word at the beginning of
 * a line opens a part, the lines indented below it belong to it:
 *
 * <pre>
 * group NAME                  cases that share one configuration and one start of each system
 * main                        lines of main.cf
 * master                      lines of master.cf
 * needs PROGRAM               which the group is skipped without
 * table NAME                  a file in the configuration directory; "table aliases" is alias_maps
 * file PATH OWNER MODE        a file that is there before each case
 * setup                       commands of sh that run before the start
 * case NAME                   a message
 *   from ADDRESS              its sender; "from &lt;&gt;" for none
 *   to ADDRESS                a recipient, may be repeated
 *   do COMMAND                a command of sh before the message, may be repeated
 *   greeting LINE             what the client says at first instead of EHLO client.example
 *   body                      the rest is its content; otherwise it is a short one
 *   differs WHY               the outcome is known not to be the same
 * </pre>
 *
 * {@code @D@} stands for the system's own directory, {@code @H@} for that of the homes,
 * {@code @ann@} and {@code @bob@} for users that are made for the test; {@code #} begins a comment.
 */
record CaseFile(List<Group> groups) {
  /** Cases with a common configuration. */
  record Group(
      String name,
      List<String> main,
      List<String> master,
      List<String> needs,
      List<String> setup,
      List<Part> tables,
      List<Part> files,
      List<Case> cases) {}

  /** Something with a head and lines. */
  record Part(String head, List<String> lines) {
    String text() {
      return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }
  }

  /**
   * One message.
   *
   * @param from without angle brackets; empty for the null sender
   * @param greeting the first line of the client
   * @param body null for a short standard one
   * @param differs why the outcome is not the same, or null
   * @param commands what runs before it, where the system's own commands are in the path
   */
  record Case(
      String name,
      String greeting,
      String from,
      List<String> to,
      @Nullable String body,
      @Nullable String differs,
      List<Part> files,
      List<String> commands) {}

  static CaseFile read(String resource) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(CaseFile.class.getResourceAsStream(resource), resource)) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  static CaseFile parse(String text) {
    List<Part> parts = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (line.startsWith("#")) {
        continue;
      }
      if (!line.isEmpty() && line.charAt(0) != ' ') {
        parts.add(new Part(line.strip(), new ArrayList<>()));
      } else if (!parts.isEmpty()) {
        parts.getLast().lines().add(line.length() < 2 ? "" : line.substring(2));
      }
    }
    List<Group> groups = new ArrayList<>();
    for (Part part : parts) {
      List<String> lines = new ArrayList<>(part.lines());
      while (!lines.isEmpty() && lines.getLast().isEmpty()) {
        lines.removeLast();
      }
      add(groups, new Part(part.head(), lines));
    }
    return new CaseFile(groups);
  }

  private static void add(List<Group> groups, Part part) {
    String[] words = part.head().split(" ", 2);
    String rest = words.length > 1 ? words[1] : "";
    if (words[0].equals("group")) {
      groups.add(
          new Group(
              rest,
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>(),
              new ArrayList<>()));
      return;
    }
    Group group = groups.getLast();
    switch (words[0]) {
      case "main" -> group.main().addAll(part.lines());
      case "master" -> group.master().addAll(part.lines());
      case "needs" -> group.needs().add(rest);
      case "setup" -> group.setup().addAll(part.lines());
      case "table" -> group.tables().add(new Part(rest, part.lines()));
      case "file" -> group.files().add(new Part(rest, part.lines()));
      case "case" -> group.cases().add(oneCase(rest, part.lines()));
      default -> throw new IllegalArgumentException("unknown part: " + part.head());
    }
  }

  private static Case oneCase(String name, List<String> lines) {
    String greeting = "EHLO client.example";
    String from = "sender@remote.test";
    List<String> to = new ArrayList<>();
    @Nullable String body = null;
    @Nullable String differs = null;
    List<Part> files = new ArrayList<>();
    List<String> commands = new ArrayList<>();
    for (String line : lines) {
      if (body != null) {
        body += (line.length() < 2 ? "" : line.substring(2)) + "\n";
        continue;
      }
      if (line.startsWith("  ")) {
        files.getLast().lines().add(line.substring(2));
        continue;
      }
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "do" -> commands.add(words[1]);
        case "from" -> from = words[1].equals("<>") ? "" : words[1];
        case "greeting" -> greeting = words[1];
        case "to" -> to.add(words[1]);
        case "differs" -> differs = words[1];
        case "file" -> files.add(new Part(words[1], new ArrayList<>()));
        case "body" -> body = "";
        case "" -> {}
        default -> throw new IllegalArgumentException(name + ": unknown: " + line);
      }
    }
    return new Case(name, greeting, from, to, body, differs, files, commands);
  }
}
