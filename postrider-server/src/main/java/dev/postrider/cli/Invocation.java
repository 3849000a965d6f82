package dev.postrider.cli;

import dev.postrider.io.Printable;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * One call of a command, with all it may look at, so that tests call commands in process.
 *
 * @param name what it was called as: sendmail, mailq, newaliases, postmap …
 * @param arguments without the name
 * @param environment the caller's
 * @param in standard input
 * @param out standard output, UTF-8, not flushed at each line: whoever runs a command flushes it
 * @param err standard error, likewise
 */
public record Invocation(
    String name,
    List<String> arguments,
    Map<String, String> environment,
    InputStream in,
    PrintStream out,
    PrintStream err) {
  public Invocation {
    arguments = List.copyOf(arguments);
    environment = Map.copyOf(environment);
  }

  /** The same call under another name with other arguments. */
  public Invocation as(String newName, List<String> newArguments) {
    return new Invocation(newName, newArguments, environment, in, out, err);
  }

  /**
   * Whether a person watches standard error: the JVM cannot tell, so the script that starts it
   * does.
   */
  public boolean errIsTerminal() {
    return environment.containsKey("POSTRIDER_ERR_TTY");
  }

  /** Prints {@code name: warning: text} on standard error. */
  public void warning(String text) {
    err.println(name + ": warning: " + Printable.of(text));
  }

  /** Prints {@code name: fatal: text} on standard error. */
  public void fatal(String text) {
    err.println(name + ": fatal: " + Printable.of(text));
  }

  /**
   * Says what is wrong with the call, and prints how it is called.
   *
   * @return the exit code for that (sysexits(3): EX_USAGE)
   */
  int misused(String fault, String usage) {
    err.println(name + ": " + Printable.of(fault));
    err.print(usage);
    return 64;
  }
}
