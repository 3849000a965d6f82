package dev.postrider.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation: what a reader would type. Immutable.
 *
 * @param name below the root, such as {@code docs/running.md}
 * @param blocks of shell commands, in the page's order
 * @param spans commands that stand in the text or in a block of another kind
 */
record DocumentPage(String name, List<Block> blocks, List<Span> spans) {
  /** How a block is to be run: from the HTML comment in front of it. */
  enum Kind {
    RUN,
    /** {@code <!-- one of -->}: readers do one of these. */
    ONE_OF,
    /** {@code <!-- as me -->}: by a user without rights. */
    AS_USER,
    /** {@code <!-- not run: why -->}. */
    NOT_RUN
  }

  /**
   * One block.
   *
   * @param line of its first command, from 1
   * @param why it is not run, or nothing
   */
  record Block(int line, Kind kind, String why, String commands) {}

  /** A command and the line it stands in. */
  record Span(int line, String command) {}

  private static final Pattern MARK =
      Pattern.compile("<!-- (one of|as me|not run: (.+?))(?: -->)?\\s*");

  /** Blocks of these would not be run without anybody saying so. */
  private static final Set<String> OTHER_SHELLS = Set.of("bash", "console", "shell", "zsh");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  DocumentPage {
    blocks = List.copyOf(blocks);
    spans = List.copyOf(spans);
  }

  /** The README and all of docs/, by name. */
  static List<DocumentPage> all(Path root) throws IOException {
    List<DocumentPage> pages = new ArrayList<>(List.of(read(root, "README.md")));
    try (Stream<Path> files = Files.list(root.resolve("docs"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".md")).sorted().toList()) {
        pages.add(read(root, "docs/" + file.getFileName()));
      }
    }
    return pages;
  }

  private static DocumentPage read(Path root, String name) throws IOException {
    return parse(name, Files.readAllLines(root.resolve(name)));
  }

  static DocumentPage parse(String name, List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    List<Span> spans = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (!isFence(line)) {
        int number = i + 1;
        CODE.matcher(line).results().forEach(code -> spans.add(new Span(number, code.group(1))));
        continue;
      }
      int first = i + 1;
      int end = first;
      while (end < lines.size() && !isFence(lines.get(end))) {
        end++;
      }
      if (end == lines.size()) {
        throw new IllegalArgumentException(name + ", line " + first + ": the block has no end");
      }
      List<String> commands = lines.subList(first, end);
      String language = line.strip().substring(3);
      if (OTHER_SHELLS.contains(language)) {
        throw new IllegalArgumentException(
            name + ", line " + first + ": " + language + ": call it sh, so that it is run");
      }
      if (language.equals("sh")) {
        blocks.add(block(first + 1, i == 0 ? "" : lines.get(i - 1), commands));
      } else {
        for (int at = first; at < end; at++) {
          spans.add(new Span(at + 1, lines.get(at)));
        }
      }
      i = end;
    }
    return new DocumentPage(name, blocks, spans);
  }

  private static boolean isFence(String line) {
    return line.stripLeading().startsWith("```");
  }

  private static Block block(int line, String before, List<String> commands) {
    String text = String.join("\n", commands).stripIndent() + "\n";
    Matcher mark = MARK.matcher(before.strip());
    if (!mark.matches()) {
      return new Block(line, Kind.RUN, "", text);
    }
    Kind kind =
        switch (mark.group(1)) {
          case "one of" -> Kind.ONE_OF;
          case "as me" -> Kind.AS_USER;
          default -> Kind.NOT_RUN;
        };
    return new Block(line, kind, kind == Kind.NOT_RUN ? mark.group(2) : "", text);
  }

  List<Block> of(Kind kind) {
    return blocks.stream().filter(block -> block.kind() == kind).toList();
  }

  /** What a reader does who takes the given one of the alternatives; the page's order. */
  List<Block> withChoice(int choice) {
    List<Block> alternatives = of(Kind.ONE_OF);
    return blocks.stream()
        .filter(block -> block.kind() != Kind.NOT_RUN)
        .filter(block -> block.kind() != Kind.ONE_OF || block.equals(alternatives.get(choice)))
        .toList();
  }
}
