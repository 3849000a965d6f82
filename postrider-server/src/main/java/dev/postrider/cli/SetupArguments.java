package dev.postrider.cli;

import dev.postrider.provider.SubmissionServer;
import dev.postrider.setup.BesideSetup;
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
 * @param values options with a value, by their name
 * @param flags options without
 * @param operand the address of the account, if it is given
 */
record SetupArguments(Map<String, String> values, Set<String> flags, Optional<String> operand) {
  private static final int SUBMISSIONS = 465;
  private static final String DIRECT = "--direct";
  private static final String BESIDE = "--beside";
  private static final String FOR_SENDER = "--for-sender";
  private static final String FOR_RECIPIENT = "--for-recipient";
  private static final String FOR_USER = "--for-user";

  /** Those that {@code postrider login} has too, and which mean the same here. */
  private static final Set<String> OF_LOGIN =
      Set.of(
          "--client-id",
          "--client-secret",
          "--port",
          "--authorize-url",
          "--token-url",
          "--device-url",
          "--scope");

  private static final Set<String> WITH_VALUE =
      Set.of(
          "-c",
          "--provider",
          "--server",
          "--login",
          "--region",
          "--source",
          "--root-to",
          "--test-to",
          "--probe-host",
          "--address",
          FOR_SENDER,
          FOR_RECIPIENT,
          FOR_USER);

  private static final Set<String> FLAGS =
      Set.of(
          "--oauth",
          "--device",
          "--browser",
          "--no-root",
          "--no-test",
          "--no-network",
          "--replace",
          BESIDE,
          "--dry-run",
          "--undo",
          "--anyway",
          "--providers");

  SetupArguments {
    values = Map.copyOf(values);
    flags = Set.copyOf(flags);
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static SetupArguments parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Map<String, String> values = new HashMap<>();
    Set<String> flags = new HashSet<>();
    List<String> operands = new ArrayList<>();
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (WITH_VALUE.contains(word) || OF_LOGIN.contains(word)) {
        if (rest.isEmpty()) {
          throw new IllegalArgumentException(word + " needs a value");
        }
        values.put(word, rest.removeFirst());
      } else if (word.equals(DIRECT)) {
        flags.add(word);
        if (!rest.isEmpty() && isHostName(rest.getFirst())) {
          values.put(word, rest.removeFirst());
        }
      } else if (FLAGS.contains(word)) {
        flags.add(word);
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException("there is no option " + word);
      } else {
        operands.add(word);
      }
    }
    if (operands.size() > 1) {
      // Not repeated: it may be the password.
      throw new IllegalArgumentException(
          "one address is wanted; a password is asked for and never an argument (if one was"
              + " written there, change it: it may be in the shell's history)");
    }
    return new SetupArguments(values, flags, operands.stream().findFirst()).checked();
  }

  /** Refuses what cannot be meant, before anybody is asked anything. */
  private SetupArguments checked() {
    operand.ifPresent(SetupArguments::requireAddress);
    value("--root-to").ifPresent(SetupArguments::requireAddress);
    value("--test-to").ifPresent(SetupArguments::requireAddress);
    var _ = server();
    if (has("--device") && has("--browser")) {
      throw new IllegalArgumentException("--device and --browser: choose one");
    }
    if (has("--oauth") && source().isPresent()) {
      throw new IllegalArgumentException(
          "--oauth logs in now, --source names what was kept before: choose one");
    }
    if (has(DIRECT) && (server().isPresent() || provider().isPresent() || has("--oauth"))) {
      throw new IllegalArgumentException("--direct is without a provider: leave the other out");
    }
    if (beside() && (has(DIRECT) || replace() || rootTo().isPresent())) {
      throw new IllegalArgumentException(
          "--beside leaves other mail and root's as they are: leave the other option out");
    }
    for (String option : List.of(FOR_SENDER, FOR_RECIPIENT, FOR_USER)) {
      if (value(option).isPresent() && !beside()) {
        throw new IllegalArgumentException(
            option + " says which mail goes by one account more: say --beside too");
      }
    }
    requireEach(FOR_SENDER, "([^\\s@]+)?@[^\\s@]+", "an address, or @domain");
    requireEach(FOR_RECIPIENT, "[A-Za-z0-9][A-Za-z0-9.-]*", "a domain");
    requireEach(FOR_USER, "[^\\s@:]+", "a login name");
    return this;
  }

  private void requireEach(String option, String form, String words) {
    for (String each : list(option)) {
      if (!each.matches(form)) {
        throw new IllegalArgumentException(
            option + ": \"" + each + "\" is not " + words + "; several have commas between them");
      }
    }
  }

  private List<String> list(String option) {
    return value(option).map(text -> List.of(text.split(",", -1))).orElse(List.of());
  }

  private Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  private boolean has(String flag) {
    return flags.contains(flag);
  }

  Optional<String> address() {
    return operand;
  }

  /** -c. */
  Optional<String> directory() {
    return value("-c");
  }

  Optional<String> provider() {
    return value("--provider");
  }

  Optional<SubmissionServer> server() {
    return value("--server").map(SetupArguments::server);
  }

  Optional<String> login() {
    return value("--login");
  }

  Optional<String> region() {
    return value("--region");
  }

  Optional<String> source() {
    return value("--source");
  }

  /** Empty: the account's own address. */
  Optional<String> rootTo() {
    return value("--root-to");
  }

  /** --no-root. */
  boolean keepRoot() {
    return has("--no-root");
  }

  Optional<String> testTo() {
    return value("--test-to");
  }

  /** Without --no-test. */
  boolean test() {
    return !has("--no-test");
  }

  /** Without --no-network. */
  boolean network() {
    return !has("--no-network");
  }

  boolean oauth() {
    return has("--oauth");
  }

  boolean replace() {
    return has("--replace");
  }

  /** Whether the account is to be one more, for some mail. */
  boolean beside() {
    return has(BESIDE);
  }

  /**
   * Which mail goes by it then.
   *
   * @param address of the account, whose mail it is anyhow
   */
  BesideSetup.Choice choice(String address) {
    List<String> senders = new ArrayList<>(List.of(address));
    senders.addAll(list(FOR_SENDER));
    return new BesideSetup.Choice(
        senders.stream().distinct().toList(), list(FOR_RECIPIENT), list(FOR_USER));
  }

  /** Whether it is wanted for users' mail. */
  boolean choosesByUser() {
    return !list(FOR_USER).isEmpty();
  }

  boolean dryRun() {
    return has("--dry-run");
  }

  boolean undo() {
    return has("--undo");
  }

  boolean anyway() {
    return has("--anyway");
  }

  /** --providers. */
  boolean list() {
    return has("--providers");
  }

  boolean direct() {
    return has(DIRECT);
  }

  /** What is behind --direct. */
  Optional<String> hostName() {
    return value(DIRECT);
  }

  Optional<String> probeHost() {
    return value("--probe-host");
  }

  /** --address: the one that others see. */
  Optional<String> publicAddress() {
    return value("--address");
  }

  /**
   * As {@code postrider login} would have them.
   *
   * @param identity the identity provider's name there; empty for one that has none
   */
  LoginArguments forLogin(String account, Optional<String> identity) {
    Map<String, String> its = new HashMap<>(values);
    its.keySet().retainAll(OF_LOGIN);
    identity.ifPresent(name -> its.putIfAbsent("--provider", name));
    List<String> chosen = flags.stream().filter(Set.of("--device", "--browser")::contains).toList();
    return new LoginArguments(its, chosen, List.of(account));
  }

  private static void requireAddress(String text) {
    if (!isAddress(text)) {
      throw new IllegalArgumentException("\"" + text + "\" is no address: name@domain is wanted");
    }
  }

  /**
   * A server as a person writes it.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static SubmissionServer server(String text) {
    String bare = text.replace("[", "").replace("]", "");
    int colon = bare.lastIndexOf(':');
    String host = colon < 0 ? bare : bare.substring(0, colon);
    String port = colon < 0 ? "587" : bare.substring(colon + 1);
    if (!host.matches("[A-Za-z0-9._-]+") || !port.matches("[1-9][0-9]{0,4}")) {
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

  private static boolean isHostName(String text) {
    return text.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  }

  /** Whether a text can be somebody's address in the world. */
  static boolean isAddress(String text) {
    return text.matches("[^\\s@<>\"(),:;\\[\\]\\\\]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?");
  }
}
