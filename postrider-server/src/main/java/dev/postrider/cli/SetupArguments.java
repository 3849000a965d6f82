package dev.postrider.cli;

import dev.postrider.provider.SubmissionServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a call of {@code postrider setup} asks for. Immutable.
 *
 * @param address of the account; empty: to be asked for
 * @param directory -c
 * @param provider --provider
 * @param server --server
 * @param login --login
 * @param region --region
 * @param source --source
 * @param rootTo --root-to; empty: the account's own address
 * @param keepRoot --no-root
 * @param testTo --test-to
 * @param test without --no-test
 * @param network without --no-network
 * @param dryRun --dry-run
 * @param undo --undo
 * @param anyway --anyway
 * @param list --providers
 */
record SetupArguments(
    Optional<String> address,
    Optional<String> directory,
    Optional<String> provider,
    Optional<SubmissionServer> server,
    Optional<String> login,
    Optional<String> region,
    Optional<String> source,
    Optional<String> rootTo,
    boolean keepRoot,
    Optional<String> testTo,
    boolean test,
    boolean network,
    boolean dryRun,
    boolean undo,
    boolean anyway,
    boolean list) {
  private static final int SUBMISSIONS = 465;

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static SetupArguments parse(List<String> arguments) {
    return new Reading(arguments).read();
  }

  /** For one reading. */
  private static final class Reading {
    private final List<String> rest;
    private final Map<String, String> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();
    private final List<String> operands = new ArrayList<>();

    Reading(List<String> arguments) {
      this.rest = new ArrayList<>(arguments);
    }

    SetupArguments read() {
      while (!rest.isEmpty()) {
        String word = rest.removeFirst();
        switch (word) {
          case "-c",
              "--provider",
              "--server",
              "--login",
              "--region",
              "--source",
              "--root-to",
              "--test-to" -> {
            if (rest.isEmpty()) {
              throw new IllegalArgumentException(word + " needs a value");
            }
            values.put(word, rest.removeFirst());
          }
          case "--no-root",
              "--no-test",
              "--no-network",
              "--dry-run",
              "--undo",
              "--anyway",
              "--providers" ->
              flags.add(word);
          default -> {
            if (word.startsWith("-")) {
              throw new IllegalArgumentException("there is no option " + word);
            }
            operands.add(word);
          }
        }
      }
      if (operands.size() > 1) {
        // Not repeated: it may be the password.
        throw new IllegalArgumentException(
            "one address is wanted; a password is asked for and never an argument (if one was"
                + " written there, change it: it may be in the shell's history)");
      }
      return new SetupArguments(
          operands.stream().findFirst().map(Reading::address),
          value("-c"),
          value("--provider"),
          value("--server").map(Reading::server),
          value("--login"),
          value("--region"),
          value("--source"),
          value("--root-to").map(Reading::address),
          flags.contains("--no-root"),
          value("--test-to").map(Reading::address),
          !flags.contains("--no-test"),
          !flags.contains("--no-network"),
          flags.contains("--dry-run"),
          flags.contains("--undo"),
          flags.contains("--anyway"),
          flags.contains("--providers"));
    }

    private Optional<String> value(String option) {
      return Optional.ofNullable(values.get(option));
    }

    private static String address(String text) {
      if (!isAddress(text)) {
        throw new IllegalArgumentException("\"" + text + "\" is no address: name@domain is wanted");
      }
      return text;
    }

    private static SubmissionServer server(String text) {
      String bare = text.replace("[", "").replace("]", "");
      int colon = bare.lastIndexOf(':');
      String host = colon < 0 ? bare : bare.substring(0, colon);
      String port = colon < 0 ? "587" : bare.substring(colon + 1);
      if (!host.matches("[A-Za-z0-9._-]+") || !port.matches("[0-9]{1,5}")) {
        throw new IllegalArgumentException("\"" + text + "\" is no server: host:port is wanted");
      }
      int number = Integer.parseInt(port);
      return new SubmissionServer(
          host,
          number,
          number == SUBMISSIONS
              ? SubmissionServer.Security.IMPLICIT
              : SubmissionServer.Security.STARTTLS);
    }
  }

  /** Whether a text can be somebody's address in the world. */
  static boolean isAddress(String text) {
    return text.matches("[^\\s@<>\"(),:;\\[\\]\\\\]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  }
}
