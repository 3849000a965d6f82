package dev.postrider.doctor;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.provider.CredentialKind;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether there is a login for each server of relayhost that wants one. Logs in nowhere. */
final class LoginSettingsCheck implements Check {
  private final Subject subject;
  private final ProviderList providers;
  private final LoginTable logins;

  LoginSettingsCheck(Subject subject, ProviderList providers, LoginTable logins) {
    this.subject = subject;
    this.providers = providers;
    this.logins = logins;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "the login for relayhost";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> found = new ArrayList<>();
    for (Relay where : Relay.all(subject)) {
      RelayHost relay = where.host();
      Config config = where.client();
      Optional<Provider> provider = providers.ofServer(relay.host());
      if (!config.flag("smtp_sasl_auth_enable")) {
        provider.ifPresent(each -> found.add(none(relay, each)));
        continue;
      }
      try {
        Optional<String> user = logins.user(relay);
        found.add(user.map(name -> login(relay, name)).orElseGet(() -> missing(relay, provider)));
      } catch (ConfigException e) {
        found.add(
            Finding.error(
                "no-login",
                subject.setting("smtp_sasl_password_maps") + ": " + e.getMessage(),
                "all mail for " + relay.written() + " waits",
                "write the table: " + entry(relay)));
      }
    }
    return found;
  }

  private Finding login(RelayHost relay, String user) {
    List<String> options =
        subject.config().list("smtp_sasl_tls_security_options").stream()
            .map(word -> word.toLowerCase(Locale.ROOT))
            .toList();
    if (options.contains("noplaintext")) {
      return Finding.error(
          "login-mechanism",
          "smtp_sasl_tls_security_options = "
              + subject.config().text("smtp_sasl_tls_security_options")
              + " refuses to send a password inside TLS too",
          "most providers take nothing else: \"no mechanism available\", and mail waits",
          subject.set("smtp_sasl_tls_security_options", "noanonymous"));
    }
    return Finding.ok("login", "there is a login for " + relay.written() + ": " + user);
  }

  private Finding none(RelayHost relay, Provider provider) {
    return Finding.error(
        "no-login",
        "%s: %s wants a login, and smtp_sasl_auth_enable is no"
            .formatted(subject.setting("relayhost"), provider.name()),
        relay.host() + " refuses all mail",
        subject.command(
                "postconf",
                "-e 'smtp_sasl_auth_enable = yes' 'smtp_sasl_security_options = noanonymous'"
                    + " 'smtp_sasl_password_maps = hash:"
                    + subject.config().directory().resolve("sasl_passwd")
                    + "'")
            + "; it needs "
            + words(provider));
  }

  private Finding missing(RelayHost relay, Optional<Provider> provider) {
    String maps = subject.config().text("smtp_sasl_password_maps");
    return Finding.error(
        "no-login",
        maps.isEmpty()
            ? "smtp_sasl_auth_enable = yes, and smtp_sasl_password_maps is empty"
            : subject.setting("smtp_sasl_password_maps") + " has no entry for " + relay.written(),
        relay.host() + " refuses all mail, or takes it from strangers only",
        entry(relay) + provider.map(each -> "; it needs " + words(each)).orElse(""));
  }

  private static String entry(RelayHost relay) {
    return "a line \"" + relay.written() + " USER:PASSWORD\" in it; no postmap is needed";
  }

  private static String words(Provider provider) {
    CredentialKind kind = provider.credentials().getFirst();
    return kind.kind().words() + (kind.page().isEmpty() ? "" : ": " + kind.page());
  }
}
