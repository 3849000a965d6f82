package dev.postrider.pipe;

import dev.postrider.config.ConfigException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the line of a pipe service in master.cf says. Immutable.
 *
 * @param flags of {@code flags=}
 * @param user who the command runs as
 * @param group whose right it has instead of the user's own group, or empty
 * @param root what it sees as the root directory, or null
 * @param directory where it runs, or null; null if there is a {@code root}
 * @param lineEnd what ends each line of the message
 * @param nullSender who stands for the null sender; may be empty
 * @param largest octets that a message may have; 0 is no limit
 * @param command the program and its arguments, macros not filled in
 */
record PipeAttributes(
    Set<PipeFlag> flags,
    String user,
    String group,
    @Nullable Path root,
    @Nullable Path directory,
    String lineEnd,
    String nullSender,
    long largest,
    List<String> command) {
  PipeAttributes {
    flags = Set.copyOf(flags);
    command = List.copyOf(command);
  }

  /**
   * Reads the arguments of a service.
   *
   * @param arguments as {@link dev.postrider.config.ServiceEntry#arguments} has them
   * @throws ConfigException naming the attribute and the remedy, not the place
   */
  static PipeAttributes parse(List<String> arguments) throws ConfigException {
    Reading reading = new Reading();
    int at = afterOptions(arguments);
    for (; at < arguments.size() && reading.command.isEmpty(); at++) {
      String argument = arguments.get(at);
      int equals = argument.indexOf('=');
      String value = argument.substring(equals + 1);
      switch (equals < 0 ? "" : argument.substring(0, equals).toLowerCase(Locale.ROOT)) {
        case "flags" -> reading.flags(value);
        case "user" -> reading.user(value);
        case "directory" -> reading.directory = path(argument, value);
        case "eol" -> reading.lineEnd = Escapes.resolve(value);
        case "null_sender" -> reading.nullSender = value;
        case "size" -> reading.size(value);
        case "argv" -> reading.command(value, arguments.subList(at + 1, arguments.size()));
        case "chroot" -> reading.root = path(argument, value);
        default ->
            throw new ConfigException(
                "unknown attribute name: "
                    + argument
                    + " (use flags=, user=, chroot=, directory=, eol=, null_sender=, size= and argv=)");
      }
    }
    return reading.end();
  }

  /** Behind {@code -o name=value} and other options of a daemon, which say nothing to a pipe. */
  private static int afterOptions(List<String> arguments) {
    int at = 0;
    while (at < arguments.size() && arguments.get(at).startsWith("-")) {
      at += arguments.get(at).equals("-o") ? 2 : 1;
    }
    return Math.min(at, arguments.size());
  }

  private static Path path(String argument, String value) throws ConfigException {
    if (!value.startsWith("/")) {
      throw new ConfigException(argument + " is no absolute path (begin with a /)");
    }
    try {
      return Path.of(value).normalize();
    } catch (InvalidPathException e) {
      throw new ConfigException(
          argument + " is no path: " + e.getReason() + " (name a directory)", e);
    }
  }

  /** What has been read so far. For one thread. */
  private static final class Reading {
    private final Set<PipeFlag> flags = EnumSet.noneOf(PipeFlag.class);
    private String user = "";
    private String group = "";
    private @Nullable Path root;
    private @Nullable Path directory;
    private String lineEnd = "\n";
    private String nullSender = "MAILER-DAEMON";
    private long largest;
    private List<String> command = List.of();

    void flags(String letters) throws ConfigException {
      for (int i = 0; i < letters.length(); i++) {
        char letter = letters.charAt(i);
        PipeFlag flag = PipeFlag.of(letter);
        if (flag == null) {
          throw new ConfigException(
              "unknown flag: " + letter + " in flags=" + letters + " (use some of BDFORXhqu.>)");
        }
        flags.add(flag);
      }
    }

    void user(String value) {
      int colon = value.indexOf(':');
      user = colon < 0 ? value : value.substring(0, colon);
      group = colon < 0 ? "" : value.substring(colon + 1);
    }

    void size(String value) throws ConfigException {
      largest = value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
      if (largest < 0) {
        throw new ConfigException("bad size= value: " + value + " (use a number of bytes)");
      }
    }

    void command(String program, List<String> arguments) {
      command = new ArrayList<>(List.of(program));
      command.addAll(arguments);
    }

    PipeAttributes end() throws ConfigException {
      if (user.isEmpty()) {
        throw new ConfigException(
            "missing user= command-line attribute (name the user that the command runs as)");
      }
      if (command.isEmpty() || command.getFirst().isEmpty()) {
        throw new ConfigException(
            "missing argv= command-line attribute (end the line with argv=/the/command …)");
      }
      if (root != null && directory != null) {
        throw new ConfigException(
            "directory= together with chroot= is not supported (leave directory= out and let the"
                + " command change to "
                + directory
                + ")");
      }
      return new PipeAttributes(
          flags, user, group, root, directory, lineEnd, nullSender, largest, command);
    }
  }

  boolean has(PipeFlag flag) {
    return flags.contains(flag);
  }
}
