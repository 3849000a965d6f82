package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.IdentityProvider;
import dev.postrider.oauth.OAuthClient;
import dev.postrider.secret.SecretSource;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a call of {@code postrider login} asks for. Immutable.
 *
 * @param values options with a value, by their name
 * @param flags options without
 * @param operands accounts
 */
record LoginArguments(Map<String, String> values, List<String> flags, List<String> operands) {
  private static final List<String> WITH_VALUE =
      List.of(
          "-c",
          "--provider",
          "--authorize-url",
          "--token-url",
          "--device-url",
          "--scope",
          "--client-id",
          "--client-secret",
          "--port");
  private static final List<String> FLAGS = List.of("--device", "--browser", "--list", "--forget");

  LoginArguments {
    values = Map.copyOf(values);
    flags = List.copyOf(flags);
    operands = List.copyOf(operands);
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException with a sentence
   */
  static LoginArguments parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    Map<String, String> values = new TreeMap<>();
    List<String> flags = new ArrayList<>();
    List<String> operands = new ArrayList<>();
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (FLAGS.contains(word)) {
        flags.add(word);
      } else if (WITH_VALUE.contains(word)) {
        if (rest.isEmpty()) {
          throw new IllegalArgumentException(word + " needs a value");
        }
        values.put(word, rest.removeFirst());
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException(word + ": there is no such option");
      } else {
        operands.add(word);
      }
    }
    return new LoginArguments(values, flags, operands);
  }

  Optional<String> value(String option) {
    return Optional.ofNullable(values.get(option));
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  /** Where the browser comes back to; 0 for any free port. */
  int port() {
    try {
      int port = Integer.parseInt(values.getOrDefault("--port", "0"));
      if (port >= 0 && port < 65_536) {
        return port;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "--port " + values.get("--port") + ": use a number from 0 to 65535");
  }

  /**
   * The provider: the one that is named, else that of the last login, else that of the address.
   *
   * @param before the last login's
   */
  IdentityProvider provider(String account, Optional<Grant> before) throws ConfigException {
    if (values.containsKey("--token-url")) {
      return custom();
    }
    Optional<String> name = value("--provider");
    if (name.isPresent()) {
      return IdentityProvider.known(name.get())
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "--provider "
                      + name.get()
                      + ": use one of "
                      + String.join(", ", IdentityProvider.NAMES)
                      + ", or --token-url and --scope of another"));
    }
    return before
        .map(Grant::provider)
        .or(() -> IdentityProvider.ofAddress(account))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "whose account "
                    + account
                    + " is cannot be told by its name: add --provider "
                    + String.join(" | ", IdentityProvider.NAMES)));
  }

  private IdentityProvider custom() throws ConfigException {
    Optional<URI> authorization =
        values.containsKey("--authorize-url")
            ? Optional.of(IdentityProvider.address(values.get("--authorize-url")))
            : Optional.empty();
    Optional<URI> device =
        values.containsKey("--device-url")
            ? Optional.of(IdentityProvider.address(values.get("--device-url")))
            : Optional.empty();
    if (authorization.isEmpty() && device.isEmpty()) {
      throw new IllegalArgumentException("--token-url needs --authorize-url or --device-url too");
    }
    URI token = IdentityProvider.address(values.getOrDefault("--token-url", ""));
    return new IdentityProvider(
        value("--provider").orElse(token.getHost()),
        authorization,
        token,
        device,
        value("--scope")
            .orElseThrow(() -> new IllegalArgumentException("--token-url needs --scope too")),
        Map.of(),
        "");
  }

  /** Whether the person types a code in somewhere, rather than to come back with a browser. */
  boolean byDevice(IdentityProvider provider) {
    return has("--device") || (!has("--browser") && provider.device().isPresent());
  }

  /** Whether it is known as what program the token is asked for. */
  boolean knowsClient(IdentityProvider provider, Optional<Grant> before) {
    return values.containsKey("--client-id") || last(provider, before).isPresent();
  }

  /** The same with a client id that was asked for; an empty one is none. */
  LoginArguments withClient(String id) {
    Map<String, String> more = new TreeMap<>(values);
    if (!id.isEmpty()) {
      more.put("--client-id", id);
    }
    return new LoginArguments(more, flags, operands);
  }

  private static Optional<OAuthClient> last(IdentityProvider provider, Optional<Grant> before) {
    return before
        .filter(grant -> grant.provider().token().equals(provider.token()))
        .map(Grant::client);
  }

  /** As what program the token is asked for. */
  OAuthClient client(IdentityProvider provider, Optional<Grant> before) throws ConfigException {
    Optional<OAuthClient> last = last(provider, before);
    Optional<SecretSource.Stored> secret = last.flatMap(OAuthClient::secret);
    if (values.containsKey("--client-secret")) {
      SecretSource source = SecretSource.parse(values.get("--client-secret"));
      if (!(source instanceof SecretSource.Stored stored)) {
        throw new IllegalArgumentException("--client-secret: an account's token is no such secret");
      }
      secret = Optional.of(stored);
    }
    String id =
        value("--client-id")
            .or(() -> last.map(OAuthClient::id))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    provider.name()
                        + " gives tokens only to programs that are registered there, and"
                        + " Postrider has no registration of its own: register one and give its"
                        + " id with --client-id"
                        + (provider.registration().isEmpty()
                            ? ""
                            : "; the page for it: " + provider.registration())));
    return new OAuthClient(id, secret);
  }
}
