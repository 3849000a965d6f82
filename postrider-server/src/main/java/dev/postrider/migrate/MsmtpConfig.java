package dev.postrider.migrate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The configuration of msmtp(1): /etc/msmtprc, then that of the user. For one reading. */
final class MsmtpConfig {
  private static final String DEFAULT = "default";

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Map<String, Map<String, MsmtpFile.Value>> accounts = new LinkedHashMap<>();

  MsmtpConfig(Sources sources) {
    this.sources = sources;
  }

  Optional<Migration> read() throws ForeignFileException {
    boolean found = false;
    for (Path file : files()) {
      Optional<List<Sources.Line>> lines = sources.statements(file, migration);
      if (lines.isPresent()) {
        found = true;
        MsmtpFile.read(lines.get(), accounts, migration);
      }
    }
    if (!found) {
      return Optional.empty();
    }
    Place whole = new Place(migration.sources().getLast(), 0);
    if (accounts.isEmpty()) {
      migration.impossible(whole, "no account", "there is nothing to take over");
      return Optional.of(migration);
    }
    String name = accounts.containsKey(DEFAULT) ? DEFAULT : accounts.keySet().iterator().next();
    if (!name.equals(DEFAULT)) {
      migration.differs(
          whole,
          "no account \"default\"",
          "all mail without an account of its own goes by the account \"" + name + "\"");
    }
    MsmtpCommands main = new MsmtpCommands(accounts.getOrDefault(name, Map.of()), whole);
    new MsmtpAccount(sources, migration, name, main).writeDefault();
    if (!migration.has("relayhost")) {
      return Optional.of(migration);
    }
    NoLocalMail.write(migration, whole, "msmtp");
    NoLocalMail.sendsAtOnce(migration, whole, "msmtp");
    others(name, whole);
    return Optional.of(migration);
  }

  private List<Path> files() {
    if (sources.from().isPresent()) {
      return List.of(sources.file("/", "msmtprc"));
    }
    Path own = sources.home().resolve(".msmtprc");
    // msmtp reads the second only where the first is missing.
    return Files.exists(own)
        ? List.of(sources.at("/etc/msmtprc"), own)
        : List.of(sources.at("/etc/msmtprc"), sources.home().resolve(".config/msmtp/config"));
  }

  /** Accounts beside the default one serve senders of their own. */
  private void others(String chosen, Place whole) {
    Map<String, MsmtpFile.Value> main = accounts.getOrDefault(chosen, Map.of());
    for (Map.Entry<String, Map<String, MsmtpFile.Value>> entry : accounts.entrySet()) {
      // "account default : work" is the account work again.
      if (!entry.getKey().equals(chosen) && !isSame(entry.getValue(), main)) {
        new MsmtpAccount(
                sources, migration, entry.getKey(), new MsmtpCommands(entry.getValue(), whole))
            .writeOther(new MsmtpCommands(main, whole));
      }
    }
  }

  private static boolean isSame(
      Map<String, MsmtpFile.Value> one, Map<String, MsmtpFile.Value> other) {
    for (String command : List.of("host", "port", "user", "from")) {
      if (!Optional.ofNullable(one.get(command))
          .map(MsmtpFile.Value::value)
          .equals(Optional.ofNullable(other.get(command)).map(MsmtpFile.Value::value))) {
        return false;
      }
    }
    return true;
  }
}
