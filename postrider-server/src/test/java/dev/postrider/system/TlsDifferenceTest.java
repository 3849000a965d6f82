package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same TLS policies with Debian's Postfix and with Postrider as clients, against a Postfix
 * server that asks for a certificate: the same becomes of the mail, and the log calls the same
 * connections verified.
 */
class TlsDifferenceTest {
  private static final Pattern FATE =
      Pattern.compile("to=<a@c(\\d+)\\.test>, .*dsn=([0-9.]+), status=(\\w+) ");
  private static final Pattern ESTABLISHED =
      Pattern.compile("(\\w+) TLS connection established to 127.0.0.1\\[127.0.0.1\\]:(\\d+)");
  private static final Pattern SEEN =
      Pattern.compile(
          "(\\w+) TLS connection established from localhost\\[127.0.0.1\\]: (TLSv\\S+)");

  private static Path directory;
  private static RealPostfix server;
  private static RealPostfix postfix;
  private static Instance postrider;
  private static List<String> policies;
  private static int[] ports;

  @BeforeAll
  static void bothClients() throws Exception {
    server = RealPostfix.create();
    directory = server.directory;
    policies = policies();
    ports = new int[policies.size()];
    StringBuilder master = new StringBuilder();
    StringBuilder transport = new StringBuilder();
    StringBuilder policy = new StringBuilder();
    for (int i = 0; i < ports.length; i++) {
      ports[i] = Instance.freePort();
      master.append("127.0.0.1:").append(ports[i]).append(" inet n - n - - smtpd\n");
      transport
          .append("c")
          .append(i)
          .append(".test smtp:[127.0.0.1]:")
          .append(ports[i])
          .append('\n');
      policy
          .append("[127.0.0.1]:")
          .append(ports[i])
          .append(' ')
          .append(policies.get(i))
          .append('\n');
    }
    Path file = server.etc.resolve("master.cf");
    Files.writeString(file, Files.readString(file) + master);
    server.main(
        """
        myhostname = server.test
        mydestination =
        mynetworks = 127.0.0.0/8
        content_filter = discard:
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = %1$s/mx.pem
        smtpd_tls_CAfile = %1$s/ca.pem
        smtpd_tls_ask_ccert = yes
        smtpd_tls_loglevel = 1
        """
            .formatted(directory));
    for (String name : List.of("mx.pem", "ca.pem", "ca-key.pem", "client-rsa.pem")) {
      TestCertificates.file(directory, name);
    }
    Files.writeString(directory.resolve("transport"), transport);
    Files.writeString(directory.resolve("policy"), policy);
    server.start();
    String client =
        """
        inet_protocols = ipv4
        transport_maps = texthash:%1$s/transport
        smtp_tls_policy_maps = texthash:%1$s/policy
        smtp_tls_CAfile = %1$s/ca.pem
        smtp_tls_chain_files = %1$s/client-rsa.pem
        smtp_tls_fingerprint_digest = sha256
        smtp_tls_loglevel = 1
        """
            .formatted(directory);
    postfix = RealPostfix.start(client);
    postrider = Instance.create();
    postrider.main(client);
    postrider.start();
  }

  private static List<String> policies() throws Exception {
    X509Certificate leaf = TestCertificates.chain("mx.pem")[0];
    String certificate = TestCertificates.digest("SHA-256", leaf.getEncoded());
    String key = TestCertificates.digest("SHA-256", leaf.getPublicKey().getEncoded());
    return List.of(
        "none",
        "may",
        "encrypt",
        "fingerprint match=" + certificate,
        "fingerprint match=" + "00".repeat(32) + "|" + key,
        "fingerprint match=" + "00".repeat(32),
        "secure match=mx.example.net",
        "verify match=.example.net",
        "secure match=a.wild.example",
        "secure match=a.b.wild.example",
        "verify",
        "secure tafile=" + directory + "/ca.pem match=mx.example.net",
        "secure tafile=" + directory + "/ca-key.pem match=mx.example.net",
        "secure tafile=" + directory + "/mx.pem match=mx.example.net",
        "secure tafile=" + directory + "/mx.pem match=other.example",
        "secure tafile=" + directory + "/missing match=mx.example.net",
        "encrypt protocols=TLSv1.2 exclude=aNULL:CHACHA20",
        "encrypt protocols=TLSv1.2 ciphers=high",
        "encrypt match=mx.example.net",
        "secure nonsense=yes",
        "fingerprint");
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {postrider, postfix, server}) {
      if (one != null) {
        one.close();
      }
    }
  }

  /** By the number of the case. */
  private static Map<Integer, String> fates(Path log) {
    Map<Integer, String> found = new TreeMap<>();
    Matcher matcher = FATE.matcher(text(log));
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(1));
      // The words of what waits go on with a reason here.
      String taken = matcher.group(3).equals("sent") ? "taken" : matcher.group(3);
      found.putIfAbsent(number, policies.get(number) + ": " + matcher.group(2) + " " + taken);
    }
    return found;
  }

  private static Map<Integer, String> words(Path log) {
    Map<Integer, String> found = new TreeMap<>();
    Matcher matcher = ESTABLISHED.matcher(text(log));
    while (matcher.find()) {
      for (int i = 0; i < ports.length; i++) {
        if (ports[i] == Integer.parseInt(matcher.group(2))) {
          found.put(i, policies.get(i) + ": " + matcher.group(1));
        }
      }
    }
    return found;
  }

  private static List<String> seen(Path log, int from) {
    return SEEN.matcher(text(log).substring(from))
        .results()
        .map(r -> r.group(1) + " " + r.group(2))
        .sorted()
        .toList();
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void theSamePoliciesDoTheSame() throws Exception {
    for (int i = 0; i < ports.length; i++) {
      String send =
          "printf 'Subject: x\\n\\nx\\n' | sendmail -f me@host.local.test a@c" + i + ".test";
      assertThat(postfix.shell.run(send.replace("sendmail", "/usr/sbin/sendmail")).code()).isZero();
    }
    Instance.await(
        "Postfix to have tried all",
        () -> fates(postfix.log).size() == ports.length,
        () -> text(postfix.log));
    List<String> ofPostfix = seen(server.log, 0);
    int length = text(server.log).length();
    for (int i = 0; i < ports.length; i++) {
      String send =
          "printf 'Subject: x\\n\\nx\\n' | sendmail -f me@host.local.test a@c" + i + ".test";
      assertThat(postrider.shell.run(send).code()).isZero();
    }
    Instance.await(
        "Postrider to have tried all",
        () -> fates(postrider.log).size() == ports.length,
        () -> text(postrider.log));

    assertThat(fates(postrider.log)).isEqualTo(fates(postfix.log));
    assertThat(words(postrider.log)).isEqualTo(words(postfix.log));
    // Our certificate was asked for, shown, and trusted as Postfix's was.
    assertThat(seen(server.log, length)).isEqualTo(ofPostfix);
    assertThat(ofPostfix).contains("Trusted TLSv1.3", "Trusted TLSv1.2").hasSizeGreaterThan(10);
  }
}
