package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.smtp.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The same mail to the same servers that misbehave, from Debian's Postfix and from the built
 * daemon: what becomes of it is the same in code, status and words, but where docs/differences.md
 * says otherwise.
 */
class MisbehavingServerDifferenceTest {
  private static final Pattern FATE =
      Pattern.compile(
          "to=<([abc])@c(\\d+)\\.test>, relay=([^,]*), .*dsn=([0-9.]+), status=(\\w+) (\\(.*\\))");

  private static final List<ServerFault> CASES = ServerFault.all();

  private static final List<List<ScriptedServer>> SERVERS = new ArrayList<>();

  /** Takes a message, but says so only the second time. */
  private static ScriptedServer again;

  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothClients() throws Exception {
    postfix = RealPostfix.create();
    StringBuilder transport = new StringBuilder();
    for (int i = 0; i < CASES.size(); i++) {
      List<ScriptedServer> servers = new ArrayList<>();
      for (String script : CASES.get(i).scripts()) {
        servers.add(new ScriptedServer(script));
      }
      SERVERS.add(servers);
      transport
          .append("c" + i + ".test smtp:")
          .append(String.join(", ", servers.stream().map(ScriptedServer::nextHop).toList()))
          .append('\n');
    }
    again =
        new ScriptedServer(
            ServerFault.atData("S: 354 go\nDATA\nCLOSE\n"),
            ServerFault.atData("S: 354 go\nDATA\nS: 250 2.0.0 taken\n"));
    transport.append("again.test smtp:" + again.nextHop() + "\n");
    Path maps = postfix.directory.resolve("transport");
    Files.writeString(maps, transport);
    String client =
        """
        inet_protocols = ipv4
        transport_maps = texthash:%s
        smtp_tls_security_level = may
        smtp_helo_timeout = 2s
        smtp_mail_timeout = 2s
        smtp_rcpt_timeout = 2s
        smtp_data_init_timeout = 2s
        smtp_data_xfer_timeout = 2s
        smtp_data_done_timeout = 2s
        smtp_starttls_timeout = 2s
        """
            .formatted(maps);
    postfix.main(client);
    postfix.start();
    postrider = Instance.create();
    postrider.main(client);
    postrider.start();
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {postrider, postfix, again}) {
      if (one != null) {
        one.close();
      }
    }
    for (List<ScriptedServer> servers : SERVERS) {
      for (ScriptedServer server : servers) {
        server.close();
      }
    }
  }

  /** The first fate of each recipient, by the name of the case. */
  private static Map<String, String> fates(Path log) {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = FATE.matcher(Instance.text(log));
    while (matcher.find()) {
      int number = Integer.parseInt(matcher.group(2));
      String fate =
          matcher.group(4) + " " + matcher.group(5) + " " + matcher.group(6) + matcher.group(3);
      found.putIfAbsent(
          CASES.get(number).name() + " " + matcher.group(1), withoutPorts(fate, number));
    }
    return found;
  }

  private static String withoutPorts(String fate, int number) {
    String plain = fate;
    for (int i = 0; i < SERVERS.get(number).size(); i++) {
      plain = plain.replace(":" + SERVERS.get(number).get(i).port(), ":PORT" + (i + 1));
    }
    return plain
        // The sizes differ by the name in Received.
        .replaceFirst("message size \\d+", "message size N")
        .replaceFirst("\\)(127.*|none)$", ") $1");
  }

  private static int recipients() {
    return CASES.stream().mapToInt(ServerFault::recipients).sum();
  }

  private static void send(Shell shell, String sendmail) throws Exception {
    for (int i = 0; i < CASES.size(); i++) {
      StringBuilder to = new StringBuilder();
      for (int r = 0; r < CASES.get(i).recipients(); r++) {
        to.append(' ').append((char) ('a' + r)).append("@c").append(i).append(".test");
      }
      String body =
          CASES.get(i).large() ? "head -c 6000000 /dev/zero | tr '\\0' x | fold -w 70" : "echo x";
      assertThat(
              shell
                  .run(
                      "( printf 'Subject: x\\n\\n'; "
                          + body
                          + " ) | "
                          + sendmail
                          + " -f me@host.local.test"
                          + to)
                  .code())
          .isZero();
    }
  }

  @Test
  void theSameBecomesOfTheSameMail() throws Exception {
    send(postfix.shell, "/usr/sbin/sendmail");
    send(postrider.shell, "sendmail");
    Instance.await(
        "Postfix to have tried all",
        () -> fates(postfix.log).size() == recipients(),
        () -> missing(postfix.log));
    Instance.await(
        "Postrider to have tried all",
        () -> fates(postrider.log).size() == recipients(),
        () -> missing(postrider.log));

    Map<String, String> ofPostfix = fates(postfix.log);
    Map<String, String> ours = fates(postrider.log);
    StringBuilder expected = new StringBuilder();
    StringBuilder found = new StringBuilder();
    ofPostfix.forEach((name, fate) -> {
      ServerFault fault =
          CASES.stream().filter(c -> name.startsWith(c.name() + " ")).findFirst().orElseThrow();
      boolean same = fault.ours().isEmpty();
      expected.append(name + ": " + (same ? fate : fault.ours()) + "\n");
      String own = String.valueOf(ours.get(name));
      found.append(name + ": " + (same ? own : own.replaceFirst(" \\(.*", "")) + "\n");
    });
    assertThat(LineDifference.of(expected.toString(), found.toString())).isEmpty();
  }

  /** RFC 5321 §4.5.3.2.6: it may come twice, and whoever compares can tell. */
  @Test
  void c04TheSecondAttemptIsTheSameMessage() throws Exception {
    assertThat(
            postrider
                .shell
                .run("printf 'Subject: x\\n\\nx\\n' | sendmail -f me@host.local.test a@again.test")
                .code())
        .isZero();
    postrider.awaitLog("message may be sent more than once");
    assertThat(postrider.shell.run("postqueue -f").code()).isZero();
    postrider.await("the second attempt", () -> again.contents().size() == 2);

    assertThat(again.contents().get(0)).isEqualTo(again.contents().get(1)).contains("Message-Id:");
  }

  private static String missing(Path log) {
    Map<String, String> found = fates(log);
    return CASES.stream()
            .map(ServerFault::name)
            .filter(name -> !found.containsKey(name + " a"))
            .toList()
        + "\n"
        + Instance.text(log);
  }
}
