package dev.postrider.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigCheck;
import dev.postrider.config.MasterConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the configurations of other programs come to, read from files as their packages make them.
 */
class ForeignConfigTest {
  @TempDir private Path root;

  @BeforeEach
  void authorities() throws IOException {
    put("/etc/ssl/certs/ca-certificates.crt", "");
  }

  private void put(String file, String text) throws IOException {
    Path path = root.resolve(file.substring(1));
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Migration read(String program) throws IOException {
    return find(program).orElseThrow();
  }

  private Optional<Migration> find(String program) throws IOException {
    Sources sources = new Sources(root, Optional.empty(), root.resolve("root"));
    return ForeignConfig.of(program).orElseThrow().read(sources);
  }

  /** A start must not refuse what an import writes, nor be surprised by it. */
  private static void isSound(Migration migration) {
    ConfigCheck check =
        ConfigCheck.of(
            Config.of(Path.of("/etc/postfix"), migration.settings()),
            new MasterConfig(List.of(), List.of()));
    assertThat(check.errors()).isEmpty();
    assertThat(check.warnings()).isEmpty();
  }

  private static List<String> notes(Migration migration, Note.Kind kind) {
    return migration.notes().stream()
        .filter(note -> note.kind() == kind)
        .map(note -> note.place().line() + " " + note.said())
        .toList();
  }

  private static void hides(Migration migration, String secret) {
    assertThat(migration.notes().toString()).doesNotContain(secret);
    assertThat(migration.passwords().toString()).doesNotContain(secret);
    assertThat(migration.settings().toString()).doesNotContain(secret);
    assertThat(migration.tables().toString()).doesNotContain(secret);
    assertThat(migration.passwords().stream().map(Password::line))
        .anyMatch(l -> l.contains(secret));
  }

  @Test
  void nothingThereIsNothingRead() throws IOException {
    for (String program : List.of("msmtp", "nullmailer", "dma", "ssmtp", "exim-smarthost")) {
      assertThat(find(program)).as(program).isEmpty();
    }
  }

  @Test
  void msmtpWithAnAccountThatInheritsAndQuotedValues() throws IOException {
    put(
        "/etc/msmtprc",
        """
        # comment
        defaults
        auth on
        tls on
        tls_trust_file system
        logfile ~/.msmtp.log

        account provider
        host smtp.provider.test
        port 587
        from me@provider.test
        user me@provider.test
        password " with spaces inside "
        frobnicate yes

        account spare : provider
        password app-pass-1234

        account default : spare
        """
            .replace("\n", "\r\n"));

    Migration migration = read("msmtp");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:587")
        .containsEntry("smtp_tls_security_level", "secure")
        .containsEntry("smtp_tls_CAfile", "/etc/ssl/certs/ca-certificates.crt")
        .containsEntry("smtp_sasl_auth_enable", "yes")
        .containsEntry("smtp_sasl_security_options", "noanonymous")
        .containsEntry("mydestination", "")
        .containsEntry("sender_canonical_maps", "inline:{ {@$myorigin = me@provider.test} }")
        .doesNotContainKey("smtp_tls_wrappermode");
    assertThat(migration.passwords())
        .containsExactly(
            new Password("[smtp.provider.test]:587", "me@provider.test", "app-pass-1234"));
    assertThat(notes(migration, Note.Kind.UNKNOWN)).containsExactly("14 frobnicate ...");
    hides(migration, "app-pass-1234");
    isSound(migration);
  }

  @Test
  void msmtpOfDebiansExampleTakesTheUserIntoTheAddress() throws IOException {
    put(
        "/etc/msmtprc",
        """
        account default
        host mail.oursite.example
        port 465
        tls on
        tls_starttls off
        from %U@oursite.example
        allow_from_override off
        set_from_header on
        syslog LOG_MAIL
        """);

    Migration migration = read("msmtp");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[mail.oursite.example]:465")
        .containsEntry("smtp_tls_wrappermode", "yes")
        .containsEntry("smtp_tls_security_level", "secure")
        .containsEntry("myorigin", "oursite.example");
    assertThat(migration.passwords()).isEmpty();
    assertThat(notes(migration, Note.Kind.UNKNOWN)).isEmpty();
    isSound(migration);
  }

  @Test
  void theUsersFileTakesThePlaceOfTheSystemsAndNoCommandIsRun() throws IOException {
    put("/etc/msmtprc", "account default\nhost other.test\n");
    put(
        "/root/.msmtprc",
        """
        account default
        host smtp.provider.test
        tls on
        tls_certcheck off
        auth scram-sha-256
        user me
        passwordeval touch %s
        eval touch %s
        """
            .formatted(root.resolve("ran"), root.resolve("ran")));

    Migration migration = read("msmtp");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:25")
        .containsEntry("smtp_tls_security_level", "encrypt")
        .containsEntry("smtp_sasl_mechanism_filter", "scram-sha-256");
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE))
        .containsExactlyInAnyOrder("7 passwordeval ...", "8 eval ...");
    assertThat(root.resolve("ran")).doesNotExist();
    isSound(migration);
  }

  @Test
  void anotherAccountOfMsmtpChangesNothingForTheFirst() throws IOException {
    put(
        "/etc/msmtprc",
        """
        defaults
        auth on
        account default
        host smtp.provider.test
        user me
        password one
        account work
        host smtp.work.test
        from me@work.test
        tls on
        auth cram-md5
        user me
        password two
        tls_fingerprint 01:02
        account clear
        host smtp.clear.test
        from me@clear.test
        auth plain
        user me
        password three
        account none
        host smtp.none.test
        from me@none.test
        auth off
        password four
        """);

    Migration migration = read("msmtp");

    assertThat(migration.settings())
        .containsEntry("smtp_sasl_security_options", "noplaintext, noanonymous")
        .containsEntry("smtp_sasl_tls_security_options", "noanonymous")
        // For the only account that checks certificates.
        .containsEntry("smtp_tls_CAfile", "/etc/ssl/certs/ca-certificates.crt")
        .doesNotContainKey("smtp_sasl_mechanism_filter");
    assertThat(notes(migration, Note.Kind.DIFFERS)).contains("11 auth cram-md5");
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE))
        .containsExactlyInAnyOrder("14 tls_fingerprint ...", "18 auth plain");
    assertThat(migration.notes().toString()).doesNotContain("four");
    isSound(migration);
  }

  @Test
  void msmtpAccountsOfOtherSendersGetTheirOwnServer() throws IOException {
    put("/etc/aliases.msmtp", "root: admin@provider.test\ndefault: all@provider.test\n");
    put(
        "/etc/msmtprc",
        """
        defaults
        tls on
        auth on
        port 587
        account default
        host smtp.provider.test
        from me@provider.test
        user me
        password one
        aliases /etc/aliases.msmtp
        account work
        host smtp.work.test
        from me@work.test
        user worker
        password two
        account wrapped
        host smtp.wrapped.test
        port 465
        tls_starttls off
        from me@wrapped.test
        """);

    Migration migration = read("msmtp");

    assertThat(migration.settings())
        .containsEntry("smtp_sender_dependent_authentication", "yes")
        .containsEntry(
            "virtual_alias_maps",
            "hash:$config_directory/virtual, inline:{ {@$myorigin = all@provider.test} }");
    assertThat(migration.tables())
        .isEqualTo(
            Map.of(
                "sender_relay",
                List.of("me@work.test [smtp.work.test]:587"),
                "virtual",
                List.of("root admin@provider.test")));
    assertThat(migration.passwords()).contains(new Password("me@work.test", "worker", "two"));
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE)).containsExactly("17 account wrapped");
    isSound(migration);
  }

  @Test
  void nullmailersRemotesAreSplitAsAShellDoes() throws IOException {
    put(
        "/etc/nullmailer/remotes",
        """
        # first
        smtp.provider.test smtp --port=587 starttls user=me@provider.test pass='my pass phrase'
        backup.provider.test smtp port=587 starttls user=me pass=other
        bad.test qmqp
        broken.test smtp pass='open
        """);
    put("/etc/nullmailer/adminaddr", "admin@dest.test, second@dest.test\n");
    put("/etc/nullmailer/defaultdomain", "example.test\n");
    put("/etc/nullmailer/pausetime", "120\n");
    put("/etc/nullmailer/queuelifetime", "86400\n");
    put("/etc/nullmailer/allmailfrom", "me@provider.test\n");
    put("/etc/nullmailer/leftover", "\n");
    put("/etc/mailname", "host\n");

    Migration migration = read("nullmailer");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:587")
        .containsEntry("smtp_fallback_relay", "[backup.provider.test]:587")
        .containsEntry("smtp_tls_security_level", "secure")
        .containsEntry("myhostname", "host.example.test")
        .containsEntry("myorigin", "host.example.test")
        .containsEntry("minimal_backoff_time", "120s")
        .containsEntry("maximal_queue_lifetime", "86400s")
        .containsEntry("sender_canonical_maps", "static:me@provider.test");
    assertThat(migration.settings().get("virtual_alias_maps"))
        .contains("{@$myhostname = admin@dest.test, second@dest.test}");
    assertThat(migration.passwords().getFirst().line())
        .isEqualTo("[smtp.provider.test]:587 me@provider.test:my pass phrase");
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE))
        .containsExactly("4 bad.test qmqp", "5 a remote server");
    assertThat(notes(migration, Note.Kind.UNKNOWN)).containsExactly("0 leftover");
    hides(migration, "my pass phrase");
    isSound(migration);
  }

  @Test
  void dmaWithALogin() throws IOException {
    put(
        "/etc/dma/dma.conf",
        """
        # stock comment
        SMARTHOST smtp.provider.test
        PORT 587
        AUTHPATH /etc/dma/auth.conf
        SECURETRANSFER
        STARTTLS
        MAILNAME /etc/mailname
        MASQUERADE me@provider.test
        WHATEVER 1
        """);
    put("/etc/dma/auth.conf", "# x\nme@provider.test|smtp.provider.test:se:cret\nnonsense\n");
    put("/etc/mailname", "host.example.test\n");
    put("/etc/aliases", "postmaster: root\n*: me@dest.test\ntwo: a b\n");

    Migration migration = read("dma");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:587")
        .containsEntry("smtp_tls_security_level", "encrypt")
        .containsEntry("smtp_helo_name", "host.example.test")
        .containsEntry("sender_canonical_maps", "static:me@provider.test")
        .containsEntry("luser_relay", "me@dest.test")
        .containsEntry("alias_maps", "hash:/etc/aliases");
    assertThat(migration.passwords())
        .containsExactly(new Password("[smtp.provider.test]:587", "me@provider.test", "se:cret"));
    assertThat(notes(migration, Note.Kind.UNKNOWN))
        .containsExactly("3 a line that is not user|host:password", "9 WHATEVER 1");
    hides(migration, "se:cret");
  }

  @Test
  void dmaWithoutASmarthostSendsToTheRecipientsServers() throws IOException {
    put("/etc/dma/dma.conf", "#SMARTHOST mail.example.com\nNULLCLIENT\n");

    Migration migration = read("dma");

    assertThat(migration.settings())
        .doesNotContainKey("relayhost")
        .containsEntry("mydestination", "");
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE)).isEmpty();
    isSound(migration);
  }

  @Test
  void ssmtpWithReverseAliases() throws IOException {
    put(
        "/etc/passwd",
        "root:x:0:0::/root:/bin/sh\nbin:x:2:2::/:/bin/sh\nme:x:1000:1000::/:/bin/sh\n");
    put(
        "/etc/ssmtp/ssmtp.conf",
        """
        root=admin@dest.test
        mailhub=smtp.provider.test:587
        rewriteDomain=provider.test
        hostname=host.example.test
        FromLineOverride=YES
        UseSTARTTLS=YES
        AuthUser=me
        AuthPass=s=cret
        """);
    put("/etc/ssmtp/revaliases", "# x\nroot:me@provider.test:smtp.provider.test:587\nbad\n");

    Migration migration = read("ssmtp");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:587")
        .containsEntry("smtp_tls_security_level", "encrypt")
        .containsEntry("myorigin", "provider.test")
        .containsEntry("myhostname", "host.example.test")
        .doesNotContainKey("sender_dependent_relayhost_maps");
    assertThat(migration.tables())
        .isEqualTo(
            Map.of(
                "virtual",
                List.of("root admin@dest.test", "bin admin@dest.test"),
                "sender_canonical",
                List.of("root me@provider.test")));
    assertThat(migration.passwords())
        .containsExactly(new Password("[smtp.provider.test]:587", "me", "s=cret"));
    assertThat(notes(migration, Note.Kind.UNKNOWN)).containsExactly("3 bad");
    isSound(migration);
  }

  @Test
  void eximAsDebianSetsItUp() throws IOException {
    put(
        "/etc/exim4/update-exim4.conf.conf",
        """
        # /etc/exim4/update-exim4.conf.conf
        dc_eximconfig_configtype='smarthost'
        dc_other_hostnames='host.example.test; example.test'
        dc_local_interfaces='127.0.0.1 ; ::1'
        dc_readhost='provider.test'
        dc_relay_domains=''
        dc_minimaldns='false'
        dc_relay_nets='192.0.2.0/24 ; 2001:db8::/32'
        dc_smarthost='smtp.provider.test::587'
        CFILEMODE='644'
        dc_use_split_config='false'
        dc_hide_mailname='true'
        dc_mailname_in_oh='true'
        dc_localdelivery='maildir_home'
        """);
    put("/etc/exim4/passwd.client", "### comment\n*.provider.test:me@provider.test:pa:ss\n");
    put("/etc/email-addresses", "#user: x\nme: me@provider.test\n");
    put("/etc/mailname", "host.example.test\n");

    Migration migration = read("exim-smarthost");

    assertThat(migration.settings())
        .containsEntry("relayhost", "[smtp.provider.test]:587")
        .containsEntry("smtp_tls_security_level", "secure")
        .containsEntry("mydestination", "host.example.test, example.test, localhost")
        .containsEntry("inet_interfaces", "loopback-only")
        .containsEntry("mynetworks", "127.0.0.0/8, [::1]/128, 192.0.2.0/24, [2001:db8::]/32")
        .containsEntry("home_mailbox", "Maildir/");
    assertThat(migration.settings().get("smtp_generic_maps"))
        .contains("{@$myorigin = @provider.test}");
    assertThat(migration.tables())
        .isEqualTo(Map.of("sender_canonical", List.of("me me@provider.test")));
    assertThat(migration.passwords())
        .containsExactly(new Password("[smtp.provider.test]:587", "me@provider.test", "pa:ss"));
    assertThat(notes(migration, Note.Kind.UNKNOWN)).isEmpty();
    assertThat(notes(migration, Note.Kind.IMPOSSIBLE)).isEmpty();
    hides(migration, "pa:ss");
  }

  @Test
  void eximsListsHaveSemicolonsOrColons() {
    assertThat(EximList.of("a.test : b.test::587")).containsExactly("a.test", "b.test::587");
    assertThat(EximList.of("<; ::1")).containsExactly("::1");
    assertThat(EximList.of("2001::0db8::1 ; b.test")).containsExactly("2001::0db8::1", "b.test");
    assertThat(EximList.of("")).isEmpty();
  }

  @Test
  void whatCannotStandInOurFilesIsRefusedAndNamed() throws IOException {
    put("/etc/msmtprc", "account default\nhost smtp.test]:25, evil\nuser x\n");
    assertThat(notes(read("msmtp"), Note.Kind.IMPOSSIBLE))
        .containsExactly("2 host smtp.test]:25, evil");

    put("/etc/msmtprc", "account default\nhost smtp.test\nfrom {@x} $mydomain@y\n");
    Migration odd = read("msmtp");
    assertThat(odd.settings()).doesNotContainKey("sender_canonical_maps");
    assertThat(notes(odd, Note.Kind.IMPOSSIBLE)).containsExactly("3 from {@x} $mydomain@y");

    put("/etc/msmtprc", "account default\nhost smtp.test\nauth on\nuser a:b\npassword c\n");
    assertThat(read("msmtp").passwords()).isEmpty();
  }

  @Test
  void aFileThatIsNoneIsNamed() throws IOException {
    Files.createDirectories(root.resolve("etc/msmtprc"));
    assertThatThrownBy(() -> read("msmtp"))
        .isInstanceOf(ForeignFileException.class)
        .hasMessageContaining("etc/msmtprc");

    put("/etc/dma/dma.conf", "#".repeat(5 << 20));
    assertThatThrownBy(() -> read("dma"))
        .isInstanceOf(ForeignFileException.class)
        .hasMessageContaining("no configuration");
  }

  @Test
  void latin1AndByteOrderMarksAreRead() throws IOException {
    Files.createDirectories(root.resolve("etc"));
    Files.write(
        root.resolve("etc/msmtprc"),
        "\u00ef\u00bb\u00bfaccount default\nhost smtp.test\n# \u00e4\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    assertThat(read("msmtp").settings()).containsEntry("relayhost", "[smtp.test]:25");
  }
}
