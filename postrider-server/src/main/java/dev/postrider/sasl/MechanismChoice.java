package dev.postrider.sasl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which mechanism to log in with: the strongest that both sides have and the security options
 * allow. Immutable.
 */
public final class MechanismChoice {
  /** Strongest first. */
  private enum Known {
    SCRAM_SHA_256("nodictionary forward_secrecy"),
    SCRAM_SHA_1("nodictionary forward_secrecy"),
    CRAM_MD5("nodictionary forward_secrecy noactive mutual_auth"),
    PLAIN("noplaintext nodictionary forward_secrecy noactive mutual_auth"),
    LOGIN("noplaintext nodictionary forward_secrecy noactive mutual_auth"),
    OAUTHBEARER("noplaintext nodictionary forward_secrecy noactive mutual_auth"),
    XOAUTH2("noplaintext nodictionary forward_secrecy noactive mutual_auth");

    /** Security options, separated by spaces. */
    private final String refusedBy;

    Known(String refusedBy) {
      this.refusedBy = refusedBy;
    }

    String mechanism() {
      return name().replace('_', '-');
    }

    boolean takesTokens() {
      return this == OAUTHBEARER || this == XOAUTH2;
    }

    SaslClient start(Credentials credentials, Server server) {
      return switch (this) {
        case SCRAM_SHA_256 -> new Scram("SHA-256", credentials);
        case SCRAM_SHA_1 -> new Scram("SHA-1", credentials);
        case CRAM_MD5 -> new CramMd5(credentials);
        case PLAIN -> new Plain(credentials);
        case LOGIN -> new Login(credentials);
        case OAUTHBEARER, XOAUTH2 -> new Bearer(mechanism(), credentials, server);
      };
    }
  }

  /**
   * The server, as the standard form of a token names it.
   *
   * @param host its name
   * @param port its port
   */
  public record Server(String host, int port) {}

  private final List<String> offered;
  private final List<String> options;
  private final Server server;

  /** Whether passwords are tokens that somebody else has fetched. */
  private final boolean passwordsAreTokens;

  /**
   * @param offered what the server announced
   * @param options of {@code smtp_sasl_security_options}: noplaintext, noanonymous, …
   */
  public MechanismChoice(List<String> offered, List<String> options) {
    this(offered, options, new Server("", 0), false);
  }

  /**
   * @param offered what the server announced
   * @param options of {@code smtp_sasl_security_options}
   * @param server whom a token is for
   * @param passwordsAreTokens whether only mechanisms for tokens were asked for, so that what is
   *     configured as a password is one
   */
  public MechanismChoice(
      List<String> offered, List<String> options, Server server, boolean passwordsAreTokens) {
    this.offered = upper(offered);
    this.options = lower(options);
    this.server = server;
    this.passwordsAreTokens = passwordsAreTokens;
  }

  /** Whether a name is one of a mechanism for tokens. */
  public static boolean takesTokens(String mechanism) {
    return mechanism.equalsIgnoreCase(Bearer.STANDARD) || mechanism.equalsIgnoreCase(Bearer.OLDER);
  }

  /** Starts the strongest usable mechanism; empty if there is none. */
  public Optional<SaslClient> strongest(Credentials credentials) {
    for (Known known : Known.values()) {
      if (suits(known, credentials)
          && offered.contains(known.mechanism())
          && refusingOption(known).isEmpty()) {
        return Optional.of(known.start(credentials, server));
      }
    }
    return Optional.empty();
  }

  /** A token is of no use to the others, and a password is not given away as a token. */
  private boolean suits(Known known, Credentials credentials) {
    return known.takesTokens() == (credentials.isToken() || passwordsAreTokens);
  }

  /**
   * The option that stands in the way of a mechanism we have and the server offers; empty if the
   * server offers none that we have.
   */
  public String obstacle(Credentials credentials) {
    for (Known known : Known.values()) {
      if (suits(known, credentials) && offered.contains(known.mechanism())) {
        return refusingOption(known);
      }
    }
    return "";
  }

  /** The names of all mechanisms that suit a login here. */
  public String ours(Credentials credentials) {
    List<String> names = new ArrayList<>();
    for (Known known : Known.values()) {
      if (suits(known, credentials)) {
        names.add(known.mechanism());
      }
    }
    return String.join(" ", names);
  }

  private String refusingOption(Known known) {
    for (String option : options) {
      if ((" " + known.refusedBy + " ").contains(" " + option + " ")) {
        return option;
      }
    }
    return "";
  }

  private static List<String> upper(List<String> words) {
    return words.stream().map(word -> word.toUpperCase(Locale.ROOT)).toList();
  }

  private static List<String> lower(List<String> words) {
    return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
  }
}
