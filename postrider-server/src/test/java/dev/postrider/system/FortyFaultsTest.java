package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.dns.NameServer;
import dev.postrider.oauth.PretendProvider;
import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;

/**
 * Each fault of docs/faults.md, really there, and what {@code postrider doctor} or {@code mailq}
 * say of it: the cause and the remedy. Faults of servers have one server each, side by side; those
 * of an installation one installation each.
 */
@Timeout(400)
class FortyFaultsTest {
  private static final Path PAGE =
      Path.of(System.getProperty("postrider.root", "..")).resolve("docs/faults.md");

  static final String DOCTOR = "postrider doctor";

  private static List<Fault> all() {
    List<Fault> faults = new ArrayList<>(OtherFaults.ALL);
    faults.addAll(ServerRefusals.ALL.keySet());
    faults.addAll(BrokenInstallations.ALL.keySet());
    return faults;
  }

  @Test
  void thePageHasEveryFaultAndWhatIsSaid() throws IOException {
    List<String> rows =
        Files.readAllLines(PAGE).stream()
            .filter(line -> line.startsWith("| ") && line.contains(" | `"))
            .toList();

    assertThat(rows).hasSizeGreaterThanOrEqualTo(40);
    assertThat(rows).containsExactlyElementsOf(all().stream().map(Fault::row).toList());
  }

  /** Makes transport and TLS policy of servers, and a message for each. */
  private static final class Mailing {
    final Instance host;
    final StringBuilder transport = new StringBuilder();
    final StringBuilder policy = new StringBuilder();
    final Map<String, Fault> faults = new LinkedHashMap<>();

    Mailing(Instance host) {
      this.host = host;
    }

    void to(Fault fault, String address, String nextHop, String tls) {
      faults.put(address, fault);
      transport
          .append(address.substring(address.indexOf('@') + 1))
          .append(" smtp:")
          .append(nextHop)
          .append('\n');
      policy.append(nextHop).append(' ').append(tls).append('\n');
    }

    void to(Fault fault, String address, int port, String tls) {
      to(fault, address, "[127.0.0.1]:" + port, tls);
    }

    /** Sends them all, waits until each has been tried, and gives back what each command says. */
    Map<String, String> send() throws IOException, InterruptedException {
      Files.writeString(host.etc.resolve("transport"), transport);
      Files.writeString(host.etc.resolve("policy"), policy);
      host.main(
          """
          transport_maps = texthash:%1$s/transport
          smtp_tls_policy_maps = texthash:%1$s/policy
          smtp_tls_CAfile = %1$s/ca.pem
          smtp_connect_timeout = 2s
          smtp_helo_timeout = 2s
          inet_protocols = ipv4
          """
              .formatted(host.etc));
      TestCertificates.file(host.etc, "ca.pem");
      Path aliases = host.etc.resolve("aliases");
      Files.writeString(aliases, Files.readString(aliases) + "me: root\n");
      host.start();
      for (String address : faults.keySet()) {
        Shell.Result sent =
            host.shell.run(
                "{ printf 'Subject: x\\n\\n'; yes 12345678 | head -c 3000; } | sendmail -f"
                    + " me@host.local.test "
                    + address);
        assertThat(sent.code()).as(sent.all()).isZero();
      }
      for (String address : faults.keySet()) {
        Pattern told = Pattern.compile("to=<" + Pattern.quote(address) + ">.* status=");
        host.await(address + " to be tried", () -> told.matcher(host.logText()).find());
      }
      Map<String, String> said = new LinkedHashMap<>();
      said.put("mailq", host.shell.run("mailq").out());
      said.put("doctor", host.shell.run("postrider doctor --offline").out());
      return said;
    }

    void assertTold() throws IOException, InterruptedException {
      Map<String, String> said = send();
      List<AssertionError> wrong = new ArrayList<>();
      for (Fault fault : faults.values()) {
        try {
          fault.assertToldBy(said.getOrDefault(fault.command(), ""), "");
        } catch (AssertionError e) {
          wrong.add(e);
        }
      }
      assertThat(wrong).isEmpty();
    }
  }

  @Test
  void serversThatAreNotReachedOrNotTrusted() throws Exception {
    try (Instance host = Instance.create();
        NameServer names = new NameServer(0);
        FaultyServers servers = new FaultyServers()) {
      Name noMail = Name.fromConstantString("no-mail.test.");
      names.has(noMail, new MXRecord(noMail, DClass.IN, 60, 0, Name.root));
      Mailing mailing = new Mailing(host);
      mailing.to(OtherFaults.NO_SUCH_HOST, "a@no-host.test", "[smpt.provider.test]:587", "none");
      mailing.to(OtherFaults.CLOSED, "a@closed.test", Instance.freePort(), "none");
      mailing.to(OtherFaults.BLACK_HOLE, "a@black-hole.test", servers.blackHole(), "none");
      mailing.to(OtherFaults.SILENT, "a@silent.test", servers.provider().greet("").port(), "none");
      mailing.to(
          OtherFaults.NO_SMTP,
          "a@web.test",
          servers.provider().greet("HTTP/1.1 400 Bad").port(),
          "none");
      mailing.to(OtherFaults.STRIPPED, "a@stripped.test", servers.provider().port(), "encrypt");
      String verify = "verify match=mx.example.net";
      mailing.to(
          OtherFaults.EXPIRED,
          "a@expired.test",
          servers.provider().protect(FaultyServers.certificate("expired.pem")).port(),
          verify);
      mailing.to(
          OtherFaults.SELF_SIGNED,
          "a@self-signed.test",
          servers.provider().protect(servers.selfSigned(host.directory, host.shell)).port(),
          verify);
      mailing.to(
          OtherFaults.WRONG_NAME,
          "a@wrong-name.test",
          servers.provider().protect(FaultyServers.certificate("mx.pem")).port(),
          "verify match=other.example.net");
      mailing.to(OtherFaults.NULL_MX, "a@no-mail.test", "no-mail.test", "none");
      mailing.to(
          OtherFaults.TOO_BIG,
          "a@too-big.test",
          servers.provider().announce("SIZE 1000").port(),
          "none");
      ask(host, names);
      mailing.assertTold();
    }
  }

  /** Has every program of an installation ask one name server. */
  private static void ask(Instance host, NameServer names) throws IOException {
    host.main(
        "import_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C"
            + " POSTLOG_SERVICE POSTLOG_HOSTNAME JAVA_TOOL_OPTIONS");
    host.shell.set("JAVA_TOOL_OPTIONS", "-Ddns.server=127.0.0.1:" + names.address().getPort());
  }

  @Test
  void serversThatRefuse() throws Exception {
    try (Instance host = Instance.create();
        FaultyServers servers = new FaultyServers()) {
      Mailing mailing = new Mailing(host);
      int number = 0;
      for (Map.Entry<Fault, String[]> each : ServerRefusals.ALL.entrySet()) {
        RefusingProvider provider = servers.provider();
        provider.refuse(each.getValue()[0], each.getValue()[1]);
        String address =
            each.getKey().cause().contains("mailbox-full")
                ? "full@mailbox-full.test"
                : "a@refusal" + number++ + ".test";
        mailing.to(each.getKey(), address, provider.port(), "none");
      }
      mailing.assertTold();
    }
  }

  @Test
  void loginsThatFail() throws Exception {
    try (Instance host = Instance.create();
        PretendProvider identities = new PretendProvider();
        FaultyServers servers = new FaultyServers()) {
      Mailing mailing = new Mailing(host);
      StringBuilder passwords = new StringBuilder();
      Map<Fault, String> replies = new LinkedHashMap<>();
      replies.put(
          OtherFaults.APP_PASSWORD,
          "534 5.7.9 Application-specific password required. Learn more at ...");
      replies.put(OtherFaults.WRONG_PASSWORD, "535 5.7.8 Error: authentication failed");
      replies.put(
          OtherFaults.NO_BASIC,
          "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.");
      int number = 0;
      for (Map.Entry<Fault, String> each : replies.entrySet()) {
        RefusingProvider provider = servers.provider();
        provider.refuse("AUTH", each.getValue());
        mailing.to(each.getKey(), "a@login" + number++ + ".test", provider.port(), "none");
        passwords.append("[127.0.0.1]:%d u%d:word\n".formatted(provider.port(), number));
      }
      RefusingProvider quota = servers.provider();
      quota.refuse("RCPT", "550 5.4.5 Daily user sending limit exceeded.");
      mailing.to(OtherFaults.QUOTA, "a@quota.test", quota.port(), "none");
      passwords.append("[127.0.0.1]:%d quota@provider.test:word\n".formatted(quota.port()));
      RefusingProvider strange = servers.provider().announce("AUTH GSSAPI");
      mailing.to(OtherFaults.NO_MECHANISM, "a@mechanism.test", strange.port(), "none");
      passwords.append("[127.0.0.1]:%d strange@provider.test:word\n".formatted(strange.port()));
      RefusingProvider secret = servers.provider();
      mailing.to(OtherFaults.NO_SECRET, "a@secret.test", secret.port(), "none");
      RefusingProvider token = servers.provider().announce("AUTH XOAUTH2");
      mailing.to(OtherFaults.TOKEN, "a@token.test", token.port(), "none");
      Files.writeString(host.etc.resolve("sasl_passwd"), passwords);
      Files.setAttribute(host.etc.resolve("sasl_passwd"), "unix:mode", 0600);
      Files.writeString(
          host.etc.resolve("secrets"),
          """
          [127.0.0.1]:%d secret@provider.test file:%s/missing
          [127.0.0.1]:%d token@provider.test oauth:token
          """
              .formatted(secret.port(), host.etc, token.port()));
      host.main(
          """
          smtp_sasl_auth_enable = yes
          smtp_sasl_security_options = noanonymous
          smtp_sasl_password_maps = texthash:%1$s/sasl_passwd, secret:%1$s/secrets
          """
              .formatted(host.etc));
      logInOnceAndNeverAgain(host, identities);
      mailing.assertTold();
    }
  }

  /** The token that is got runs out at once, and the next question is refused. */
  private static void logInOnceAndNeverAgain(Instance host, PretendProvider identities)
      throws IOException, InterruptedException {
    identities
        .then(
            200,
            "{\"device_code\":\"d\",\"user_code\":\"U\",\"interval\":1,"
                + "\"verification_uri\":\"https://example.com/device\"}")
        .then(
            200, "{\"access_token\":\"access-1\",\"refresh_token\":\"refresh-1\",\"expires_in\":1}")
        .then(400, "{\"error\":\"invalid_grant\"}");
    assertThat(host.shell.run("postfix check").code()).isZero();
    Shell.Result login =
        host.shell.run(
            "postrider login token --client-id c --scope mail --device-url "
                + identities.at("/device")
                + " --token-url "
                + identities.at("/token"));
    assertThat(login.code()).as(login.all()).isZero();
  }

  @Test
  void deliveryOnThisMachine() throws Exception {
    assumeTrue(Instance.isRoot(), "only root delivers to mailboxes of others");
    try (Instance host = Instance.create()) {
      host.main(
          """
          mailbox_delivery_lock = dotlock
          deliver_lock_attempts = 1
          deliver_lock_delay = 1s
          default_privs = daemon
          mailbox_size_limit = 60000
          message_size_limit = 50000
          """);
      Files.writeString(host.etc.resolve("aliases"), "postmaster: root\nfails: \"|exit 75\"\n");
      Files.writeString(host.directory.resolve("mailboxes/daemon.lock"), "");
      Files.createDirectories(host.directory.resolve("mailboxes/bin"));
      Shell.Result full =
          host.shell.run("head -c 59000 /dev/zero >mailboxes/games && chown games mailboxes/games");
      assertThat(full.code()).as(full.all()).isZero();
      Mailing mailing = new Mailing(host);
      mailing.faults.put("daemon@host.local.test", OtherFaults.LOCKED);
      mailing.faults.put("bin@host.local.test", OtherFaults.NOT_WRITABLE);
      mailing.faults.put("fails@host.local.test", OtherFaults.COMMAND);
      mailing.faults.put("games@host.local.test", OtherFaults.MAILBOX_LIMIT);
      mailing.assertTold();
    }
  }

  /** One that is well: its provider takes everything, and it has been set up and not started. */
  private static Instance sound(RefusingProvider provider)
      throws IOException, InterruptedException {
    Instance host = Instance.create();
    host.main(
        """
        relayhost = [127.0.0.1]:%d
        smtp_sasl_auth_enable = yes
        smtp_sasl_security_options = noanonymous
        smtp_sasl_tls_security_options = noanonymous
        smtp_sasl_password_maps = texthash:%s/sasl_passwd
        smtp_tls_security_level = none
        inet_protocols = ipv4
        """
            .formatted(provider.port(), host.etc));
    Path passwords = host.etc.resolve("sasl_passwd");
    Files.writeString(passwords, "[127.0.0.1]:" + provider.port() + " me@provider.test:word\n");
    Files.setAttribute(passwords, "unix:mode", 0600);
    Files.writeString(host.etc.resolve("aliases"), "postmaster: root\nroot: you@example.com\n");
    Shell.Result check = host.shell.run("postfix check");
    assertThat(check.code()).as(check.all()).isZero();
    return host;
  }

  @Test
  void installationsThatAreNotWell() throws Exception {
    try (FaultyServers servers = new FaultyServers();
        ExecutorService threads = Executors.newFixedThreadPool(3)) {
      RefusingProvider provider = servers.provider();
      String well;
      try (Instance host = sound(provider)) {
        host.start();
        well = host.shell.run(DOCTOR).out();
      }
      Map<Fault, Future<?>> running = new LinkedHashMap<>();
      for (Map.Entry<Fault, BrokenInstallations.Injection> each :
          BrokenInstallations.ALL.entrySet()) {
        running.put(
            each.getKey(),
            threads.submit(() -> {
              try (Instance host = sound(provider);
                  ServerSocket taken = taken(each.getKey(), host)) {
                String command = each.getValue().into(host);
                each.getKey().assertToldBy(host.shell.run(command).out(), well);
                return taken;
              }
            }));
      }
      assertAllDone(running);
    }
  }

  /** The port of the installation's server, if that is the fault; else any other. */
  private static ServerSocket taken(Fault fault, Instance host) throws IOException {
    return new ServerSocket(
        fault.name().startsWith("another program") ? host.port : 0,
        1,
        InetAddress.ofLiteral("127.0.0.1"));
  }

  private static void assertAllDone(Map<Fault, Future<?>> running) throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Fault, Future<?>> each : running.entrySet()) {
      try {
        each.getValue().get();
      } catch (java.util.concurrent.ExecutionException e) {
        wrong.add(each.getKey().name() + ": " + e.getCause());
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String doctor(Instance host) throws IOException, InterruptedException {
    return host.shell.run(DOCTOR).out();
  }

  @Test
  void theProviderAsDoctorFindsIt() throws Exception {
    try (FaultyServers servers = new FaultyServers()) {
      RefusingProvider refusing = servers.provider();
      refusing.refuse("AUTH", "535 5.7.8 Error: authentication failed");
      try (Instance host = sound(refusing)) {
        OtherFaults.REFUSED_BY_TRIAL.assertToldBy(doctor(host), "");
        // A monitor that looks again and again must not lock the account.
        OtherFaults.REFUSED_BY_TRIAL.assertToldBy(doctor(host), "");
        assertThat(refusing.logins()).isEqualTo(1);
      }
      try (Instance host = sound(servers.provider())) {
        host.main("smtp_tls_security_level = encrypt");
        OtherFaults.STRIPPED_BEFORE.assertToldBy(doctor(host), "");
      }
      try (Instance host = sound(servers.provider())) {
        host.main("relayhost = [127.0.0.1]:" + host.port);
        OtherFaults.OWN_RELAY.assertToldBy(doctor(host), "");
      }
    }
  }

  @Test
  void namesAndNetworksAsDoctorFindsThem() throws Exception {
    try (FaultyServers servers = new FaultyServers();
        NameServer names = new NameServer(0)) {
      RefusingProvider provider = servers.provider();
      Name both = Name.fromConstantString("both.provider.test.");
      names.has(
          both,
          new ARecord(both, DClass.IN, 60, InetAddress.ofLiteral("127.0.0.1")),
          new AAAARecord(both, DClass.IN, 60, InetAddress.ofLiteral("2001:db8::1")));
      for (String domain : List.of("gmail.com.", "icloud.com.")) {
        Name name = Name.fromConstantString(domain);
        Name server = Name.fromConstantString("mx." + domain);
        names.has(name, new MXRecord(name, DClass.IN, 60, 10, server));
        // The broadcast address of loopback: no connection can be made to it.
        names.has(
            server, new ARecord(server, DClass.IN, 60, InetAddress.ofLiteral("127.255.255.255")));
      }
      try (Instance host = sound(provider)) {
        ask(host, names);
        host.main("inet_protocols = all\nrelayhost = [both.provider.test]:" + provider.port());
        OtherFaults.IPV6.assertToldBy(doctor(host), "");
        host.main("relayhost =");
        OtherFaults.PORT_25.assertToldBy(doctor(host), "");
      }
      names.close();
      try (Instance host = sound(provider)) {
        ask(host, names);
        host.main("relayhost = [smtp.provider.test]:587");
        OtherFaults.DNS_DOWN.assertToldBy(doctor(host), "");
      }
    }
  }

  @Test
  void aFullDiskAsDoctorFindsIt() throws Exception {
    assumeTrue(Instance.isRoot(), "only root can mount a small file system");
    try (FaultyServers servers = new FaultyServers();
        Instance host = sound(servers.provider())) {
      Shell.Result said =
          host.shell.run(
              "unshare -m sh -c 'mount --make-rprivate / && mount -t tmpfs -o size=1m none q/spool"
                  + " && mount -t tmpfs -o size=1m none q && postrider doctor --offline'");
      assumeTrue(said.out().contains("ell: "), "no mount can be made here: " + said.err());
      OtherFaults.DISK_FULL.assertToldBy(said.out(), "");
    }
  }
}
