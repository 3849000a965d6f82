package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a Debian machine has after Postfix was installed: they must be fit to start. */
class StockConfigurationTest {
  private static final Path MASTER = Path.of("/usr/share/postfix/master.cf.dist");

  private static final String MAIN =
      """
      smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
      biff = no
      append_dot_mydomain = no
      readme_directory = no
      compatibility_level = 3.6
      smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem
      smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key
      smtpd_tls_security_level=may
      smtp_tls_CApath=/etc/ssl/certs
      smtp_tls_security_level=may
      smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache
      smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
      myhostname = host.example.com
      alias_maps = hash:/etc/aliases
      alias_database = hash:/etc/aliases
      mydestination = $myhostname, host.example.com, localhost.example.com, localhost
      relayhost =
      mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
      mailbox_size_limit = 0
      recipient_delimiter = +
      inet_interfaces = all
      inet_protocols = all
      """;

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();

  @BeforeEach
  void debiansMasterFileIsNeeded() {
    assumeTrue(Files.isReadable(MASTER), "Debian's postfix package is not installed");
  }

  @Test
  void debiansFilesStartWithOneWarningForEachSettingThatIsIgnored() throws Exception {
    check(MAIN);

    String file = directory.resolve("main.cf") + ", line ";
    String ending = " is not supported yet and is ignored";
    assertThat(errors).isEmpty();
    assertThat(warnings)
        .containsExactly(
            file + "6: smtpd_tls_cert_file=/etc/ssl/certs/ssl-cert-snakeoil.pem" + ending,
            file + "7: smtpd_tls_key_file=/etc/ssl/private/ssl-cert-snakeoil.key" + ending,
            file + "8: smtpd_tls_security_level=may" + ending,
            file
                + "11: smtp_tls_session_cache_database=btree:/var/lib/postrider/smtp_scache"
                + " means nothing here: TLS sessions that may be resumed are kept in memory.");
  }

  @Test
  void whatGuidesAddForSubmissionIsAWarningToo() throws Exception {
    check(MAIN + "smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n");

    assertThat(errors).isEmpty();
    assertThat(warnings).anyMatch(warning -> warning.contains("line 23: smtpd_sasl_auth_enable"));
  }

  @Test
  void mandatoryTlsOnASessionIsNotIgnored() throws Exception {
    check(MAIN.replace("smtpd_tls_security_level=may", "smtpd_tls_security_level=encrypt"));

    assertThat(errors).hasSize(1).first().asString().contains("line 8: smtpd_tls_security_level");
  }

  @Test
  void restrictionsThatAreActedOnAreNotCalledIgnored() throws Exception {
    check(
        MAIN.replace("smtpd_tls_", "# ")
            .replace(
                "defer_unauth_destination",
                "reject\nsmtpd_client_restrictions = Permit_MyNetworks, reject"));

    assertThat(errors).isEmpty();
    assertThat(warnings).noneMatch(warning -> warning.contains("restrictions"));
  }

  @Test
  void aRestrictionThatIsNotKnownIsAnErrorWithItsPlace() throws Exception {
    check(MAIN + "smtpd_sender_restrictions = permit_mynetworks, reject_unknown_sender_domain\n");

    assertThat(errors)
        .hasSize(1)
        .first()
        .asString()
        .contains("main.cf, line 23: smtpd_sender_restrictions=")
        .contains("not supported yet, and to ignore it is not safe");
  }

  @Test
  void whatWouldLetAnybodyRelayIsFoundBeforeTheStart() throws Exception {
    check(MAIN.replace("defer_unauth_destination", ""));

    assertThat(errors)
        .hasSize(1)
        .first()
        .asString()
        .contains("without one, anybody could relay mail through this host");
  }

  @Test
  void aTableTypeThatIsNotKnownIsSaidBeforeMailWaitsForIt() throws Exception {
    check(MAIN + "transport_maps = hash:/etc/postfix/transport, nis:mail.transport\n");

    assertThat(errors).isEmpty();
    assertThat(warnings)
        .anyMatch(warning ->
            warning.contains("main.cf, line 23: transport_maps=hash:")
                && warning.contains("no tables of type \"nis\" here"))
        .noneMatch(warning -> warning.contains("type \"hash\""));
  }

  @Test
  void whatDescribesATableInMainCfIsUsedAndNoPasswordIsShown() throws Exception {
    check(
        MAIN
            + "transport_maps = ldap:foo\nfoo_server_host = localhost\nfoo_bind_pw = one\n"
            + "old_bind_pw = two\n");

    assertThat(errors).isEmpty();
    assertThat(warnings)
        .anyMatch(warning -> warning.endsWith("unused parameter: old_bind_pw=..."))
        .noneMatch(warning -> warning.contains("foo_") || warning.contains("two"));
  }

  @Test
  void aCommandForMailboxesAsGuidesHaveItIsTaken() throws Exception {
    check(MAIN + "mailbox_command = procmail -a \"$EXTENSION\"\n");

    assertThat(errors).isEmpty();
    assertThat(warnings).noneMatch(warning -> warning.contains("mailbox_command"));
  }

  private void check(String main) throws Exception {
    Files.writeString(directory.resolve("main.cf"), main);
    Files.copy(MASTER, directory.resolve("master.cf"));
    ConfigProblems.check(Config.load(directory), warnings::add, errors::add);
  }
}
