package dev.postrider.cli;

import dev.postrider.config.Config;
import java.io.IOException;
import java.util.Set;

/** One of the things that {@code postrider spool} does. */
interface SpoolVerb {
  /** Damage was found, or not all could be done: what, was said. */
  int NOT_ALL = 1;

  /** Options without a value, apart from the ones for help. */
  default Set<String> flags() {
    return Set.of();
  }

  /** Options with a value, apart from -c. */
  default Set<String> values() {
    return Set.of();
  }

  /**
   * Does it.
   *
   * @return the exit code
   */
  int run(Invocation call, Config config, VerbArguments arguments)
      throws IOException, InterruptedException, VerbArguments.Mistake;
}
