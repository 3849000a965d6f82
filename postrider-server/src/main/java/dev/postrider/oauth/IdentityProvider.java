package dev.postrider.oauth;

import dev.postrider.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who gives tokens, and for what. Immutable.
 *
 * @param name for people and files
 * @param authorization where a person gives leave with a browser; empty if only by device code
 * @param token where tokens are fetched and renewed
 * @param device where a device code is got (RFC 8628); empty if the provider gives none for mail
 * @param scope what is asked for
 * @param extras further parameters of the authorization request
 * @param registration the page where a client id is got
 */
public record IdentityProvider(
    String name,
    Optional<URI> authorization,
    URI token,
    Optional<URI> device,
    String scope,
    Map<String, String> extras,
    String registration) {
  /** The names that {@link #known} takes, for texts. */
  public static final List<String> NAMES =
      List.of("google", "microsoft", "microsoft:TENANT", "yahoo", "aol", "fastmail");

  public IdentityProvider {
    extras = Map.copyOf(extras);
    requireSafe(token);
    authorization.ifPresent(IdentityProvider::requireSafe);
    device.ifPresent(IdentityProvider::requireSafe);
  }

  /**
   * A provider by its name; {@code microsoft:TENANT} is one of Microsoft's directories, or {@code
   * consumers}.
   */
  public static Optional<IdentityProvider> known(String name) {
    return switch (name) {
      case "google" ->
          Optional.of(
              new IdentityProvider(
                  name,
                  Optional.of(URI.create("https://accounts.google.com/o/oauth2/v2/auth")),
                  URI.create("https://oauth2.googleapis.com/token"),
                  // Google refuses the scope of mail to devices.
                  Optional.empty(),
                  "https://mail.google.com/",
                  // Without these a second login would bring no refresh token.
                  Map.of("access_type", "offline", "prompt", "consent"),
                  "https://console.cloud.google.com/apis/credentials (type: Desktop app)"));
      case "yahoo", "aol" ->
          Optional.of(
              new IdentityProvider(
                  name,
                  Optional.of(URI.create("https://api.login." + name + ".com/oauth2/request_auth")),
                  URI.create("https://api.login." + name + ".com/oauth2/get_token"),
                  Optional.empty(),
                  "mail-w",
                  Map.of(),
                  "none: no new applications are taken; use an app password"));
      case "fastmail" ->
          Optional.of(
              new IdentityProvider(
                  name,
                  Optional.of(URI.create("https://api.fastmail.com/oauth/authorize")),
                  URI.create("https://api.fastmail.com/oauth/refresh"),
                  Optional.empty(),
                  "https://www.fastmail.com/dev/protocol-smtp",
                  Map.of(),
                  "https://www.fastmail.com/dev/"));
      default ->
          name.equals("microsoft") || name.matches("microsoft:[A-Za-z0-9][A-Za-z0-9.-]*")
              ? Optional.of(microsoft(name))
              : Optional.empty();
    };
  }

  private static IdentityProvider microsoft(String name) {
    int colon = name.indexOf(':');
    String directory =
        "https://login.microsoftonline.com/"
            + (colon < 0 ? "common" : name.substring(colon + 1))
            + "/oauth2/v2.0/";
    return new IdentityProvider(
        name,
        Optional.of(URI.create(directory + "authorize")),
        URI.create(directory + "token"),
        Optional.of(URI.create(directory + "devicecode")),
        "https://outlook.office.com/SMTP.Send offline_access",
        Map.of(),
        "https://entra.microsoft.com (App registrations; allow public client flows)");
  }

  /**
   * The provider of an address, by its domain, where that is plain.
   *
   * @param account for instance {@code me@gmail.com}
   */
  public static Optional<IdentityProvider> ofAddress(String account) {
    return switch (account
        .substring(account.lastIndexOf('@') + 1)
        .toLowerCase(java.util.Locale.ROOT)) {
      case "gmail.com", "googlemail.com" -> known("google");
      case "outlook.com", "hotmail.com", "live.com", "msn.com" -> known("microsoft:consumers");
      case "yahoo.com" -> known("yahoo");
      case "aol.com" -> known("aol");
      case "fastmail.com", "fastmail.fm" -> known("fastmail");
      default -> Optional.empty();
    };
  }

  /**
   * An address of a provider as a person writes it.
   *
   * @throws ConfigException if tokens must not be sent there
   */
  public static URI address(String text) throws ConfigException {
    try {
      URI address = new URI(text);
      requireSafe(address);
      return address;
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new ConfigException("\"" + text + "\": write an address that begins with https:// ", e);
    }
  }

  /** In clear, tokens go to this machine only. */
  private static void requireSafe(URI address) {
    String host = address.getHost() == null ? "" : address.getHost();
    boolean loopback = host.equals("127.0.0.1") || host.equals("[::1]") || host.equals("localhost");
    boolean safe =
        !host.isEmpty()
            && ("https".equals(address.getScheme())
                || ("http".equals(address.getScheme()) && loopback));
    if (!safe || address.getUserInfo() != null || address.getFragment() != null) {
      throw new IllegalArgumentException(address + ": not an address that tokens may be sent to");
    }
  }
}
