package dev.postrider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each command has a page, which names the options that the command takes, no fewer and no more.
 */
class ManPageOptionsTest {
  private static final Path PAGES = CommandOptions.ROOT.resolve("docs/man");

  /** Options of the commands of our own, which are words. */
  private static final Pattern LONG = Pattern.compile("\"--([a-z][a-z-]+)\"");

  /** {@code --help} is everywhere; the others are what adduser is called with. */
  private static final Set<String> NOT_OF_OURS =
      Set.of(
          "help",
          "system",
          "user-group",
          "no-create-home",
          "home-dir",
          "shell",
          "group",
          "quiet",
          "home",
          "gid");

  @TestFactory
  List<DynamicTest> everyOptionIsInItsPage() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    CommandOptions.letters()
        .forEach((command, letters) ->
            tests.add(DynamicTest.dynamicTest(command, () -> compare(command, letters))));
    assertThat(tests).hasSizeGreaterThan(9);
    return tests;
  }

  private static void compare(String command, String letters) throws IOException {
    String page = Files.readString(PAGES.resolve(command + ".1"));
    int description = page.indexOf(".Sh DESCRIPTION");
    Set<String> accepted = new TreeSet<>();
    letters.chars().filter(c -> c != ':').forEach(c -> accepted.add(Character.toString(c)));

    assertThat(named(page.substring(description)))
        .as(command + ".1, behind DESCRIPTION")
        .isEqualTo(accepted);
    if (!page.contains(".Op Ar option ...")) {
      assertThat(named(page.substring(0, description)))
          .as(command + ".1, SYNOPSIS")
          .isEqualTo(accepted);
    }
  }

  /** The options that a part of a page names: in {@code .Op Fl} several letters stand together. */
  private static Set<String> named(String page) {
    Set<String> letters = new TreeSet<>();
    for (String line : page.lines().toList()) {
      if (!line.matches("\\.(It |Op |Oo )?Fl .*")) {
        continue;
      }
      String[] words = line.substring(1).split(" ");
      if (words[0].equals("Op")) {
        words[2].replace("\\&", "").chars().forEach(c -> letters.add(Character.toString(c)));
        continue;
      }
      // Fl goes on behind a comma or a bar, until another macro begins.
      boolean flag = false;
      for (String word : words) {
        flag = word.equals("Fl") || (flag && !word.matches("[A-Z][a-z]"));
        if (flag && word.matches("[^,|;:.]")) {
          letters.add(word);
        }
      }
    }
    letters.remove("-");
    return letters;
  }

  @Test
  void everyLongOptionIsInThePageOfPostrider() throws IOException {
    Set<String> accepted = new TreeSet<>();
    for (Path source : CommandOptions.sources("cli")) {
      LONG.matcher(Files.readString(source)).results().forEach(word -> accepted.add(word.group(1)));
    }
    accepted.removeAll(NOT_OF_OURS);
    String page = Files.readString(PAGES.resolve("postrider.1"));
    Set<String> named = new TreeSet<>();
    Pattern.compile("Fl -([a-z][a-z-]+)")
        .matcher(page)
        .results()
        .forEach(word -> named.add(word.group(1)));

    assertThat(named).isEqualTo(accepted);
  }

  @Test
  void everyCommandHasAPage() throws IOException {
    String commands = CommandOptions.source("daemon/Commands.java");
    Set<String> internal = Set.of("daemon", "helper", "train", "parameter-page", "help");
    String postrider = Files.readString(PAGES.resolve("postrider.1"));
    List<String> without =
        Pattern.compile("case ((?:\"[a-z-]+\",? ?)+)")
            .matcher(commands.substring(0, commands.indexOf("usage:")))
            .results()
            .flatMap(match -> Stream.of(match.group(1).replaceAll("[\" ]", "").split(",")))
            .filter(name -> !name.startsWith("-") && !internal.contains(name))
            .filter(name -> !Files.exists(PAGES.resolve(name + ".1")))
            .filter(name -> !postrider.contains(".It Cm " + name))
            .toList();

    assertThat(without).isEmpty();
  }

  @Test
  void everyCommandOfPostfixIsInItsPage() throws IOException {
    Matcher usage =
        Pattern.compile("Usage: postfix (.*?)\\)\";", Pattern.DOTALL)
            .matcher(CommandOptions.source("cli/Postfix.java"));
    assertThat(usage.find()).isTrue();
    Set<String> accepted = new TreeSet<>();
    Pattern.compile("[a-z]+(-[a-z]+)?")
        .matcher(usage.group(1))
        .results()
        .map(match -> match.group())
        .filter(word -> !word.equals("or"))
        .forEach(accepted::add);
    Set<String> named = new TreeSet<>();
    Pattern.compile("(?m)^\\.It Cm ([a-z-]+)")
        .matcher(Files.readString(PAGES.resolve("postfix.1")))
        .results()
        .forEach(match -> named.add(match.group(1)));

    assertThat(named).isEqualTo(accepted);
  }
}
