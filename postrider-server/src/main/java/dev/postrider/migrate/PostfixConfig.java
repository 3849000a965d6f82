package dev.postrider.migrate;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.LogicalLines;
import dev.postrider.config.MainFile;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration directory of Postfix: what Postrider makes of it, and what of it goes along to
 * another directory. Immutable once read.
 */
public final class PostfixConfig {
  /** Programs of master.cf that are here, most of them as parts of the one process. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "anvil",
          "bounce",
          "cleanup",
          "discard",
          "error",
          "flush",
          "lmtp",
          "local",
          "pickup",
          "pipe",
          "postlogd",
          "proxymap",
          "qmgr",
          "scache",
          "showq",
          "smtp",
          "smtpd",
          "tlsmgr",
          "trivial-rewrite",
          "verify",
          "virtual");

  /** Where Postfix is installed, which says nothing about where Postrider is. */
  private static final Set<String> INSTALLATION =
      Set.of(
          "command_directory",
          "config_directory",
          "daemon_directory",
          "data_directory",
          "html_directory",
          "mail_owner",
          "mailq_path",
          "manpage_directory",
          "meta_directory",
          "newaliases_path",
          "queue_directory",
          "readme_directory",
          "sample_directory",
          "sendmail_path",
          "setgid_group",
          "shlib_directory");

  private final Path directory;
  private final List<Note> notes = new ArrayList<>();
  private final Set<String> tables = new LinkedHashSet<>();
  private final String main;
  private final Optional<String> master;

  private PostfixConfig(Path directory, String main, Optional<String> master) {
    this.directory = directory;
    this.main = main;
    this.master = master;
  }

  /**
   * Reads main.cf and master.cf.
   *
   * @return empty if there is no main.cf
   * @throws ConfigException if one cannot be understood, with the place
   */
  public static Optional<PostfixConfig> read(Path directory) throws ConfigException {
    Path mainFile = directory.resolve("main.cf");
    if (!Files.exists(mainFile)) {
      return Optional.empty();
    }
    Path masterFile = directory.resolve("master.cf");
    PostfixConfig found =
        new PostfixConfig(
            directory,
            dev.postrider.config.ConfigFiles.read(mainFile),
            Files.exists(masterFile)
                ? Optional.of(dev.postrider.config.ConfigFiles.read(masterFile))
                : Optional.empty());
    found.look(MainFile.load(mainFile), Config.load(directory));
    if (found.master.isPresent()) {
      found.look(MasterConfig.parse(masterFile.toString(), found.master.get()));
    }
    return Optional.of(found);
  }

  /** Where it is. */
  public Path directory() {
    return directory;
  }

  /** What is not as it is with Postfix. */
  public List<Note> notes() {
    return List.copyOf(notes);
  }

  /** The files of the directory that its settings name as tables, by their names in it. */
  public List<String> tables() {
    return List.copyOf(tables);
  }

  private void look(MainFile file, Config config) {
    for (Map.Entry<String, MainFile.Setting> entry : file.settings().entrySet()) {
      String name = entry.getKey();
      String value = entry.getValue().value();
      Place place = new Place(directory.resolve("main.cf"), entry.getValue().line());
      if (INSTALLATION.contains(name)) {
        notes.add(
            new Note(
                Note.Kind.DIFFERS,
                place,
                name + " = " + value,
                name.endsWith("_directory") && !name.startsWith("queue")
                    ? "says where Postfix is installed; a copy of the file goes without it"
                    : "is Postfix's own; a copy of the file goes without it, so that both can be"
                        + " installed"));
      }
      findTables(value, config);
    }
    if (!file.settings().containsKey("inet_interfaces")) {
      notes.add(
          new Note(
              Note.Kind.DIFFERS,
              new Place(directory.resolve("main.cf"), 0),
              "no inet_interfaces",
              "Postfix listens to the whole network then, Postrider to this machine only: set it to"
                  + " all if others send mail through this machine"));
    }
    if (!file.settings().containsKey("compatibility_level")) {
      notes.add(
          new Note(
              Note.Kind.DIFFERS,
              new Place(directory.resolve("main.cf"), 0),
              "no compatibility_level",
              "Postfix takes the defaults of before 2.10 then, Postrider today's"));
    }
  }

  private void look(MasterConfig config) {
    for (ServiceEntry service : config.services()) {
      Place place = new Place(directory.resolve("master.cf"), service.line());
      String said = service.name() + " " + service.type() + " … " + service.command();
      if (!PROGRAMS.contains(service.command())) {
        notes.add(new Note(Note.Kind.IMPOSSIBLE, place, said, missing(service)));
      }
      if (service.chroot().equals("y") && !isPart(service)) {
        notes.add(
            new Note(
                Note.Kind.DIFFERS,
                place,
                said,
                "runs in no jail: Postrider is one process without root's rights; paths are those of"
                    + " the system, not of the jail"));
      }
      service.overrides().forEach((_, value) -> findTables(value, directory));
    }
  }

  private static String missing(ServiceEntry service) {
    String none = "Postrider has no " + service.command();
    return service.type().equals("inet")
        ? none
            + ": nothing listens at "
            + service.name()
            + " then (write smtpd in its place for mail)"
        : none + ": remove the line, or keep what needs it with Postfix";
  }

  /** Parts of the process that no path of master.cf or main.cf reaches. */
  private static boolean isPart(ServiceEntry service) {
    return !Set.of("smtpd", "smtp", "lmtp", "local", "virtual").contains(service.command());
  }

  private void findTables(String value, Config config) {
    findTables(value.replace("$config_directory", config.directory().toString()), directory);
  }

  /** Names of tables below the directory: {@code type:/etc/postfix/name}. */
  private void findTables(String value, Path below) {
    Pattern pattern =
        Pattern.compile("[a-z]+:" + Pattern.quote(below + "/") + "([A-Za-z0-9_][A-Za-z0-9._-]*)");
    Matcher found = pattern.matcher(value.replace("${config_directory}", below.toString()));
    while (found.find()) {
      if (Files.isRegularFile(below.resolve(found.group(1)))) {
        tables.add(found.group(1));
      }
    }
  }

  /** main.cf for another directory: without where Postfix is installed, and with its paths. */
  public String mainFor(Path target) {
    List<String> warnings = new ArrayList<>();
    Set<Integer> without = new java.util.HashSet<>();
    LogicalLines lines = new LogicalLines("main.cf", main, warnings);
    for (LogicalLines.Line line = lines.next(); line != null; line = lines.next()) {
      int equal = line.text().indexOf('=');
      if (equal > 0 && INSTALLATION.contains(line.text().substring(0, equal).strip())) {
        without.add(line.line());
      }
    }
    StringBuilder out = new StringBuilder();
    boolean skipping = false;
    int number = 0;
    for (String line : main.split("\n", -1)) {
      number++;
      boolean continues = !line.isEmpty() && Character.isWhitespace(line.charAt(0));
      skipping = without.contains(number) || (skipping && continues);
      if (number > 1) {
        out.append('\n');
      }
      out.append(skipping ? "# (of Postfix) " + line : line);
    }
    return moved(out.toString(), target);
  }

  /** master.cf for another directory; empty if there is none. */
  public Optional<String> masterFor(Path target) {
    return master.map(text -> moved(text, target));
  }

  private String moved(String text, Path target) {
    String moved = text;
    for (String table : tables) {
      moved =
          Pattern.compile(
                  "(?<=:)"
                      + Pattern.quote(directory.resolve(table).toString())
                      + "(?![A-Za-z0-9._-])")
              .matcher(moved)
              .replaceAll(Matcher.quoteReplacement(target.resolve(table).toString()));
    }
    return moved;
  }
}
