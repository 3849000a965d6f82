package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.doctor.Area;
import dev.postrider.doctor.Check;
import dev.postrider.doctor.DaemonState;
import dev.postrider.doctor.Examination;
import dev.postrider.doctor.Finding;
import dev.postrider.doctor.PasswordFilesCheck;
import dev.postrider.doctor.QueueSource;
import dev.postrider.doctor.ReportJson;
import dev.postrider.doctor.ReportText;
import dev.postrider.doctor.Severity;
import dev.postrider.doctor.Subject;
import dev.postrider.io.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider doctor}: what is wrong with this installation, with evidence and the command
 * that mends it.
 */
public final class Doctor implements Command {

  /** The checks have limits of their own, which add up to less. */
  private static final Duration LIMIT = Duration.ofSeconds(25);

  private static final String USAGE =
      """
      usage: postrider doctor [-c DIR] [-v | --all] [--json] [--fix] [--offline]

        -v, --all       also what was looked at and is well
        --json          one JSON object with all findings
        --fix           mend what is safe first: directories and their rights, rights of password files
        --offline       ask neither name servers nor other systems, and log in nowhere

      Nothing is sent, and without --fix nothing is changed. A login is tried once; one that was
      refused is left alone for minutes, and later for hours.
      Exit code: 0 if all is well, 1 with warnings, 2 with errors.
      """;

  /** Makes the checks as the mail system would look. */
  @FunctionalInterface
  public interface Wiring {
    /** All checks, in the order in which they are told. */
    List<Check> checks(Subject subject, DaemonState daemon, QueueSource queue)
        throws IOException, InterruptedException;
  }

  private final Wiring wiring;
  private final QueueReader reader;

  public Doctor(Wiring wiring, QueueReader reader) {
    this.wiring = wiring;
    this.reader = reader;
  }

  /** What the arguments ask for. */
  private record Asked(
      Optional<String> directory, boolean all, boolean json, boolean fix, boolean offline) {}

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    List<String> arguments = call.arguments();
    if (!arguments.isEmpty() && List.of("help", "--help", "-h").contains(arguments.getFirst())) {
      call.out().print(USAGE);
      return 0;
    }
    Asked asked;
    try {
      asked = parse(arguments);
    } catch (IllegalArgumentException e) {
      return call.as("postrider doctor", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    }
    Path directory = ConfigDirectory.of(call, asked.directory());
    List<String> fixed = new ArrayList<>();
    List<Examination.Located> found;
    try {
      Subject subject = subject(directory);
      if (asked.fix()) {
        fix(subject, fixed);
      }
      Config config = subject.config();
      List<Check> checks =
          wiring.checks(
              subject,
              DaemonSight.of(config),
              entries -> QuietQueue.read(reader, call, config, entries));
      found =
          new Examination(LIMIT)
              .run(
                  checks.stream().filter(each -> !asked.offline() || !each.asksNetwork()).toList(),
                  "sudo postrider doctor"
                      + (subject.option().isEmpty() ? "" : " " + subject.option()));
    } catch (ConfigException e) {
      found =
          List.of(
              new Examination.Located(
                  Area.CONFIGURATION,
                  new Finding(
                      "configuration",
                      Severity.ERROR,
                      String.valueOf(e.getMessage()),
                      "the mail system does not start with it, and nothing else could be looked at",
                      "mend that, then: postrider doctor -c " + directory)));
    }
    if (asked.json()) {
      call.out().println(ReportJson.line(found, fixed));
    } else {
      fixed.forEach(text -> call.out().println("fixed: " + Printable.of(text)));
      ReportText.print(found, asked.all(), call.out());
    }
    return ReportText.worst(found).exitCode();
  }

  private static Subject subject(Path directory) throws ConfigException {
    Config config = Config.load(directory);
    MasterConfig master = new MasterConfig(List.of(), List.of());
    if (Files.exists(directory.resolve("master.cf"))) {
      try {
        master = MasterConfig.load(directory);
      } catch (ConfigException _) {
        // The check of the configuration tells it, and the others can do without.
        master = new MasterConfig(List.of(), List.of());
      }
    }
    String option = directory.equals(ConfigDirectory.SYSTEM) ? "" : "-c " + quoted(directory);
    return new Subject(config, master, option);
  }

  private static String quoted(Path directory) {
    String text = directory.toString();
    return text.matches("[A-Za-z0-9/._+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** What can be mended without changing what the administrator wrote. */
  private static void fix(Subject subject, List<String> fixed) throws IOException {
    try {
      Path queue = Path.of(subject.config().text("queue_directory"));
      Path data = Path.of(subject.config().text("data_directory"));
      DirectoryModes before = DirectoryModes.of(queue, data);
      new Preparation(subject.config()).run(fixed::add);
      fixed.addAll(before.changedTo(DirectoryModes.of(queue, data)));
    } catch (IOException e) {
      fixed.add("nothing of the directories: " + e.getMessage());
    }
    for (Path file : new PasswordFilesCheck(subject).open()) {
      try {
        Files.setAttribute(file, "unix:mode", 0600);
        fixed.add("chmod 600 " + file);
      } catch (IOException e) {
        fixed.add("not " + file + ": " + e.getMessage());
      }
    }
  }

  private static Asked parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Optional<String> directory = Optional.empty();
    boolean all = false;
    boolean json = false;
    boolean fix = false;
    boolean offline = false;
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      switch (word) {
        case "-v", "--all" -> all = true;
        case "--json" -> json = true;
        case "--fix" -> fix = true;
        case "--offline" -> offline = true;
        case "-c" -> {
          if (rest.isEmpty()) {
            throw new IllegalArgumentException("-c needs a value");
          }
          directory = Optional.of(rest.removeFirst());
        }
        default -> throw new IllegalArgumentException(word + ": there is no such option");
      }
    }
    return new Asked(directory, all, json, fix, offline);
  }
}
