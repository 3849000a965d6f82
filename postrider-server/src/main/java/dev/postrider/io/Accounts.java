package dev.postrider.io;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Finds the users of this machine: in {@code /etc/passwd}, and through getent(1) wherever else the
 * machine keeps them (LDAP, systemd), or id(1) on macOS. Safe on any thread.
 */
public final class Accounts {
  private static final ParsedFile<List<String[]>> PASSWD =
      new ParsedFile<>(Path.of("/etc/passwd"), ParsedFile::fields);
  private static final long PATIENCE_SECONDS = 30;
  private static final int GETENT_NOT_FOUND = 2;
  private static final ParsedFile<List<String[]>> GROUP =
      new ParsedFile<>(Path.of("/etc/group"), ParsedFile::fields);

  /** As long as nobody wonders that a change in a directory is not seen yet. */
  private static final RecentAnswers ANSWERS = new RecentAnswers(Duration.ofSeconds(10));

  /**
   * Finds a user by name.
   *
   * @return empty when there surely is none
   * @throws IOException when nobody knows
   */
  public Optional<Account> find(String name) throws IOException, InterruptedException {
    return isName(name) ? find(name, fields -> fields[0].equals(name)) : Optional.empty();
  }

  /**
   * Finds a user by the kernel's number.
   *
   * @return empty when there surely is none
   * @throws IOException when nobody knows
   */
  public Optional<Account> find(long uid) throws IOException, InterruptedException {
    String number = Long.toString(uid);
    return find(number, fields -> fields.length > 2 && fields[2].equals(number));
  }

  /**
   * The supplementary groups of a user, not the user's own.
   *
   * @throws IOException when nobody knows
   */
  public List<Long> groups(Account account) throws IOException, InterruptedException {
    Path getent = Path.of("/usr/bin/getent");
    if (NameSources.fileHasAllMembers() || !Files.isExecutable(getent)) {
      return inGroupFile(account.name());
    }
    // name and numbers; a user in no group has a line as well.
    List<Long> groups = new ArrayList<>();
    String line =
        ANSWERS
            .get(
                "initgroups " + account.name(),
                () -> Optional.of(line(getent.toString(), "initgroups", account.name())))
            .orElse("");
    String[] fields = line.trim().split("\\s+");
    for (int i = 1; i < fields.length; i++) {
      groups.add(number(fields[i], String.join(" ", fields)));
    }
    return groups;
  }

  private static List<Long> inGroupFile(String name) throws IOException {
    List<Long> groups = new ArrayList<>();
    for (String[] fields : GROUP.value()) {
      if (fields.length == 4 && List.of(fields[3].split(",")).contains(name)) {
        groups.add(number(fields[2], String.join(":", fields)));
      }
    }
    return groups;
  }

  private static long number(String text, String line) throws IOException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IOException("group database: not an entry: \"" + line + "\"", e);
    }
  }

  private static String line(String... command) throws IOException, InterruptedException {
    Answer answer = answer(command);
    if (answer.code() != 0) {
      throw new IOException(command[0] + ": exit code " + answer.code());
    }
    return answer.line();
  }

  /**
   * Finds a group by name.
   *
   * @return its line, as group(5) describes it; empty when there surely is none
   * @throws IOException when nobody knows
   */
  public Optional<String> group(String name) throws IOException, InterruptedException {
    if (!isName(name)) {
      return Optional.empty();
    }
    Optional<String> local = lineIn(GROUP, fields -> fields[0].equals(name));
    Path getent = Path.of("/usr/bin/getent");
    return local.isPresent() || !Files.isExecutable(getent)
        ? local
        : lineOf(getent.toString(), "group", name);
  }

  private static Optional<Account> find(String key, Predicate<String[]> matches)
      throws IOException, InterruptedException {
    Optional<String> local = lineIn(PASSWD, matches);
    if (local.isPresent()) {
      return Optional.of(parse(local.get()));
    }
    Path getent = Path.of("/usr/bin/getent");
    boolean hasSwitch = Files.isExecutable(getent);
    if (hasSwitch && NameSources.fileHasAllUsers(key)) {
      return Optional.empty();
    }
    String[] command =
        hasSwitch
            ? new String[] {getent.toString(), "passwd", key}
            : new String[] {"/usr/bin/id", "-P", key};
    Optional<String> line = ANSWERS.get(key, () -> lineOf(command));
    return line.isPresent() ? Optional.of(parse(line.get())) : Optional.empty();
  }

  private static boolean isName(String name) {
    if (name.isEmpty() || name.startsWith("-") || isNumber(name)) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c == ':' || c == '/' || c == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** getent and id take a number for a uid, and 0@example.com is not root. */
  private static boolean isNumber(String name) {
    return name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Optional<String> lineIn(
      ParsedFile<List<String[]>> file, Predicate<String[]> matches) throws IOException {
    for (String[] fields : file.value()) {
      // Only the line that is asked for need be an entry: the others are nobody's business here.
      if (matches.test(fields)) {
        return Optional.of(String.join(":", fields));
      }
    }
    return Optional.empty();
  }

  /** The first line that a program says; empty when it surely has none. */
  private static Optional<String> lineOf(String... command)
      throws IOException, InterruptedException {
    Answer answer = answer(command);
    boolean getent = command[0].endsWith("getent");
    if (answer.code() == 0) {
      return Optional.of(answer.line());
    }
    if (answer.code() == GETENT_NOT_FOUND || !getent) {
      return Optional.empty();
    }
    throw new IOException(command[0] + ": exit code " + answer.code());
  }

  /** What a program says: its exit code and first line. */
  private record Answer(int code, String line) {}

  private static Answer answer(String... command) throws IOException, InterruptedException {
    Process process =
        Programs.start(
            new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD));
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(command[0] + ": no answer within " + PATIENCE_SECONDS + " seconds");
      }
      String line =
          new String(process.getInputStream().readNBytes(65_536), StandardCharsets.ISO_8859_1)
              .lines()
              .findFirst()
              .orElse("");
      return new Answer(process.exitValue(), line);
    } finally {
      process.destroy();
    }
  }

  /** A line of passwd(5), or of macOS's longer form with class, change and expire. */
  private static Account parse(String line) throws IOException {
    String[] fields = line.split(":", -1);
    if (fields.length < 7) {
      throw new IOException("user database: not an entry: \"" + line + "\"");
    }
    try {
      return new Account(
          fields[0],
          Long.parseLong(fields[2]),
          Long.parseLong(fields[3]),
          Path.of(fields[fields.length - 2].isEmpty() ? "/" : fields[fields.length - 2]),
          line);
    } catch (NumberFormatException e) {
      throw new IOException("user database: not an entry: \"" + line + "\"", e);
    }
  }
}
