package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.DirectoryLock;
import dev.postrider.migrate.ForeignConfig;
import dev.postrider.migrate.ForeignFileException;
import dev.postrider.migrate.Migration;
import dev.postrider.migrate.Note;
import dev.postrider.migrate.PostfixConfig;
import dev.postrider.migrate.Sources;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code postrider import}: takes over the configuration of another mail program, or the mail that
 * waits in Postfix's queue. Shows what it would do unless {@code --write} is given.
 */
public final class ImportCommand implements Command {
  static final String WRITE = QueueImport.WRITE;
  static final String REPLACE = "--replace";

  private static final int EX_USAGE = 64;
  private static final int EX_NOINPUT = 66;
  private static final int EX_IOERR = 74;
  private static final int EX_TEMPFAIL = 75;
  private static final int EX_NOPERM = 77;
  private static final int EX_CONFIG = 78;
  private static final String FROM = "--from";
  private static final String ROOT = "--root";

  static final String USAGE =
      """
      usage: postrider import PROGRAM [-c DIR] [--from FILE | DIR] [--root DIR] [--write [--replace]]
             postrider import queue [-c DIR] [--from DIR] [--write [--remove] [--ignore-filter]]

      PROGRAM is postfix, msmtp, nullmailer, dma, ssmtp or exim-smarthost.

        Without --write nothing is changed: what stands in the program's configuration is shown with
        what it becomes, what is not as before, and what cannot be carried over.

        -c DIR       the configuration directory to write to (default: MAIL_CONFIG or /etc/postfix)
        --from ...   the program's configuration, if it is not in the usual place
        --root DIR   a directory that stands for /, such as an old disk
        --write      write main.cf and its tables; passwords go into sasl_passwd, mode 0600
        --replace    also over a main.cf in which something is set; the old files are kept as
                     NAME.before-import-DATE

      queue takes over the mail that waits in Postfix's queue (default: /var/spool/postfix).

        --write      store the messages here, while neither mail system runs on its queue
        --remove     delete each file of Postfix's when its message is stored here
        --ignore-filter
                     also messages that were to pass a content filter

      Exit code 0: all was understood, or all mail taken over; 1: something was left out.
      """;

  private static final Set<String> HELP = Set.of("help", "--help", "-h");

  private final QueueImport queue;
  private final Preparation.ConfigCheck check;
  private final InstantSource clock;

  /**
   * Says what it works with.
   *
   * @param check of a configuration
   * @param stopped opens the spool of a queue without daemon
   * @param opener of the mail log
   */
  public ImportCommand(
      Preparation.ConfigCheck check,
      SpoolImport.StoppedSpool stopped,
      Postlog.LogOpener opener,
      InstantSource clock) {
    this.check = check;
    this.queue = new QueueImport(stopped, opener, clock);
    this.clock = clock;
  }

  @Override
  public int run(Invocation given) throws InterruptedException {
    Invocation call = given.as("postrider import", given.arguments());
    List<String> words = call.arguments();
    if (words.stream().anyMatch(HELP::contains)) {
      call.out().print(USAGE);
      return 0;
    }
    if (words.isEmpty()) {
      return usage(call, "say which program, or queue");
    }
    String program = words.getFirst();
    boolean mail = program.equals("queue");
    Optional<ForeignConfig> foreign = ForeignConfig.of(program);
    if (!mail && foreign.isEmpty() && !program.equals("postfix")) {
      return usage(call, "\"" + program + "\": there is no such program to import from");
    }
    try {
      Set<String> flags =
          mail
              ? Set.of(WRITE, QueueImport.REMOVE, QueueImport.IGNORE_FILTER)
              : Set.of(WRITE, REPLACE);
      SpoolArguments arguments =
          SpoolArguments.parse(words.subList(1, words.size()), flags, Set.of("-c", FROM, ROOT));
      if (!arguments.operands().isEmpty()) {
        throw new SpoolArguments.Mistake(arguments.operands().getFirst() + ": one name too many");
      }
      return run(call, program, arguments);
    } catch (SpoolArguments.Mistake e) {
      return usage(call, String.valueOf(e.getMessage()));
    }
  }

  private int run(Invocation call, String program, SpoolArguments arguments)
      throws InterruptedException {
    Path target = ConfigDirectory.of(call, arguments.value("-c"));
    try {
      if (program.equals("queue")) {
        Path from =
            arguments
                .value(FROM)
                .map(text -> Path.of(text).toAbsolutePath())
                .orElseGet(() -> root(arguments).resolve("var/spool/postfix"));
        return queue.run(call, Config.load(target), from, arguments);
      }
      ConfigWriter writer =
          new ConfigWriter(call, target, arguments.has(REPLACE), clock.instant(), check);
      return program.equals("postfix")
          ? postfix(call, writer, target, arguments)
          : foreign(call, program, writer, arguments);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    } catch (DirectoryLock.HeldException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_TEMPFAIL;
    } catch (ForeignFileException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_NOINPUT;
    } catch (AccessDeniedException e) {
      call.fatal(e.getMessage() + ": permission denied (ask as root)");
      return EX_NOPERM;
    } catch (IOException e) {
      call.fatal(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
      return EX_IOERR;
    }
  }

  private static Path root(SpoolArguments arguments) {
    return Path.of(arguments.value(ROOT).orElse("/")).toAbsolutePath();
  }

  private static int foreign(
      Invocation call, String program, ConfigWriter writer, SpoolArguments arguments)
      throws IOException {
    Path root = root(arguments);
    String home = call.environment().getOrDefault("HOME", "/");
    Sources sources =
        new Sources(
            root,
            arguments.value(FROM).map(text -> Path.of(text).toAbsolutePath()),
            root.resolve(home.startsWith("/") ? home.substring(1) : home));
    Optional<Migration> read = ForeignConfig.of(program).orElseThrow().read(sources);
    if (read.isEmpty()) {
      call.fatal(
          "there is no configuration of "
              + program
              + " (name it with --from, or a root with --root)");
      return EX_NOINPUT;
    }
    Migration migration = read.get();
    ImportReport report = new ImportReport(call);
    report.sources(program, migration.sources());
    report.notes(migration.notes());
    report.result(migration);
    if (!arguments.has(WRITE)) {
      call.out()
          .println(
              "Nothing was written. To write this into "
                  + writer.target()
                  + ": add --write"
                  + (writer.isStock() ? "" : " --replace (its main.cf has settings)"));
      return code(migration.notes());
    }
    if (migration.settings().isEmpty()) {
      call.fatal("nothing could be carried over, so nothing is written");
      return EX_CONFIG;
    }
    return writer.write(program, migration) ? code(migration.notes()) : EX_CONFIG;
  }

  private static int code(List<Note> notes) {
    boolean all =
        notes.stream()
            .noneMatch(
                each -> each.kind() == Note.Kind.IMPOSSIBLE || each.kind() == Note.Kind.UNKNOWN);
    return all ? 0 : 1;
  }

  private int postfix(Invocation call, ConfigWriter writer, Path target, SpoolArguments arguments)
      throws IOException, ConfigException {
    Path source =
        arguments
            .value(FROM)
            .map(text -> Path.of(text).toAbsolutePath())
            .orElseGet(() -> root(arguments).resolve("etc/postfix"));
    Optional<PostfixConfig> read = PostfixConfig.read(source);
    if (read.isEmpty()) {
      call.fatal(source + ": there is no main.cf (name Postfix's directory with --from)");
      return EX_NOINPUT;
    }
    PostfixConfig found = read.get();
    ImportReport report = new ImportReport(call);
    report.sources("postfix", List.of(source.resolve("main.cf"), source.resolve("master.cf")));
    report.notes(found.notes());
    boolean[] sound = {true};
    call.out().println("What \"postfix check\" says of it:");
    int[] said = {0};
    check.check(
        Config.load(source),
        warning -> {
          said[0]++;
          report.line("warning: " + warning);
        },
        error -> {
          said[0]++;
          sound[0] = false;
          report.line("error, the start is refused: " + error);
        });
    if (said[0] == 0) {
      report.line("nothing");
    }
    call.out().println();
    int code = sound[0] ? code(found.notes()) : 1;
    if (Files.exists(target) && Files.isSameFile(source, target)) {
      call.out()
          .println(
              "Postrider reads this directory as it is: nothing needs to be written. The mail that"
                  + " waits in Postfix's queue: postrider import queue");
      return code;
    }
    report.line(
        "main.cf and master.cf would be copied, with "
            + found.tables().size()
            + " tables: "
            + (found.tables().isEmpty() ? "none" : String.join(", ", found.tables())));
    if (!arguments.has(WRITE)) {
      call.out()
          .println(
              "Nothing was written. To copy it into "
                  + target
                  + ": add --write"
                  + (writer.isStock() ? "" : " --replace (its main.cf has settings)"));
      return code;
    }
    return writer.copy(found) ? code : EX_CONFIG;
  }

  private static int usage(Invocation call, String mistake) {
    call.err().println("postrider import: " + Invocation.printable(mistake));
    call.err().print(USAGE);
    return EX_USAGE;
  }
}
