package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.migrate.ForeignConfig;
import dev.postrider.migrate.Migration;
import dev.postrider.migrate.Note;
import dev.postrider.migrate.PostfixConfig;
import dev.postrider.migrate.Sources;
import java.io.IOException;
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

  private static final int EX_NOINPUT = 66;
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
    return new VerbCall("postrider import", USAGE)
        .run(given, "say which program, or queue", this::run);
  }

  private int run(Invocation call, String word, List<String> rest)
      throws IOException, ConfigException, InterruptedException, VerbArguments.Mistake {
    if (word.equals("queue")) {
      return queue(
          call, arguments(rest, Set.of(WRITE, QueueImport.REMOVE, QueueImport.IGNORE_FILTER)));
    }
    Optional<ForeignConfig> foreign = ForeignConfig.of(word);
    if (foreign.isEmpty() && !word.equals("postfix")) {
      throw new VerbArguments.Mistake("\"" + word + "\": there is no such program to import from");
    }
    VerbArguments arguments = arguments(rest, Set.of(WRITE, REPLACE));
    ConfigWriter writer =
        new ConfigWriter(
            call,
            ConfigDirectory.of(call, arguments.value("-c")),
            arguments.has(REPLACE),
            clock.instant(),
            check);
    return foreign.isPresent()
        ? foreign(call, word, foreign.get(), writer, arguments)
        : postfix(call, writer, arguments);
  }

  private static VerbArguments arguments(List<String> words, Set<String> flags)
      throws VerbArguments.Mistake {
    VerbArguments arguments = VerbArguments.parse(words, flags, Set.of("-c", FROM, ROOT));
    if (!arguments.operands().isEmpty()) {
      throw new VerbArguments.Mistake(arguments.operands().getFirst() + ": one name too many");
    }
    return arguments;
  }

  private int queue(Invocation call, VerbArguments arguments)
      throws IOException, ConfigException, InterruptedException {
    Config config = Config.load(ConfigDirectory.of(call, arguments.value("-c")));
    return queue.run(call, config, from(arguments, "var/spool/postfix"), arguments);
  }

  /** What {@code --from} names, or the usual place. */
  private static Path from(VerbArguments arguments, String usual) {
    return arguments
        .value(FROM)
        .map(text -> Path.of(text).toAbsolutePath())
        .orElseGet(() -> root(arguments).resolve(usual));
  }

  private static Path root(VerbArguments arguments) {
    return Path.of(arguments.value(ROOT).orElse("/")).toAbsolutePath();
  }

  private static int foreign(
      Invocation call,
      String program,
      ForeignConfig config,
      ConfigWriter writer,
      VerbArguments arguments)
      throws IOException {
    Path root = root(arguments);
    String home = call.environment().getOrDefault("HOME", "/");
    Sources sources =
        new Sources(
            root,
            arguments.value(FROM).map(text -> Path.of(text).toAbsolutePath()),
            root.resolve(home.startsWith("/") ? home.substring(1) : home));
    Optional<Migration> read = config.read(sources);
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
      nothingWritten(call, "write this", writer);
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

  private int postfix(Invocation call, ConfigWriter writer, VerbArguments arguments)
      throws IOException, ConfigException {
    Path target = writer.target();
    Path source = from(arguments, "etc/postfix");
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
      nothingWritten(call, "copy it", writer);
      return code;
    }
    return writer.copy(found) ? code : EX_CONFIG;
  }

  private static void nothingWritten(Invocation call, String what, ConfigWriter writer) {
    call.out()
        .println(
            "Nothing was written. To "
                + what
                + " into "
                + writer.target()
                + ": add --write"
                + (writer.isStock() ? "" : " --replace (its main.cf has settings)"));
  }
}
