package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code postrider spool}: looks after the files of the queue. */
public final class SpoolCommand implements Command {
  private static final int EX_NOINPUT = 66;

  static final String USAGE =
      """
      usage: postrider spool check [-c DIR] [-v]
             postrider spool export [-c DIR] TO [ID ... | ALL]
             postrider spool import [-c DIR] [--incomplete] [--perhaps-delivered] DIR | FILE.json ...
             postrider spool salvage [-c DIR] [--to TO]

        check    reads every record and body file of the spool with its checksums, and says what is
                 alive, dead, damaged, missing and set aside; changes nothing, and a daemon may run
          -v     each segment, also the sound ones
        export   writes messages of the queue, all if none is named, into the directory TO: ID.eml
                 (the content) and ID.json (all else); changes nothing, and a daemon may run
        import   takes such messages into the queue while no daemon runs; who is marked as done is
                 not served again; a file that was imported is renamed to ID.json.imported
          --incomplete, --perhaps-delivered
                 also those that salvage has marked so
        salvage  looks for messages in what is damaged or set aside, and says what can be saved;
                 with --to it writes that as export does; changes nothing in the spool

      Exit code 0: sound, or all done; 1: damage was found, or not all was done.
      """;

  private final InstantSource clock;
  private final SpoolImport.StoppedSpool stopped;
  private final Postlog.LogOpener opener;

  /**
   * Says what it works with.
   *
   * @param stopped opens the spool of a queue without daemon
   * @param opener of the mail log
   */
  public SpoolCommand(
      InstantSource clock, SpoolImport.StoppedSpool stopped, Postlog.LogOpener opener) {
    this.clock = clock;
    this.stopped = stopped;
    this.opener = opener;
  }

  @Override
  public int run(Invocation given) throws InterruptedException {
    return new VerbCall("postrider spool", USAGE)
        .run(given, "say what: check, export, import or salvage", this::run);
  }

  private int run(Invocation call, String word, List<String> rest)
      throws IOException, ConfigException, InterruptedException, VerbArguments.Mistake {
    SpoolVerb verb =
        switch (word) {
          case "check" -> new SpoolChecking(clock);
          case "export" -> new SpoolExport();
          case "import" -> new SpoolImport(stopped, opener);
          case "salvage" -> new SpoolSalvage();
          default ->
              throw new VerbArguments.Mistake(
                  "\"" + word + "\": use check, export, import or salvage");
        };
    Set<String> values = new HashSet<>(verb.values());
    values.add("-c");
    VerbArguments arguments = VerbArguments.parse(rest, verb.flags(), values);
    Config config = Config.load(ConfigDirectory.of(call, arguments.value("-c")));
    Path spool = Path.of(config.text("queue_directory"), "spool");
    if (!(verb instanceof SpoolImport) && !Files.exists(spool)) {
      call.fatal(spool + ": there is no spool (or you may not see it: ask as root or its owner)");
      return EX_NOINPUT;
    }
    return verb.run(call, config, arguments);
  }
}
