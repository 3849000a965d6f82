package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.dns.NameServer;
import dev.postrider.oauth.PretendProvider;
import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
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
import java.util.zip.CRC32C;
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

  /** What makes a fault. */
  @FunctionalInterface
  private interface Injection {
    /** Breaks an installation; what is returned is asked in place of {@code postrider doctor}. */
    String into(Instance host) throws Exception;
  }

  private static final String DOCTOR = "postrider doctor";

  /** Faults of servers: how they refuse mail. */
  private static final Map<Fault, String[]> REFUSALS = new LinkedHashMap<>();

  private static void refusal(
      String name, String command, String cause, String remedy, String verb, String reply) {
    REFUSALS.put(new Fault(name, command, cause, remedy), new String[] {verb, reply});
  }

  static {
    refusal(
        "greylisting",
        "mailq",
        "lets senders that it does not know wait at first",
        "the mail is tried again by itself",
        "RCPT",
        "450 4.2.0 Greylisted, see http://postgrey.example/");
    refusal(
        "the server's disk is full",
        "mailq",
        "has no room left",
        "The provider must act: Wait",
        "MAIL",
        "452 4.3.1 Insufficient system storage");
    refusal(
        "too many connections",
        "mailq",
        "takes no more connections from here at once",
        "lower smtp_destination_concurrency_limit",
        "MAIL",
        "421 4.7.0 Too many connections from your IP");
    refusal(
        "the recipient's mailbox is full",
        "mailq",
        "The mailbox of full@mailbox-full.test is full",
        "Tell the person another way",
        "RCPT",
        "452 4.2.2 The email account that you tried to reach is over quota");
    refusal(
        "no such recipient",
        "doctor",
        "There is no mailbox",
        "Check the part before the @ for a typing error",
        "RCPT",
        "550 5.1.1 The email account that you tried to reach does not exist");
    refusal(
        "SPF or DMARC refuses the sender",
        "doctor",
        "does not vouch for it (SPF, DKIM, DMARC)",
        "publish SPF and sign with DKIM",
        "DATA",
        "550 5.7.26 Your email has been blocked because the sender is unauthenticated (DMARC)");
    refusal(
        "no name for this machine's address (PTR)",
        "doctor",
        "This machine's address has no proper name in DNS (PTR)",
        "set its PTR record to the name in myhostname",
        "MAIL",
        "550 5.7.25 The IP address sending this message does not have a PTR record");
    refusal(
        "this machine's address is on a blocklist",
        "doctor",
        "on a list of senders of unwanted mail",
        "ask for removal",
        "RCPT",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org");
    refusal(
        "a message goes round",
        "doctor",
        "The message goes round in a circle",
        "show where it comes back",
        "DATA",
        "554 5.4.6 Too many hops");
    refusal(
        "the server does not relay",
        "mailq",
        "it does not know this machine, or nobody logged in",
        "Check relayhost and its login",
        "RCPT",
        "454 4.7.1 Relay access denied");
    refusal(
        "a login is wanted and none is set up",
        "mailq",
        "takes mail only from those who log in",
        "Set smtp_sasl_auth_enable = yes",
        "MAIL",
        "530 5.7.0 Authentication required");
    refusal(
        "TLS is wanted and none is used",
        "mailq",
        "takes mail only inside TLS",
        "Set smtp_tls_security_level = encrypt",
        "MAIL",
        "530 5.7.0 Must issue a STARTTLS command first");
    refusal(
        "From is refused",
        "mailq",
        "wants one of the account's own addresses as sender",
        "Rewrite the sender with smtp_generic_maps",
        "MAIL",
        "550 5.7.0 From address is not one of your addresses");
  }

  private static final Map<Fault, Injection> INSTALLATIONS = new LinkedHashMap<>();

  private static void installation(String name, String cause, String remedy, Injection injection) {
    INSTALLATIONS.put(new Fault(name, "doctor", cause, remedy), injection);
  }

  private static Injection main(String line) {
    return host -> {
      host.main(line);
      return DOCTOR;
    };
  }

  private static Injection shell(String script) {
    return host -> {
      Shell.Result result = host.shell.run(script);
      assertThat(result.code()).as(result.all()).isZero();
      return DOCTOR;
    };
  }

  static {
    installation(
        "the mail system does not run, and a stale pid file says that it does",
        "the mail system does not run",
        "do: postfix -c",
        shell("echo 4194300 >q/pid/master.pid"));
    installation(
        "a parameter that does not exist",
        "unused parameter: relayhosst",
        "-X relayhosst",
        main("relayhosst = x"));
    installation(
        "a value that cannot be",
        "bad time",
        "mend that, then: postrider doctor",
        main("maximal_queue_lifetime = 5q"));
    installation(
        "a table is missing",
        "No such file",
        "take hash:",
        host -> {
          host.main("canonical_maps = hash:" + host.etc + "/canonical");
          return DOCTOR;
        });
    installation(
        "a table cannot be understood",
        "Unclosed group",
        "do: mend",
        host -> {
          Files.writeString(host.etc.resolve("pat"), "/(unclosed/ x\n");
          host.main("canonical_maps = pcre:" + host.etc + "/pat");
          return DOCTOR;
        });
    installation(
        "the file of aliases is missing",
        "No such file",
        "echo 'root: you@example.com' >",
        shell("rm etc/aliases"));
    installation(
        "nobody reads root's mail",
        "goes to root's own mailbox, and root has no alias",
        "echo 'root: you@example.com' >>",
        shell("echo 'postmaster: root' >etc/aliases"));
    installation(
        "an alias leads to nobody",
        "goes to prtnobodyhere, and there is no such account",
        "echo 'root: you@example.com' >>",
        shell("echo 'root: prtnobodyhere' >etc/aliases"));
    installation(
        "aliases go round",
        "the aliases ann -> bob -> ann lead back to themselves",
        "change one of them in",
        shell("printf 'root: x@example.com\\nann: bob\\nbob: ann\\n' >etc/aliases"));
    installation(
        "a file with passwords is open to all",
        "holds a password or key and has the mode 0644",
        "do: chmod 600",
        shell("chmod 644 etc/sasl_passwd"));
    installation(
        "there is no password for the server",
        "has no entry for [127.0.0.1]",
        "USER:PASSWORD\" in it",
        shell(": >etc/sasl_passwd"));
    installation(
        "passwords are refused inside TLS too",
        "smtp_sasl_tls_security_options = noplaintext",
        "smtp_sasl_tls_security_options = noanonymous",
        main("smtp_sasl_tls_security_options = noplaintext"));
    installation(
        "the maildrop has the wrong mode",
        "instead of 3733",
        "set-permissions",
        shell("chmod 700 q/maildrop"));
    installation(
        "others may look into the spool",
        "it is open to others",
        "set-permissions",
        shell("chmod 755 q/spool"));
    installation(
        "the data directory is gone", "/data is not there", "set-permissions", shell("rm -r data"));
    installation(
        "part of the spool is damaged",
        "damaged part is set aside",
        "postrider spool salvage",
        shell("mkdir -p q/spool/quarantine && echo x >q/spool/quarantine/0-0"));
    installation(
        "nobody takes what was handed over",
        "message in",
        "start",
        shell(
            "echo x | sendmail a@b.test && find q/maildrop -type f -exec touch -d '1 hour ago' {} +"));
    installation(
        "the clock is behind",
        "was written at",
        "timedatectl set-ntp true",
        shell("touch -d '+2 days' mail.log"));
    installation(
        "this machine calls itself localhost",
        "is every machine's name",
        "myhostname = NAME.example.com",
        main("myhostname = localhost"));
    installation(
        "another program has the port",
        "is taken by",
        "give the service another port in master.cf",
        host -> DOCTOR);
    installation(
        "the provider's domain ends here",
        "gmail.com belongs to",
        "take gmail.com out of mydestination",
        main("mydestination = $myhostname, gmail.com"));
    installation(
        "the store of certificates is missing",
        "there is no such file",
        "smtp_tls_CAfile",
        main("smtp_tls_security_level = verify\nsmtp_tls_CAfile = /nonexistent/ca.pem"));
    installation(
        "port 465 without TLS from the start",
        "begins with TLS, and smtp_tls_wrappermode is no",
        "smtp_tls_wrappermode = yes",
        host -> {
          host.main("relayhost = [127.0.0.1]:465");
          return DOCTOR + " --offline";
        });
    installation(
        "senders that the provider does not take",
        "refuses senders that are none of the account's addresses",
        "postrider_relay_sender_maps = static:",
        host -> {
          host.main("relayhost = [smtp.mail.me.com]:587");
          return DOCTOR + " --offline";
        });
    installation(
        "the spool was written by a newer version",
        "was written by a newer version of Postrider",
        "install that version again",
        host -> {
          host.main("defer_transports = smtp, relay");
          host.start();
          assertThat(host.shell.run("echo x | sendmail a@b.test").code()).isZero();
          host.awaitLog("status=deferred");
          assertThat(host.shell.run("postfix stop").code()).isZero();
          ofFormat(host.directory.resolve("q/spool"), 999);
          return DOCTOR;
        });
  }

  /** Has every segment of a stopped spool say that it is of that format. */
  private static void ofFormat(Path spool, int version) throws IOException {
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(spool, "*.segment")) {
      for (Path segment : segments) {
        byte[] bytes = Files.readAllBytes(segment);
        ByteBuffer header = ByteBuffer.wrap(bytes);
        header.putShort(8, (short) version);
        int end = header.getShort(10) - Integer.BYTES;
        CRC32C sum = new CRC32C();
        sum.update(bytes, 0, end);
        header.putInt(end, (int) sum.getValue());
        Files.write(segment, bytes);
      }
    }
  }

  /** Told by mailq, of servers that are not reached or not trusted, or of this machine. */
  private static final Fault NO_SUCH_HOST =
      new Fault(
          "wrong host name",
          "doctor",
          "There is no mail server of that name",
          "for a typing error");

  private static final Fault CLOSED =
      new Fault(
          "port closed", "mailq", "Nothing listens on port", "check name and port in relayhost");
  private static final Fault BLACK_HOLE =
      new Fault(
          "packets vanish",
          "mailq",
          "does not answer on port",
          "check the port in relayhost and the firewalls between");
  private static final Fault SILENT =
      new Fault(
          "connected, and nothing is said",
          "mailq",
          "took the connection and said nothing",
          "Should it last: with port 465, smtp_tls_wrappermode = yes");
  private static final Fault NO_SMTP =
      new Fault(
          "no mail server at all",
          "mailq",
          "answered in a way that is no SMTP",
          "is a mail server; something on the way may answer in its place");
  private static final Fault STRIPPED =
      new Fault(
          "TLS stripped on the way",
          "mailq",
          "something on the way takes the offer out",
          "Do not lower smtp_tls_security_level");
  private static final Fault EXPIRED =
      new Fault(
          "certificate expired",
          "mailq",
          "is not valid today, by this machine's clock",
          "First check the clock: date");
  private static final Fault SELF_SIGNED =
      new Fault(
          "certificate self-signed",
          "mailq",
          "Nobody whom this machine trusts vouches for the certificate",
          "a file with just that");
  private static final Fault WRONG_NAME =
      new Fault(
          "certificate for another name",
          "mailq",
          "is for another name",
          "Put the name that the log line ends with into relayhost");
  private static final Fault NULL_MX =
      new Fault(
          "a domain without mail",
          "doctor",
          "declares that it takes no mail at all",
          "Check the address for a typing error");
  private static final Fault LOCKED =
      new Fault(
          "a mailbox stays locked",
          "mailq",
          "Another program has the mailbox of",
          "left from a crash");
  private static final Fault NOT_WRITABLE =
      new Fault(
          "a mailbox cannot be written",
          "mailq",
          "cannot be written",
          "it must be a plain file of its user");
  private static final Fault COMMAND =
      new Fault(
          "the command of an alias fails",
          "mailq",
          "The command that gets mail for",
          "Run it by hand as that user");
  private static final Fault MAILBOX_LIMIT =
      new Fault(
          "a mailbox has reached its limit",
          "doctor",
          "There is no room for mail to",
          "raise mailbox_size_limit");
  private static final Fault TOO_BIG =
      new Fault(
          "message larger than the server takes (SIZE)",
          "doctor",
          "127.0.0.1 takes 1000",
          "Send less, or a link to it");

  private static final Fault APP_PASSWORD =
      new Fault(
          "an app password is needed",
          "mailq",
          "has 2-step verification, so its own password does not work here",
          "Make an app password at https://myaccount.google.com/apppasswords");
  private static final Fault WRONG_PASSWORD =
      new Fault(
          "wrong password",
          "mailq",
          "refuses user name or password of",
          "Check the line for this server in the file of smtp_sasl_password_maps");
  private static final Fault NO_BASIC =
      new Fault(
          "Microsoft takes no passwords",
          "mailq",
          "takes no passwords for",
          "Log in with a browser: postrider login");
  private static final Fault QUOTA =
      new Fault(
          "the day's quota is used up",
          "mailq",
          "Today's quota of",
          "The mail waits and is tried again a day later");
  private static final Fault NO_MECHANISM =
      new Fault(
          "no way of logging in in common",
          "mailq",
          "offers no way of logging in that the settings allow",
          "smtp_sasl_tls_security_options = noanonymous");
  private static final Fault NO_SECRET =
      new Fault(
          "the file of a secret is missing",
          "mailq",
          "cannot be had from where it is kept",
          "postrider secret list shows all of them");
  private static final Fault TOKEN =
      new Fault(
          "the leave to log in has ended (OAuth, invalid_grant)",
          "mailq",
          "ALARM: account token@provider.test at 127.0.0.1 needs a login, and its mail waits:"
              + " 127.0.0.1 said invalid_grant",
          "You must act: postrider login token");

  private static final Fault REFUSED_BY_TRIAL =
      new Fault(
          "wrong password, before any mail",
          "doctor",
          "said: 535 5.7.8 Error: authentication failed",
          "do: Check the line for this server");
  private static final Fault STRIPPED_BEFORE =
      new Fault(
          "TLS stripped, before any mail",
          "doctor",
          "TLS is required, but was not offered",
          "do: Do not lower smtp_tls_security_level");
  private static final Fault DNS_DOWN =
      new Fault(
          "the name servers do not answer",
          "doctor",
          "no name server answers a question for",
          "look whether the network is up");
  private static final Fault DISK_FULL =
      new Fault("the disk is full", "doctor", "no mail is accepted", "make room: du -xh");
  private static final Fault PORT_25 =
      new Fault(
          "the network blocks port 25",
          "doctor",
          "this network blocks port 25 outward",
          "relay through a provider: postrider setup");
  private static final Fault IPV6 =
      new Fault(
          "IPv6 does not work here", "doctor", "IPv6 does not work here", "inet_protocols = ipv4");
  private static final Fault OWN_RELAY =
      new Fault(
          "relayhost is this mail system itself",
          "doctor",
          "that is this mail system itself",
          "relayhost = [SERVER]:587");

  private static final List<Fault> OTHERS =
      List.of(
          NO_SUCH_HOST,
          CLOSED,
          BLACK_HOLE,
          SILENT,
          NO_SMTP,
          STRIPPED,
          EXPIRED,
          SELF_SIGNED,
          WRONG_NAME,
          NULL_MX,
          TOO_BIG,
          APP_PASSWORD,
          WRONG_PASSWORD,
          NO_BASIC,
          QUOTA,
          NO_MECHANISM,
          NO_SECRET,
          TOKEN,
          LOCKED,
          NOT_WRITABLE,
          COMMAND,
          MAILBOX_LIMIT,
          REFUSED_BY_TRIAL,
          STRIPPED_BEFORE,
          DNS_DOWN,
          IPV6,
          PORT_25,
          OWN_RELAY,
          DISK_FULL);

  private static List<Fault> all() {
    List<Fault> faults = new ArrayList<>(OTHERS);
    faults.addAll(REFUSALS.keySet());
    faults.addAll(INSTALLATIONS.keySet());
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
      mailing.to(NO_SUCH_HOST, "a@no-host.test", "[smpt.provider.test]:587", "none");
      mailing.to(CLOSED, "a@closed.test", Instance.freePort(), "none");
      mailing.to(BLACK_HOLE, "a@black-hole.test", servers.blackHole(), "none");
      mailing.to(SILENT, "a@silent.test", servers.provider().greet("").port(), "none");
      mailing.to(
          NO_SMTP, "a@web.test", servers.provider().greet("HTTP/1.1 400 Bad").port(), "none");
      mailing.to(STRIPPED, "a@stripped.test", servers.provider().port(), "encrypt");
      String verify = "verify match=mx.example.net";
      mailing.to(
          EXPIRED,
          "a@expired.test",
          servers.provider().protect(FaultyServers.certificate("expired.pem")).port(),
          verify);
      mailing.to(
          SELF_SIGNED,
          "a@self-signed.test",
          servers.provider().protect(servers.selfSigned(host.directory, host.shell)).port(),
          verify);
      mailing.to(
          WRONG_NAME,
          "a@wrong-name.test",
          servers.provider().protect(FaultyServers.certificate("mx.pem")).port(),
          "verify match=other.example.net");
      mailing.to(NULL_MX, "a@no-mail.test", "no-mail.test", "none");
      mailing.to(
          TOO_BIG, "a@too-big.test", servers.provider().announce("SIZE 1000").port(), "none");
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
      for (Map.Entry<Fault, String[]> each : REFUSALS.entrySet()) {
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
          APP_PASSWORD, "534 5.7.9 Application-specific password required. Learn more at ...");
      replies.put(WRONG_PASSWORD, "535 5.7.8 Error: authentication failed");
      replies.put(
          NO_BASIC, "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.");
      int number = 0;
      for (Map.Entry<Fault, String> each : replies.entrySet()) {
        RefusingProvider provider = servers.provider();
        provider.refuse("AUTH", each.getValue());
        mailing.to(each.getKey(), "a@login" + number++ + ".test", provider.port(), "none");
        passwords.append("[127.0.0.1]:%d u%d:word\n".formatted(provider.port(), number));
      }
      RefusingProvider quota = servers.provider();
      quota.refuse("RCPT", "550 5.4.5 Daily user sending limit exceeded.");
      mailing.to(QUOTA, "a@quota.test", quota.port(), "none");
      passwords.append("[127.0.0.1]:%d quota@provider.test:word\n".formatted(quota.port()));
      RefusingProvider strange = servers.provider().announce("AUTH GSSAPI");
      mailing.to(NO_MECHANISM, "a@mechanism.test", strange.port(), "none");
      passwords.append("[127.0.0.1]:%d strange@provider.test:word\n".formatted(strange.port()));
      RefusingProvider secret = servers.provider();
      mailing.to(NO_SECRET, "a@secret.test", secret.port(), "none");
      RefusingProvider token = servers.provider().announce("AUTH XOAUTH2");
      mailing.to(TOKEN, "a@token.test", token.port(), "none");
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
      mailing.faults.put("daemon@host.local.test", LOCKED);
      mailing.faults.put("bin@host.local.test", NOT_WRITABLE);
      mailing.faults.put("fails@host.local.test", COMMAND);
      mailing.faults.put("games@host.local.test", MAILBOX_LIMIT);
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
      for (Map.Entry<Fault, Injection> each : INSTALLATIONS.entrySet()) {
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
        REFUSED_BY_TRIAL.assertToldBy(doctor(host), "");
        // A monitor that looks again and again must not lock the account.
        REFUSED_BY_TRIAL.assertToldBy(doctor(host), "");
        assertThat(refusing.logins()).isEqualTo(1);
      }
      try (Instance host = sound(servers.provider())) {
        host.main("smtp_tls_security_level = encrypt");
        STRIPPED_BEFORE.assertToldBy(doctor(host), "");
      }
      try (Instance host = sound(servers.provider())) {
        host.main("relayhost = [127.0.0.1]:" + host.port);
        OWN_RELAY.assertToldBy(doctor(host), "");
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
        IPV6.assertToldBy(doctor(host), "");
        host.main("relayhost =");
        PORT_25.assertToldBy(doctor(host), "");
      }
      names.close();
      try (Instance host = sound(provider)) {
        ask(host, names);
        host.main("relayhost = [smtp.provider.test]:587");
        DNS_DOWN.assertToldBy(doctor(host), "");
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
      DISK_FULL.assertToldBy(said.out(), "");
    }
  }
}
