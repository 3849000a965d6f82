package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.provider.ProviderList;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of what main.cf says about a provider: protection, trust, login, senders. */
class ProviderSettingsTest {
  @TempDir Path directory;

  private Subject subject(String... lines) throws Exception {
    return new Installation(directory).main(lines).subject();
  }

  private String protection(String... lines) throws Exception {
    return Installation.said(new RelayProtectionCheck(subject(lines)));
  }

  @Test
  void port465WantsWrappermode() throws Exception {
    assertThat(protection("relayhost = [smtp.gmail.com]:465"))
        .startsWith("error tls-wrappermode: ")
        .contains("-e 'smtp_tls_wrappermode = yes' 'smtp_tls_security_level = encrypt'");
    assertThat(
            protection(
                "relayhost = [smtp.gmail.com]:465",
                "smtp_tls_wrappermode = yes",
                "smtp_tls_security_level = secure"))
        .startsWith("ok relay-tls");
  }

  @Test
  void port587WantsNone() throws Exception {
    assertThat(protection("relayhost = [smtp.gmail.com]:587", "smtp_tls_wrappermode = yes"))
        .startsWith("error tls-wrappermode: ")
        .contains("-e 'smtp_tls_wrappermode = no'");
  }

  @Test
  void aPasswordWithoutProtectionIsWarnedOf() throws Exception {
    assertThat(protection("relayhost = [smtp.gmail.com]:587", "smtp_sasl_auth_enable = yes"))
        .startsWith("warning tls-optional: ");
  }

  private String trust(String... lines) throws Exception {
    return Installation.said(new TrustCheck(subject(lines), directory.resolve("root")));
  }

  @Test
  void whoVerifiesNeedsAuthorities() throws Exception {
    Path bundle = directory.resolve("root/etc/ssl/cert.pem");
    Files.createDirectories(directory.resolve("root/etc/ssl"));
    Files.writeString(bundle, "-----BEGIN CERTIFICATE-----\n");

    assertThat(trust("smtp_tls_security_level = may")).isEmpty();
    assertThat(trust("smtp_tls_security_level = secure"))
        .startsWith("error no-authorities: ")
        .contains("-e 'smtp_tls_CAfile = /etc/ssl/cert.pem'");
    assertThat(trust("smtp_tls_security_level = secure", "smtp_tls_CAfile = /nowhere/ca.pem"))
        .startsWith("error no-authorities: ")
        .contains("there is no such file");
    assertThat(trust("smtp_tls_security_level = secure", "smtp_tls_CAfile = " + bundle))
        .startsWith("ok trust");
  }

  private String login(String... lines) throws Exception {
    Subject subject = subject(lines);
    return Installation.said(
        new LoginSettingsCheck(
            subject,
            ProviderList.shipped(),
            new LoginTable(subject, Installation.tables(subject))));
  }

  @Test
  void aProviderWantsALogin() throws Exception {
    assertThat(login("relayhost = [smtp.gmail.com]:587"))
        .startsWith("error no-login: ")
        .contains("Gmail wants a login", "app password: https://myaccount.google.com/apppasswords");
  }

  @Test
  void anEntryForAnotherServerIsNone() throws Exception {
    String[] lines = {
      "relayhost = [smtp.gmail.com]:587",
      "smtp_sasl_auth_enable = yes",
      "smtp_sasl_security_options = noanonymous",
      "smtp_sasl_password_maps = hash:" + directory.resolve("sasl_passwd")
    };
    Files.writeString(directory.resolve("sasl_passwd"), "smtp.gmail.com:587 me@gmail.com:secret\n");
    assertThat(login(lines))
        .startsWith("error no-login: ")
        .contains("has no entry for [smtp.gmail.com]:587")
        .doesNotContain("secret");

    Files.writeString(
        directory.resolve("sasl_passwd"), "[smtp.gmail.com]:587 me@gmail.com:secret\n");
    assertThat(login(lines))
        .isEqualTo("ok login: there is a login for [smtp.gmail.com]:587: me@gmail.com | \n");
  }

  @Test
  void theDefaultOptionsRefuseEveryPassword() throws Exception {
    assertThat(
            login(
                "relayhost = [smtp.gmail.com]:587",
                "smtp_sasl_auth_enable = yes",
                "smtp_sasl_password_maps = inline:{[smtp.gmail.com]:587=me:secret}"))
        .startsWith("error login-mechanism: ")
        .contains("-e 'smtp_sasl_tls_security_options = noanonymous'");
  }

  private String sender(String... lines) throws Exception {
    Subject subject = subject(lines);
    return Installation.said(
        new SenderCheck(
            subject,
            ProviderList.shipped(),
            new LoginTable(subject, Installation.tables(subject)),
            Installation.tables(subject)));
  }

  @Test
  void aSenderThatTheProviderRefusesIsToldWithTheAccountsAddress() throws Exception {
    assertThat(
            sender(
                "relayhost = [smtp.mail.me.com]:587",
                "smtp_sasl_password_maps = inline:{[smtp.mail.me.com]:587=me@icloud.com:secret}"))
        .startsWith("warning sender-refused: mail of root@host.home.test leaves with that sender")
        .contains("-e 'postrider_relay_sender_maps = static:me@icloud.com'");
  }

  @Test
  void aSenderThatIsReplacedIsWell() throws Exception {
    assertThat(
            sender(
                "relayhost = [smtp.mail.me.com]:587",
                "postrider_relay_sender_maps = static:me@icloud.com"))
        .isEqualTo("ok sender: mail of root@host.home.test leaves as me@icloud.com | \n");
    assertThat(
            sender(
                "relayhost = [smtp.mail.me.com]:587",
                "smtp_generic_maps = inline:{@host.home.test=me@icloud.com}"))
        .startsWith("ok sender");
  }

  @Test
  void aProviderThatReplacesItselfIsOnlyNoted() throws Exception {
    assertThat(sender("relayhost = [smtp.gmail.com]:587")).startsWith("note sender-replaced");
  }
}
