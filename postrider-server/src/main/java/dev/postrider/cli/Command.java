package dev.postrider.cli;

import java.io.IOException;

/** One command of the command line. */
@FunctionalInterface
public interface Command {
  /**
   * Runs to its end.
   *
   * @return the exit code, Postfix's for the same case
   * @throws IOException when the terminal or a pipe fails; everything else is told on standard
   *     error
   */
  int run(Invocation call) throws IOException, InterruptedException;
}
