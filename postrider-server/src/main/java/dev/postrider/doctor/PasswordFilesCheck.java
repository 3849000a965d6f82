package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.secret.SecretIndex;
import dev.postrider.secret.SecretSource;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether files with passwords and keys are closed to other users. */
public final class PasswordFilesCheck implements Check {
  private static final int OTHERS = 0007;

  private final Subject subject;

  public PasswordFilesCheck(Subject subject) {
    this.subject = subject;
  }

  @Override
  public Area area() {
    return Area.FILES;
  }

  @Override
  public String subject() {
    return "the rights of password files";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> found = new ArrayList<>();
    for (Path file : open()) {
      int mode = (Integer) Files.getAttribute(file, "unix:mode") & 07777;
      found.add(
          Finding.error(
              "password-file-open",
              "%s holds a password or key and has the mode %04o".formatted(file, mode),
              "every user of this machine can read it",
              "chmod 600 " + file));
    }
    Config config = subject.config();
    Path main = subject.main();
    if (config.text("smtp_sasl_password_maps").contains("inline:")
        && config.line("smtp_sasl_password_maps") > 0
        && isOpen(main)) {
      found.add(
          Finding.error(
              "password-file-open",
              "%s, line %d: smtp_sasl_password_maps has a password in it, and all may read the file"
                  .formatted(main, config.line("smtp_sasl_password_maps")),
              "every user of this machine can read it",
              "move it into a file: smtp_sasl_password_maps = hash:"
                  + config.directory().resolve("sasl_passwd")
                  + ", with mode 0600"));
    }
    return found.isEmpty()
        ? List.of(Finding.ok("password-files", "no file with passwords is open to others"))
        : found;
  }

  /** The files that are open to all users; {@code --fix} closes them. */
  public List<Path> open() throws IOException {
    Set<Path> files = new LinkedHashSet<>();
    Config config = subject.config();
    String type = config.text("default_database_type");
    for (Map.Entry<String, String> use : TablesCheck.uses(config).entrySet()) {
      TableSpec spec = TableSpec.parse(use.getKey(), type);
      if (spec.type().equals("secret")) {
        // The index is for all to read; what it names is not.
        files.addAll(secrets(Path.of(spec.name())));
        continue;
      }
      boolean client = Set.of("mysql", "pgsql", "ldap").contains(spec.type());
      if (spec.name().startsWith("/") && (client || use.getValue().contains("_password_maps"))) {
        files.add(Path.of(spec.name()));
        Path compiled = Tables.compiledFile(spec);
        if (compiled != null) {
          files.add(compiled);
        }
      }
    }
    for (String name : List.of("smtp_tls_key_file", "smtpd_tls_key_file")) {
      String file = config.text(name);
      if (file.startsWith("/")) {
        files.add(Path.of(file));
      }
    }
    List<Path> open = new ArrayList<>();
    for (Path file : files) {
      if (isOpen(file)) {
        open.add(file);
      }
    }
    return open;
  }

  private static List<Path> secrets(Path index) throws IOException {
    List<Path> files = new ArrayList<>();
    for (SecretIndex.Entry entry : SecretIndex.read(index).entries()) {
      if (entry.login().source() instanceof SecretSource.File(var path)) {
        files.add(path);
      }
    }
    return files;
  }

  private static boolean isOpen(Path file) throws IOException {
    return Files.isRegularFile(file)
        && ((Integer) Files.getAttribute(file, "unix:mode") & OTHERS) != 0;
  }
}
