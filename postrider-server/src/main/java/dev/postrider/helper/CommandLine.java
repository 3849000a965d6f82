package dev.postrider.helper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The programs in front of a command that give it its rights, its environment and a session of its
 * own, each of which starts the next in its own place. Immutable.
 */
final class CommandLine {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Begins the name of a variable on its way to the command: nothing knows such names. */
  private static final String CARRIED = "POSTRIDER_COMMAND_";

  /** What setsid(1), env(1), setpriv(1) and prlimit(1) say when there is nothing to start. */
  private static final Pattern NOT_STARTED =
      Pattern.compile(
          "(?s)(?:/\\S*/)?(setsid: failed to execute |env: cannot change directory to |setpriv: "
              + "|prlimit: failed to set the |chroot: )(.*)");

  /**
   * What chroot(8), which is root's still, may have in its environment: nothing that the loader or
   * a library obeys.
   */
  private static final Set<String> HARMLESS =
      Set.of("PATH", "LANG", "TZ", "MAIL_CONFIG", "HOME", "SHELL", "USER", "LOGNAME");

  private static final int PRLIMIT_FAILED = 1;
  private static final int ENV_FAILED = 125;
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  private final List<String> rights;

  /** What gives the rights to a command that has a root directory of its own, up to its name. */
  private final List<String> jailed;

  private CommandLine(List<String> rights, List<String> jailed) {
    this.rights = List.copyOf(rights);
    this.jailed = List.copyOf(jailed);
  }

  /** With the rights of this process. */
  static CommandLine own() {
    return new CommandLine(List.of(), List.of());
  }

  /**
   * With a user's rights, which root may give.
   *
   * @param groups the supplementary groups
   * @throws IOException if this machine lacks the program that does it
   */
  static CommandLine of(long uid, long gid, List<Long> groups) throws IOException {
    List<String> rights = new ArrayList<>();
    rights.add(program("setpriv", "Debian: apt install util-linux"));
    rights.add("--reuid=" + uid);
    rights.add("--regid=" + gid);
    rights.add(
        groups.isEmpty()
            ? "--clear-groups"
            : "--groups=" + groups.stream().map(String::valueOf).collect(Collectors.joining(",")));
    rights.add("--inh-caps=-all");
    rights.add("--ambient-caps=-all");
    // With + a number is no name, which would be looked up with the files of the jail.
    return new CommandLine(rights, List.of("--userspec=+" + uid + ":+" + gid, "--groups=+" + gid));
  }

  private static String program(String name, String remedy) throws IOException {
    for (String directory : List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin")) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new IOException(
        "no /usr/bin/" + name + ", without which no command can be run; " + remedy);
  }

  /**
   * What to start for a command, in the environment that {@link #carried} gives.
   *
   * @throws IOException naming a variable that no environment can have
   */
  List<String> of(CommandCall call) throws IOException {
    List<String> line = new ArrayList<>();
    if (call.largestFile() > 0) {
      // Before the rights are given up, as only root can raise a limit that this process has.
      line.add(program("prlimit", "Debian: apt install util-linux"));
      line.add("--fsize=" + call.largestFile());
      line.add("--");
    }
    @Nullable Path root = call.root();
    if (root == null) {
      line.addAll(rights);
    } else {
      line.add(program("setpriv", "Debian: apt install util-linux"));
      line.add("--inh-caps=-all");
      line.add("--ambient-caps=-all");
    }
    line.add(program("env", "it belongs to coreutils"));
    line.add("-i");
    if (call.largestFile() > 0) {
      // The signal that comes with the error would kill the command before it can say what failed.
      line.add("--ignore-signal=XFSZ");
    }
    @Nullable Path directory = call.directory();
    if (directory != null) {
      line.add("--chdir=" + directory);
    }
    StringBuilder variables = new StringBuilder("-S");
    for (String name : call.environment().keySet()) {
      if (!VARIABLE.matcher(name).matches()) {
        throw new IOException("not a name for the environment: \"" + name + "\"");
      }
      if (root != null && !HARMLESS.contains(name)) {
        throw new IOException(
            name + " is not for the environment of chroot (leave it out of export_environment)");
      }
      variables.append(name).append("=${").append(CARRIED).append(name).append("} ");
    }
    line.add(variables.toString());
    line.add(program("setsid", "Debian: apt install util-linux"));
    line.add("--");
    if (root != null) {
      if (jailed.isEmpty()) {
        throw new IOException("only root can change the root directory to " + root);
      }
      line.add(program("chroot", "it belongs to coreutils"));
      line.addAll(jailed);
      line.add("--");
      line.add(root.toString());
    }
    line.addAll(call.arguments());
    return line;
  }

  /**
   * The environment in which {@link #of} starts: the command's variables under other names. Their
   * values must not stand among the arguments, which every user of the machine can see; and a
   * variable that the loader obeys must not reach a program that has root's rights still. env(1)
   * gives them their own names, when the rights are the user's.
   */
  static Map<String, String> carried(CommandCall call) {
    Map<String, String> carried = new HashMap<>();
    call.environment().forEach((name, value) -> carried.put(CARRIED + name, value));
    return carried;
  }

  /**
   * What kills a command's group: by the user's own right to do so, so that nobody else's process
   * can be hit, whatever the number stands for by now.
   */
  List<String> toKill(long group) throws IOException {
    List<String> line = new ArrayList<>(rights);
    line.add(program("kill", "it belongs to procps"));
    line.add("-KILL");
    line.add("--");
    line.add("-" + group);
    return line;
  }

  /** Tells whether the command never ran, and why. */
  static @Nullable String whyNotStarted(int code, String output) {
    if (code != ENV_FAILED
        && code != NOT_EXECUTABLE
        && code != NOT_FOUND
        && code != PRLIMIT_FAILED) {
      return null;
    }
    var matcher = NOT_STARTED.matcher(output);
    if (!matcher.matches() || matcher.group(1).startsWith("prlimit") != (code == PRLIMIT_FAILED)) {
      return null;
    }
    String program = matcher.group(1);
    String reason = matcher.group(2).strip();
    if (program.startsWith("env")) {
      return "cannot change directory to " + reason;
    }
    if (program.startsWith("prlimit")) {
      return "cannot set the limit on the size of files (mailbox_size_limit): the " + reason;
    }
    if (program.startsWith("chroot")) {
      return "chroot: " + reason;
    }
    return program.startsWith("setsid")
        ? "cannot execute " + reason
        : "cannot take the rights of the user: " + reason;
  }
}
