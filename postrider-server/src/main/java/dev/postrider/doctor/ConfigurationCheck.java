package dev.postrider.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong in main.cf and master.cf, as {@code postfix check} finds it. */
public final class ConfigurationCheck implements Check {
  /** Finds what is wrong, a sentence each. */
  @FunctionalInterface
  public interface Problems {
    /** Looks; warnings are what a start survives. */
    void find(Consumer<String> warnings, Consumer<String> errors);
  }

  private static final Pattern UNUSED =
      Pattern.compile("(?:.*): unused parameter: ([A-Za-z0-9_]+)=.*", Pattern.DOTALL);
  private static final Pattern MAIN_LINE =
      Pattern.compile(".*main\\.cf, line (\\d+): .*", Pattern.DOTALL);

  private final Subject subject;
  private final Problems problems;

  public ConfigurationCheck(Subject subject, Problems problems) {
    this.subject = subject;
    this.problems = problems;
  }

  @Override
  public Area area() {
    return Area.CONFIGURATION;
  }

  @Override
  public String subject() {
    return "the configuration in " + subject.config().directory();
  }

  @Override
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    problems.find(text -> found.add(warning(text)), text -> found.add(error(text)));
    return found.isEmpty() ? List.of(Finding.ok("configuration", subject() + " is sound")) : found;
  }

  private Finding error(String text) {
    return Finding.error(
        "configuration", text, "the mail system does not start with it", editor(text));
  }

  private Finding warning(String text) {
    Matcher unused = UNUSED.matcher(text);
    if (unused.matches()) {
      String command =
          text.contains("master.cf") ? "" : subject.command("postconf", "-X " + unused.group(1));
      return Finding.warning(
          "unused-parameter",
          text,
          "nothing reads it: is the name spelled right?",
          command.isEmpty() ? "take it out of master.cf" : command);
    }
    if (text.contains("no tables of type")) {
      return Finding.error("table-type", text, "mail that needs the table waits", editor(text));
    }
    if (text.contains("not supported yet")) {
      return Finding.warning(
          "unsupported-parameter", text, "it has no effect, or mail waits for it", editor(text));
    }
    return Finding.warning("configuration-odd", text, "", editor(text));
  }

  /** The line of the file, where the text names it. */
  private String editor(String text) {
    Matcher line = MAIN_LINE.matcher(text);
    String check = subject.command("postfix", "check");
    return line.matches()
        ? "edit line " + line.group(1) + " of " + subject.main() + ", then: " + check
        : "edit what is named, then: " + check;
  }
}
