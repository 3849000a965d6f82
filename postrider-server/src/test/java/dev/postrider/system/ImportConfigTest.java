package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The configurations of other mail programs, imported, relay to a provider: the proof that an
 * import is right is a message that arrives.
 */
class ImportConfigTest {
  private static final String SECRET = "app-pass-1234";

  private Instance host;
  private Path root;

  @BeforeEach
  void aMachineWithAnotherProgramsFiles() throws IOException {
    host = Instance.create();
    root = Files.createDirectories(host.directory.resolve("root"));
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.close();
  }

  private void put(String file, String text) throws IOException {
    Path path = root.resolve(file.substring(1));
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  private Shell.Result run(String program, String options)
      throws IOException, InterruptedException {
    return host.shell.run("postrider import " + program + " --root " + root + options);
  }

  /** Imports, starts and sends; the message must come to the provider from its customer. */
  private void relays(String program, Provider provider, String more)
      throws IOException, InterruptedException {
    List<String> before = names(host.etc);
    Shell.Result shown = run(program, "");
    assertThat(shown.code()).as(shown.all()).isZero();
    assertThat(shown.out())
        .contains("relayhost = [localhost]:" + provider.submission)
        .contains("Nothing was written.");
    assertThat(names(host.etc)).isEqualTo(before);

    Shell.Result refused = run(program, " --write");
    assertThat(refused.code()).isEqualTo(78);
    assertThat(refused.err()).contains("main.cf is there").contains("--replace");
    assertThat(names(host.etc)).isEqualTo(before);

    Shell.Result written = run(program, " --write --replace");
    assertThat(written.code()).as(written.all()).isZero();
    assertThat(written.out()).contains("kept " + host.etc.resolve("main.cf"));
    Path passwords = host.etc.resolve("sasl_passwd");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(passwords)).contains(":" + SECRET);
    assertThat(shown.all() + refused.all() + written.all()).doesNotContain(SECRET);
    assertThat(Files.readString(host.etc.resolve("main.cf"))).doesNotContain(SECRET);

    host.main(more);
    host.start();
    Shell.Result sent = host.shell.run("echo body | mail -s " + program + " you@dest.test");
    assertThat(sent.code()).as(sent.all()).isZero();
    host.awaitLog("status=");
    assertThat(host.logText()).contains("status=sent");
    assertThat(provider.awaitMessage("Subject: " + program))
        .contains("Return-Path: <me@provider.test>");
  }

  @Test
  void msmtp() throws IOException, InterruptedException {
    try (Provider provider = Provider.start()) {
      put(
          "/etc/msmtprc",
          """
          defaults
          auth on
          tls on
          tls_trust_file %s
          account provider
          host localhost
          port %d
          from me@provider.test
          user me@provider.test
          password %s
          account default : provider
          """
              .formatted(provider.ca(), provider.submission, SECRET));
      relays("msmtp", provider, "");
    }
  }

  @Test
  void nullmailer() throws IOException, InterruptedException {
    try (Provider provider = Provider.start()) {
      put(
          "/etc/nullmailer/remotes",
          "localhost smtp --port=%d --starttls --user=me@provider.test --pass='%s' --x509cafile=%s\n"
              .formatted(provider.submission, SECRET, provider.ca()));
      put("/etc/nullmailer/allmailfrom", "me@provider.test\n");
      put("/etc/nullmailer/me", "host.local.test\n");
      put("/etc/nullmailer/defaulthost", "host.local.test\n");
      relays("nullmailer", provider, "");
    }
  }

  @Test
  void dma() throws IOException, InterruptedException {
    try (Provider provider = Provider.start()) {
      put(
          "/etc/dma/dma.conf",
          """
          SMARTHOST localhost
          PORT %d
          AUTHPATH /etc/dma/auth.conf
          SECURETRANSFER
          STARTTLS
          MASQUERADE me@provider.test
          """
              .formatted(provider.submission));
      put("/etc/dma/auth.conf", "me@provider.test|localhost:" + SECRET + "\n");
      relays("dma", provider, "alias_maps =");
    }
  }

  @Test
  void ssmtp() throws IOException, InterruptedException {
    try (Provider provider = Provider.start()) {
      put(
          "/etc/ssmtp/ssmtp.conf",
          """
          root=postmaster
          mailhub=localhost:%d
          hostname=host.local.test
          FromLineOverride=YES
          UseSTARTTLS=YES
          AuthUser=me@provider.test
          AuthPass=%s
          """
              .formatted(provider.submission, SECRET));
      put("/etc/ssmtp/revaliases", "root:me@provider.test:localhost:" + provider.submission + "\n");
      relays("ssmtp", provider, "");
    }
  }

  @Test
  void eximWithASmarthost() throws IOException, InterruptedException {
    try (Provider provider = Provider.start()) {
      put("/etc/ssl/certs/ca-certificates.crt", "");
      put(
          "/etc/exim4/update-exim4.conf.conf",
          """
          dc_eximconfig_configtype='smarthost'
          dc_other_hostnames='host.local.test'
          dc_local_interfaces='127.0.0.1 ; ::1'
          dc_smarthost='localhost::%d'
          dc_localdelivery='mail_spool'
          """
              .formatted(provider.submission));
      put("/etc/exim4/passwd.client", "*:me@provider.test:" + SECRET + "\n");
      put("/etc/email-addresses", "root: me@provider.test\n");
      relays(
          "exim-smarthost",
          provider,
          "myhostname = host.local.test\nalias_maps =\nsmtp_tls_CAfile = " + provider.ca());
    }
  }

  /** The same file, the same message: msmtp itself and the import of its configuration. */
  @Test
  void msmtpItselfSendsTheSameEnvelope() throws IOException, InterruptedException {
    assumeTrue(host.shell.has("msmtp"), "msmtp (Debian's package msmtp) is not installed");
    try (SmtpSink sink = SmtpSink.start()) {
      put(
          "/etc/msmtprc",
          """
          account default
          host 127.0.0.1
          port %d
          from me@provider.test
          allow_from_override off
          domain client.local.test
          """
              .formatted(sink.port));
      String message = "Subject: same\n\nbody\n";
      Shell.Result theirs =
          host.shell.run(
              message,
              List.of(
                  "msmtp",
                  "-C",
                  root.resolve("etc/msmtprc").toString(),
                  "-f",
                  "x@y.test",
                  "--",
                  "one@dest.test",
                  "two@dest.test"));
      assertThat(theirs.code()).as(theirs.all()).isZero();
      List<String> expected = envelope(sink.take(1, () -> "").getFirst());

      assertThat(run("msmtp", " --write --replace").code()).isZero();
      host.start();
      Shell.Result ours =
          host.shell.run(
              message, List.of("sendmail", "-f", "x@y.test", "one@dest.test", "two@dest.test"));
      assertThat(ours.code()).as(ours.all()).isZero();

      assertThat(envelope(sink.take(1, host::logText).getFirst())).isEqualTo(expected);
    }
  }

  private static List<String> envelope(String message) {
    return message
        .lines()
        .filter(line ->
            line.startsWith("X-Mail-Args: ")
                || line.startsWith("X-Rcpt-Args: ")
                || line.startsWith("X-Helo-Args: "))
        .map(line -> line.replaceAll(">.*", ">"))
        .toList();
  }

  @Test
  void postfixsOwnDirectoryIsCopiedWithItsTables() throws IOException, InterruptedException {
    Path old = Files.createDirectories(root.resolve("etc/postfix"));
    put(
        "/etc/postfix/main.cf",
        """
        queue_directory = /var/spool/postfix
        mail_owner =
          postfix
        compatibility_level = 3.6
        relayhost = [localhost]:1
        transport_maps = hash:%1$s/transport, regexp:%1$s/missing
        mynetworks_style = host
        unknown_thing = 1
        """
            .formatted(old));
    put(
        "/etc/postfix/master.cf",
        "smtp inet n - y - - smtpd\nsmtp unix - - y - - smtp\nold unix - n n - 0 spawn\n");
    put("/etc/postfix/transport", "dest.test smtp:[localhost]:2\n");
    Path target = host.directory.resolve("new");

    Shell.Result shown = run("postfix", " -c " + target);
    assertThat(shown.out())
        .contains("main.cf:1: queue_directory = /var/spool/postfix")
        .contains("Postrider has no spawn")
        .contains("unused parameter: unknown_thing=1")
        .contains("1 tables: transport");
    assertThat(target).doesNotExist();

    Shell.Result written = run("postfix", " -c " + target + " --write");
    assertThat(names(target))
        .as(written.all())
        .containsExactly("main.cf", "master.cf", "transport");
    assertThat(Files.readString(target.resolve("main.cf")))
        .contains("# (of Postfix) queue_directory")
        .contains("# (of Postfix)   postfix")
        .contains("hash:" + target + "/transport")
        .contains("regexp:" + old + "/missing");
    assertThat(host.shell.run("postconf -c " + target + " -h queue_directory").out())
        .isEqualTo("/var/spool/postrider\n");

    Shell.Result same = run("postfix", " -c " + old);
    assertThat(same.out()).contains("nothing needs to be written");
  }

  @Test
  void wrongCallsSayWhatIsRight() throws IOException, InterruptedException {
    assertThat(host.shell.run("postrider import").code()).isEqualTo(64);
    assertThat(host.shell.run("postrider import qmail").err()).contains("there is no such program");
    assertThat(host.shell.run("postrider import msmtp --frob").code()).isEqualTo(64);
    assertThat(host.shell.run("postrider import --help").code()).isZero();
    Shell.Result none = run("msmtp", "");
    assertThat(none.code()).isEqualTo(66);
    assertThat(none.err()).contains("there is no configuration of msmtp");
  }
}
