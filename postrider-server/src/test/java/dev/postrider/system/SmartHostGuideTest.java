package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * "Postfix as smart-host relay", as the guides have it, word for word, with Postrider's commands:
 * first as it should go, then with everything that people get wrong.
 */
class SmartHostGuideTest {
  private Provider provider;
  private Instance host;

  @BeforeEach
  void aProviderAndAFreshMachine() throws IOException, InterruptedException {
    provider = Provider.start();
    host = Instance.create();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
    if (provider != null) {
      provider.close();
    }
  }

  @Test
  void theGuideWithStarttlsOnTheSubmissionPort() throws IOException, InterruptedException {
    // 1. Add the relay host to main.cf.
    appendRelayhost(provider.submission, "smtp_tls_security_level = secure");
    // 2. Give it the password, and make the table.
    password(provider.submission, "app-pass-1234");
    // 3. Say who you are to the provider.
    generic();
    // 4. Start.
    assertThat(host.shell.run("postfix start").code()).isZero();
    assertThat(host.shell.run("postfix status").code()).isZero();
    assertThat(somethingListens()).isTrue();
    // 5. Send a test message.
    Shell.Result mail =
        host.shell.run("echo \"Test message body\" | mail -s \"Postfix test\" you@dest.test");
    assertThat(mail.code()).as(mail.all()).isZero();
    // 6. It arrives.
    String arrived = provider.awaitMessage("Subject: Postfix test");
    assertThat(arrived)
        .contains("Test message body")
        .contains("From: ")
        .contains("me@provider.test");
    assertThat(arrived).doesNotContain("root@host.local.test");
    host.awaitLog("status=sent");
    host.awaitLog(": removed");
    assertThat(host.shell.run("mailq").out()).isEqualTo("Mail queue is empty\n");
    assertThat(host.shell.run("postfix stop").code()).isZero();
  }

  @Test
  void theGuideWithImplicitTls() throws IOException, InterruptedException {
    appendRelayhost(
        provider.smtps, "smtp_tls_security_level = encrypt\nsmtp_tls_wrappermode = yes");
    password(provider.smtps, "app-pass-1234");
    generic();
    host.start();

    host.shell.run("echo body | mail -s wrapped you@dest.test");

    provider.awaitMessage("Subject: wrapped");
    host.awaitLog("status=sent");
  }

  @Test
  void aWrongPasswordIsToldAndMendedWithAFlush() throws IOException, InterruptedException {
    appendRelayhost(provider.submission, "smtp_tls_security_level = secure");
    password(provider.submission, "wrong");
    generic();
    host.start();

    host.shell.run("echo body | mail -s later you@dest.test");

    host.awaitLog(
        "status=deferred (SASL authentication failed; server localhost[127.0.0.1] said: 535");
    assertThat(host.shell.run("mailq").out()).contains("SASL authentication failed");
    // The fault is mended.
    password(provider.submission, "app-pass-1234");
    assertThat(host.shell.run("postqueue -f").code()).isZero();
    provider.awaitMessage("Subject: later");
  }

  @Test
  void anUntrustedCertificateIsToldAndMendedWithAReload() throws IOException, InterruptedException {
    appendRelayhost(provider.submission, "smtp_tls_security_level = secure");
    host.main("smtp_tls_CAfile =");
    password(provider.submission, "app-pass-1234");
    generic();
    host.start();

    host.shell.run("echo body | mail -s trusted you@dest.test");

    host.awaitLog("status=deferred (Server certificate not verified: untrusted issuer");
    assertThat(host.shell.run("mailq").out())
        .contains("Server certificate not verified: untrusted issuer /CN=Test CA")
        .contains("smtp_tls_CAfile");
    host.main("smtp_tls_CAfile = " + provider.ca());
    assertThat(host.shell.run("postfix reload && postqueue -f").code()).isZero();
    provider.awaitMessage("Subject: trusted");
  }

  @Test
  void aCertificateForAnotherNameIsToldAndMended() throws IOException, InterruptedException {
    appendRelayhost(provider.submission, "smtp_tls_security_level = secure");
    host.main("smtp_tls_secure_cert_match = mail.elsewhere.test");
    password(provider.submission, "app-pass-1234");
    generic();
    host.start();

    host.shell.run("echo body | mail -s named you@dest.test");

    host.awaitLog("status=deferred (Server certificate not verified: num=62:hostname mismatch");
    assertThat(host.logText()).contains("mail.elsewhere.test").contains("smtp.provider.test");
    host.main("smtp_tls_secure_cert_match = nexthop");
    host.shell.run("postfix reload && postqueue -f");
    provider.awaitMessage("Subject: named");
  }

  @Test
  void aServerWithoutStarttlsNeverGetsThePassword() throws IOException, InterruptedException {
    try (SmtpSink plain = SmtpSink.start()) {
      appendRelayhost(plain.port, "smtp_tls_security_level = encrypt");
      password(plain.port, "app-pass-1234");
      generic();
      host.start();

      host.shell.run("echo body | mail -s plain you@dest.test");

      host.awaitLog(
          "status=deferred (TLS is required, but was not offered by host localhost[127.0.0.1])");
      assertThat(host.shell.run("mailq").out()).contains("TLS is required, but was not offered");
      assertThat(plain.count()).isZero();
    }
    // The right port.
    host.main("relayhost = [localhost]:" + provider.submission);
    password(provider.submission, "app-pass-1234");
    host.shell.run("postfix reload && postqueue -f");
    provider.awaitMessage("Subject: plain");
  }

  @Test
  void thePortForImplicitTlsWithoutWrapperModeTimesOutAndIsMended()
      throws IOException, InterruptedException {
    appendRelayhost(provider.smtps, "smtp_tls_security_level = encrypt");
    password(provider.smtps, "app-pass-1234");
    generic();
    // The port speaks TLS at once: there is no greeting to wait for.
    host.main("smtp_helo_timeout = 2s\nsmtp_connect_timeout = 2s");
    host.start();

    host.shell.run("echo body | mail -s wrapper you@dest.test");

    host.awaitLog("status=deferred");
    assertThat(host.shell.run("mailq").out()).contains("you@dest.test");
    host.main("smtp_tls_wrappermode = yes");
    host.shell.run("postfix reload && postqueue -f");
    provider.awaitMessage("Subject: wrapper");
  }

  @Test
  void mailOfASenderTheProviderRefusesIsKeptAndGoesOutWhenThatIsMended()
      throws IOException, InterruptedException {
    appendRelayhost(provider.submission, "smtp_tls_security_level = secure");
    password(provider.submission, "app-pass-1234");
    // An empty generic map: the provider hears a sender that is not its customer's.
    Files.writeString(host.etc.resolve("generic"), "");
    host.start();

    host.shell.run("echo body | mail -s refused you@dest.test");

    host.awaitLog("status=deferred (host localhost[127.0.0.1] said: ");
    host.awaitLog("kept on hold until a setting or table changes");
    assertThat(host.shell.run("mailq").out()).contains("Rewrite the sender with smtp_generic_maps");
    generic();
    provider.awaitMessage("Subject: refused");
  }

  @Test
  void withoutAnAllowedMechanismTheRemedyNamesTheParameter()
      throws IOException, InterruptedException {
    host.main(
        """
        relayhost = [localhost]:%d
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:%s/sasl_passwd
        smtp_tls_security_level = encrypt
        """
            .formatted(provider.submission, host.etc));
    password(provider.submission, "app-pass-1234");
    generic();
    host.start();

    host.shell.run("echo body | mail -s mechanism you@dest.test");

    host.awaitLog("no mechanism available");
    assertThat(host.logText()).contains("smtp_sasl_tls_security_options = noanonymous");
  }

  private void appendRelayhost(int port, String tls) throws IOException {
    host.main(
        """

        relayhost = [localhost]:%d
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = hash:%2$s/sasl_passwd
        smtp_sasl_security_options = noanonymous
        smtp_sasl_tls_security_options = noanonymous
        smtp_tls_CAfile = %3$s
        smtp_generic_maps = hash:%2$s/generic
        %4$s
        """
            .formatted(port, host.etc, provider.ca(), tls));
  }

  private void password(int port, String password) throws IOException, InterruptedException {
    Path table = host.etc.resolve("sasl_passwd");
    Files.writeString(table, "[localhost]:%d me@provider.test:%s\n".formatted(port, password));
    Shell.Result postmap =
        host.shell.run("postmap hash:" + table + " && chmod 600 " + table + " " + table + ".db");
    assertThat(postmap.code()).as(postmap.all()).isZero();
    assertThat(Path.of(table + ".db")).exists();
  }

  private void generic() throws IOException, InterruptedException {
    Path table = host.etc.resolve("generic");
    Files.writeString(table, "@host.local.test me@provider.test\n");
    assertThat(host.shell.run("postmap " + table).code()).isZero();
    assertThat(Path.of(table + ".db")).exists();
  }

  private boolean somethingListens() {
    try (var socket = new java.net.Socket("127.0.0.1", host.port)) {
      return socket.getInputStream().read() == '2';
    } catch (IOException e) {
      return false;
    }
  }
}
