package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * DANE with a real resolver and a signed zone: Debian's Postfix and Postrider send the same mail to
 * the same servers, and the same becomes of it. In a network of their own, where port 25 and 53 of
 * loopback are free and /etc/resolv.conf names that resolver.
 */
class DaneDifferenceTest {
  private static final List<String> DOMAINS =
      List.of(
          "key.signed.test",
          "authority.signed.test",
          "name.signed.test",
          "wrong.signed.test",
          "none.signed.test",
          "unusable.signed.test",
          "bogus.signed.test",
          "alias.signed.test",
          "direct.signed.test",
          "digests.signed.test",
          "plain.test",
          "half.plain.test",
          "halfwrong.plain.test",
          "filtered.plain.test",
          "gone.plain.test",
          "goneaddress.plain.test");

  private static final String ALTERED = "AB".repeat(32);
  private static final Pattern FATE =
      Pattern.compile("to=<a@([^>]+)>, .*dsn=([0-9.]+), status=(\\w+) \\(([^\\n]*)\\)");
  private static final Pattern ESTABLISHED =
      Pattern.compile("(\\w+) TLS connection established to ([\\w.]+)\\[");

  private static Path directory;
  private static PrivateNetwork network;
  private static Process resolver;
  private static RealPostfix server;
  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void allOfThem() throws Exception {
    directory = Files.createTempDirectory("prdane");
    Files.setAttribute(directory, "unix:mode", 0755);
    network = PrivateNetwork.create(directory);
    network.assumeHas("unbound", "unbound");
    network.assumeHas("ldns-signzone", "ldnsutils");
    resolver = resolver();
    server = RealPostfix.create();
    network.masterPort(server.etc, server.port, "192.0.2.2:25");
    server.main(
        """
        myhostname = server.test
        mydestination =
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = %s
        mynetworks = 127.0.0.0/8, 192.0.2.0/24
        content_filter = discard:
        """
            .formatted(TestCertificates.file(directory, "mx.pem")));
    network.run(
        server.shell,
        "install -d -o postfix " + server.directory + "/data && /usr/sbin/postfix start");
    String client =
        """
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        relayhost =
        smtp_dns_support_level = dnssec
        smtp_tls_security_level = dane
        smtp_tls_dane_insecure_mx_policy = dane
        smtp_tls_loglevel = 1
        smtp_dns_reply_filter = pcre:%s
        """
            .formatted(
                Files.writeString(
                    directory.resolve("filter"),
                    """
                    /^filtered\\.plain\\.test\\. \\d+ IN MX 5 nowhere\\./ IGNORE
                    /^gone\\.plain\\.test\\. \\d+ IN MX / IGNORE
                    /^unseen\\.plain\\.test\\. \\d+ IN A 192\\.0\\.2\\.2$/ IGNORE
                    """));
    postfix = RealPostfix.create();
    postfix.main(client);
    postrider = Instance.create();
    postrider.main(client);
    network.run(
        postfix.shell,
        "install -d -o postfix " + postfix.directory + "/data && /usr/sbin/postfix start");
    network.run(postrider.shell, "postfix start");
  }

  private static Process resolver() throws Exception {
    Files.writeString(directory.resolve("signed.zone"), signedZone());
    Files.writeString(
        directory.resolve("plain.zone"),
        """
        $ORIGIN plain.test.
        @ 300 IN SOA ns.plain.test. h.plain.test. 1 3600 900 86400 300
        @ 300 IN NS ns.plain.test.
        ns 300 IN A 127.0.0.1
        @ 300 IN MX 10 mx.plain.test.
        mx 300 IN A 192.0.2.2
        _25._tcp.mx 300 IN TLSA 3 1 1 %s
        half 300 IN MX 10 mx.key.signed.test.
        halfwrong 300 IN MX 10 mx.wrong.signed.test.
        filtered 300 IN MX 5 nowhere.plain.test.
        filtered 300 IN MX 10 mx.plain.test.
        nowhere 300 IN A 192.0.2.2
        gone 300 IN MX 10 mx.plain.test.
        goneaddress 300 IN MX 10 unseen.plain.test.
        unseen 300 IN A 192.0.2.2
        """
            .formatted("00".repeat(32)));
    Files.writeString(
        directory.resolve("unbound.conf"),
        """
        server:
          directory: "%1$s"
          chroot: ""
          username: ""
          pidfile: ""
          use-syslog: no
          do-daemonize: no
          interface: 127.0.0.1
          module-config: "validator iterator"
          trust-anchor-file: "%1$s/anchor"
          local-zone: "test." nodefault
          val-log-level: 2
        remote-control:
          control-enable: no
        auth-zone:
          name: "signed.test"
          zonefile: "%1$s/signed.zone.signed"
          for-downstream: no
          for-upstream: yes
        auth-zone:
          name: "plain.test"
          zonefile: "%1$s/plain.zone"
          for-downstream: no
          for-upstream: yes
        """
            .formatted(directory));
    network.run(
        new Shell(directory, Map.of("PATH", System.getenv("PATH") + ":/usr/sbin")),
        """
        cd %1$s && key=$(ldns-keygen -a ECDSAP256SHA256 signed.test) &&
        cat "$key.key" > anchor && ldns-signzone signed.zone "$key" &&
        sed -i -e 's/%2$s/%3$s/' -e 's/%4$s/%5$s/' signed.zone.signed
        """
            .formatted(
                directory,
                ALTERED.toLowerCase(java.util.Locale.ROOT),
                "cd".repeat(32),
                ALTERED,
                "CD".repeat(32)));
    Process started =
        network.start(
            directory.resolve("unbound.log"), "unbound", "-c", directory + "/unbound.conf");
    Instance.await("unbound to listen", network::resolves, () -> log());
    return started;
  }

  private static String log() {
    try {
      return Files.readString(directory.resolve("unbound.log"));
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String signedZone() throws Exception {
    var chain = TestCertificates.chain("mx.pem");
    byte[] key = chain[0].getPublicKey().getEncoded();
    String sha256 = TestCertificates.digest("SHA-256", key);
    String sha512 = TestCertificates.digest("SHA-512", key);
    String authority = TestCertificates.digest("SHA-256", chain[1].getEncoded());
    String zeros = "00".repeat(32);
    return """
    $ORIGIN signed.test.
    @ 300 IN SOA ns.signed.test. h.signed.test. 1 3600 900 86400 300
    @ 300 IN NS ns.signed.test.
    ns 300 IN A 127.0.0.1
    """
        + server("key", "3 1 1 " + sha256)
        + server("authority", "2 0 1 " + authority)
        + server("name", "2 1 1 " + zeros, "2 0 1 " + authority)
        + server("wrong", "3 1 1 " + zeros)
        + server("none")
        + server("unusable", "1 0 1 " + zeros, "3 1 7 " + zeros)
        + server("bogus", "3 1 1 " + ALTERED)
        + server("digests", "3 1 1 " + zeros, "3 1 2 " + sha512)
        + "alias 300 IN MX 10 mxalias.signed.test.\n"
        + "mxalias 300 IN CNAME mx.key.signed.test.\n"
        + "direct 300 IN A 192.0.2.2\n"
        + "_25._tcp.direct 300 IN TLSA 3 1 1 "
        + sha256
        + "\n";
  }

  private static String server(String name, String... records) {
    StringBuilder lines = new StringBuilder();
    lines.append(name).append(" 300 IN MX 10 mx.").append(name).append(".signed.test.\n");
    lines.append("mx.").append(name).append(" 300 IN A 192.0.2.2\n");
    for (String record : records) {
      lines.append("_25._tcp.mx.").append(name).append(" 300 IN TLSA ").append(record).append('\n');
    }
    return lines.toString();
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {postrider, postfix, server, network}) {
      if (one != null) {
        one.close();
      }
    }
    if (resolver != null) {
      resolver.destroyForcibly().onExit().join();
    }
    Instance.delete(directory);
  }

  private static Map<String, String> fates(String log) {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = FATE.matcher(log);
    while (matcher.find()) {
      String text = matcher.group(4);
      // Ours goes on with the reason.
      text = text.startsWith("Server certificate not verified") ? text.substring(0, 31) : text;
      text = text.startsWith("250 ") ? "taken" : text;
      found.putIfAbsent(matcher.group(1), matcher.group(2) + " " + matcher.group(3) + " " + text);
    }
    return found;
  }

  private static Map<String, String> words(String log) {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = ESTABLISHED.matcher(log);
    while (matcher.find()) {
      found.merge(
          matcher.group(2),
          matcher.group(1),
          (one, other) ->
              one.compareTo(other) < 0 ? one + other : one.equals(other) ? one : other + one);
    }
    return found;
  }

  @Test
  void theSameBecomesOfTheSameMail() throws Exception {
    for (String domain : DOMAINS) {
      String send = "printf 'Subject: x\\n\\nx\\n' | sendmail -f me@host.local.test a@" + domain;
      network.run(postrider.shell, send);
      network.run(postfix.shell, send.replace("sendmail", "/usr/sbin/sendmail"));
    }
    Instance.await(
        "both to have tried all",
        () ->
            fates(text(postfix.log)).size() == DOMAINS.size()
                && fates(text(postrider.log)).size() == DOMAINS.size(),
        () -> text(server.log) + text(postfix.log) + "\n----\n" + text(postrider.log) + log());

    assertThat(fates(text(postrider.log))).isEqualTo(fates(text(postfix.log)));
    assertThat(words(text(postrider.log))).isEqualTo(words(text(postfix.log)));
    assertThat(fates(text(postrider.log)))
        .containsEntry("key.signed.test", "2.0.0 sent taken")
        .containsEntry("wrong.signed.test", "4.7.5 deferred Server certificate not verified")
        .containsEntry(
            "gone.plain.test",
            "4.7.0 deferred Error looking up name=gone.plain.test type=MX: DNS reply filter drops"
                + " all results")
        .containsEntry(
            "bogus.signed.test", "4.7.5 deferred TLSA lookup error for mx.bogus.signed.test:25");
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
