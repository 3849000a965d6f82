package dev.postrider.setup;

import dev.postrider.config.Config;
import dev.postrider.provider.SubmissionServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What main.cf and the alias file have to say so that all mail goes out by one account: the words
 * that every guide for Postfix has, and ours where it has none. Immutable.
 */
public final class RelaySetup {
  /** Where systems have the list of certificate authorities. */
  private static final List<String> AUTHORITIES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private static final String PASSWORD_MAPS = "smtp_sasl_password_maps";
  private static final String SECRET = "secret:";

  private final Config config;
  private final Account account;
  private final Path root;

  /**
   * @param config as it is
   * @param root where the system's files are, {@code /} but in tests
   */
  public RelaySetup(Config config, Account account, Path root) {
    this.config = config;
    this.account = account;
    this.root = root;
  }

  /** The parameters to set, in the order of a guide. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("relayhost", account.server().nextHop());
    settings.put("smtp_sasl_auth_enable", "yes");
    settings.put(PASSWORD_MAPS, passwordMaps());
    settings.put("smtp_sasl_security_options", "noanonymous");
    settings.put("smtp_sasl_tls_security_options", "noanonymous");
    // The password and the mail are for nobody but the server of that name.
    settings.put("smtp_tls_security_level", "secure");
    settings.put(
        "smtp_tls_wrappermode",
        account.server().security() == SubmissionServer.Security.IMPLICIT ? "yes" : "no");
    authorities().ifPresent(file -> settings.put("smtp_tls_CAfile", file));
    if (account.provider().senders().wantsRewriting()) {
      settings.put(SenderMaps.NAME, SenderMaps.with(config, account.address()));
    }
    return settings;
  }

  /** Ours first; what was there goes on serving other servers. */
  private String passwordMaps() {
    String written = Objects.requireNonNullElse(config.written(PASSWORD_MAPS), "").strip();
    boolean has = config.list(PASSWORD_MAPS).stream().anyMatch(spec -> spec.startsWith(SECRET));
    return has
        ? written
        : SECRET + "$config_directory/secrets" + (written.isEmpty() ? "" : ", ") + written;
  }

  /** The list of certificate authorities to name; nothing if one is named already. */
  private Optional<String> authorities() {
    if (!config.text("smtp_tls_CAfile").isEmpty() || !config.text("smtp_tls_CApath").isEmpty()) {
      return Optional.empty();
    }
    return AUTHORITIES.stream().filter(file -> Files.exists(at(file))).findFirst();
  }

  /** Whether servers' certificates can be checked; without, no mail would go out. */
  public boolean canCheckCertificates() {
    return !config.text("smtp_tls_CAfile").isEmpty()
        || !config.text("smtp_tls_CApath").isEmpty()
        || authorities().isPresent();
  }

  private Path at(String file) {
    return root.resolve(file.substring(1));
  }

  /**
   * Adds it all to some changes.
   *
   * @param rootTo who gets root's mail; nobody new if empty
   */
  public void addTo(ChangeSet changes, Optional<String> rootTo) throws IOException {
    changes.settings(settings());
    new AliasFile(config, root).addTo(changes, rootTo);
  }
}
