package dev.postrider.sts;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.SilentDns;
import dev.postrider.io.OwnUser;
import dev.postrider.tls.TestCertificates;
import dev.postrider.tls.TrustAnchors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Policies from a web server on loopback, whose answers the test writes. */
@Timeout(60)
class StsPoliciesTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
  private static final String POLICY =
      "version: STSv1\nmode: enforce\nmx: mx.example.net\nmax_age: 604800\n";

  @TempDir private Path directory;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private DnsAnswer<String> texts = record("1");
  private volatile String answer = OK + "\r\n" + POLICY;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private ServerSocket server;
  private StsPolicies policies;

  @BeforeEach
  void start() throws Exception {
    server =
        TestCertificates.server("mta-sts.pem")
            .getServerSocketFactory()
            .createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
    Thread.ofVirtual().start(this::serve);
    policies = policies();
  }

  private StsPolicies policies() throws IOException {
    Resolver dns = new Dns();
    return new StsPolicies(
        dns,
        new StsFetcher(
            dns,
            new TrustAnchors(TestCertificates.file(directory, "ca.pem").toString(), "", false, 9),
            server.getLocalPort()),
        directory,
        () -> now,
        new StsPolicies.Reports(log::add, log::add));
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private static DnsAnswer<String> record(String id) {
    return new DnsAnswer.Found<>(List.of("v=STSv1; id=" + id + ";"), false);
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(client.getInputStream(), ISO_8859_1));
        StringBuilder request = new StringBuilder();
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
          request.append(line).append('\n');
        }
        if (!request.isEmpty()) {
          heard.add(request.toString());
          client.getOutputStream().write(answer.getBytes(ISO_8859_1));
          client.getOutputStream().flush();
        }
      } catch (IOException _) {
        // Closed, or a client that does not like the certificate.
      }
    }
  }

  private Optional<StsPolicy> find() {
    return policies.find("example.net");
  }

  private void later(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aPolicyIsFetchedOnceAndKept() throws IOException {
    assertThat(find().orElseThrow().mx()).containsExactly("mx.example.net");
    assertThat(find()).isPresent();
    later(Duration.ofMinutes(6));
    assertThat(find()).isPresent();

    assertThat(heard).hasSize(1);
    assertThat(heard.getFirst())
        .startsWith("GET /.well-known/mta-sts.txt HTTP/1.1\nHost: mta-sts.example.net\n");
    assertThat(log).containsExactly("MTA-STS policy of example.net: enforce, mx mx.example.net");
    assertThat(directory.resolve("mta-sts/example.net")).hasContent("1\n1795176000\n" + POLICY);
  }

  @Test
  void aRestartForgetsNothingAndNeitherDoesALostRecord() throws IOException { // RFC 8461 §5.1
    find();
    policies = policies();
    texts = new DnsAnswer.NxDomain<>();
    assertThat(find()).isPresent();
    later(Duration.ofDays(6));
    texts = new DnsAnswer.TemporaryFailure<>("SERVFAIL");
    assertThat(find()).isPresent();
    later(Duration.ofDays(2));
    assertThat(find()).isEmpty();
    assertThat(heard).hasSize(1);
  }

  @Test
  void nothingIsKeptInADirectoryOfAnotherUser() throws IOException {
    assumeTrue(OwnUser.isRoot(), "only root can give a directory away");
    Files.setAttribute(directory, "unix:uid", 65534);
    assertThat(find()).isPresent();
    assertThat(directory.resolve("mta-sts")).doesNotExist();
    Files.setAttribute(directory, "unix:uid", 0);
  }

  @Test
  void anotherIdOrAnotherDayMakesItBeFetchedAnew() {
    find();
    later(Duration.ofMinutes(6));
    texts = record("2");
    answer = OK + "\r\n" + POLICY.replace("enforce", "testing");
    assertThat(find().orElseThrow().mode()).isEqualTo(StsPolicy.Mode.TESTING);
    later(Duration.ofDays(1));
    answer = OK + "\r\n" + POLICY;
    assertThat(find().orElseThrow().mode()).isEqualTo(StsPolicy.Mode.ENFORCE);
    later(Duration.ofDays(1));
    answer = OK + "\r\n" + "version: STSv1\nmode: none\nmax_age: 86400\n";
    assertThat(find()).isEmpty();
  }

  @Test
  void whatCannotBeFetchedLeavesWhatIsKept() {
    find();
    later(Duration.ofMinutes(6));
    texts = record("2");
    answer = "HTTP/1.1 500 Oh\r\n\r\n";
    assertThat(find()).isPresent();
    assertThat(log.getLast())
        .isEqualTo(
            "MTA-STS policy of example.net cannot be fetched: HTTP status 500; the one that is kept"
                + " counts");
    assertThat(heard).hasSize(2);
    assertThat(find()).isPresent();
    assertThat(heard).hasSize(2);
  }

  @Test
  void withoutARecordNobodyIsAsked() {
    texts = new DnsAnswer.NxDomain<>();
    assertThat(find()).isEmpty();
    assertThat(policies.find("../../etc/passwd")).isEmpty();
    assertThat(policies.find("a..b")).isEmpty();
    assertThat(policies.find("")).isEmpty();
    assertThat(heard).isEmpty();
    assertThat(log).isEmpty();
  }

  private void assertRefused(String served, String why) {
    answer = served;
    later(Duration.ofMinutes(6));
    assertThat(find()).isEmpty();
    assertThat(log.getLast())
        .startsWith("MTA-STS policy of example.net cannot be fetched: ")
        .contains(why);
  }

  @Test
  void answersThatDoNotCount() { // RFC 8461 §3.3
    assertRefused(
        "HTTP/1.1 301 Moved\r\nLocation: https://mta-sts.example.net/x\r\n\r\n", "redirects");
    assertRefused("HTTP/1.1 404 Not Found\r\n\r\n" + POLICY, "HTTP status 404");
    assertRefused("SSH-2.0-x\r\n\r\n", "not an HTTP answer");
    assertRefused("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + POLICY, "media type");
    assertRefused(OK + "\r\n<html>", "version is not STSv1");
    assertRefused(OK + "\r\n" + POLICY + "x".repeat(70_000), "longer than 65536 octets");
    assertRefused(OK + "Content-Length: 9999\r\n\r\n" + POLICY, "ends too early");
    assertRefused(OK + "X: " + "y".repeat(20_000) + "\r\n\r\n" + POLICY, "HTTP header is longer");
    assertRefused(OK + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "bad length");
    assertRefused("", "ends too early");
  }

  @Test
  void anAnswerInPiecesIsPutTogether() {
    answer =
        OK
            + "Transfer-Encoding: chunked\r\n\r\n"
            + "10\r\n"
            + POLICY.substring(0, 16)
            + "\r\n"
            + Integer.toHexString(POLICY.length() - 16)
            + ";x=y\r\n"
            + POLICY.substring(16)
            + "\r\n0\r\n\r\n";
    assertThat(find()).isPresent();
  }

  @Test
  void theCertificateMustBeForTheServerOfPolicies() {
    assertThat(policies.find("example.org")).isPresent();
    assertThat(policies.find("example.com")).isEmpty();
    assertThat(log.getLast()).contains("example.com cannot be fetched", "mta-sts.example.com");
    assertThat(heard).hasSize(1);
  }

  @Test
  void aFileThatIsDamagedIsFetchedAnew() throws IOException {
    Files.createDirectories(directory.resolve("mta-sts"));
    Files.writeString(directory.resolve("mta-sts/example.net"), "1\nnow\n" + POLICY);
    assertThat(find()).isPresent();
    assertThat(log.getFirst()).contains("mta-sts/example.net", "the policy is fetched anew");
    assertThat(heard).hasSize(1);
  }

  /** Everything leads to loopback. */
  private final class Dns extends SilentDns {

    @Override
    public DnsAnswer<InetAddress> addresses(String host, Family family) {
      return family == Family.IPV4
          ? new DnsAnswer.Found<>(List.of(InetAddress.ofLiteral("127.0.0.1")), false)
          : new DnsAnswer.NoData<>();
    }

    @Override
    public DnsAnswer<String> texts(String name) {
      assertThat(name).startsWith("_mta-sts.example.");
      return texts;
    }
  }
}
