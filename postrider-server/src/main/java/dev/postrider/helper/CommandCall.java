package dev.postrider.helper;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program to run with the payload on its standard input. Immutable.
 *
 * @param arguments the program and its arguments; the program is found in the PATH of {@code
 *     environment} unless it has a slash
 * @param environment all of it: nothing is inherited
 * @param root what it sees as the root directory, where it runs then, or null; only root can give
 *     it, and the environment can have few names then
 * @param directory where it runs, or null for {@code /}; null if there is a {@code root}
 * @param limit how long it may take before it is killed with all it started
 * @param mostOutput octets of standard output and error, mixed, that are kept; the rest is read and
 *     thrown away
 * @param largestFile octets to which the command can make a file grow; it is told that the file is
 *     too large (EFBIG) where it writes more. 0 is no limit
 */
public record CommandCall(
    List<String> arguments,
    Map<String, String> environment,
    @Nullable Path root,
    @Nullable Path directory,
    Duration limit,
    int mostOutput,
    long largestFile) {
  public CommandCall {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
    if (root != null && directory != null) {
      throw new IllegalArgumentException(
          "a root directory and another: " + root + ", " + directory);
    }
  }
}
