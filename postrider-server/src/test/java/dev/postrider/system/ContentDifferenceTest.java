package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.smtp.ScriptedServer;
import java.nio.charset.StandardCharsets;
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
 * The same mail from Debian's Postfix and from the built daemon to servers that can do this and
 * cannot do that: the same commands with the same parameters, and the same content, octet by octet.
 */
class ContentDifferenceTest {
  private static final Pattern FATE =
      Pattern.compile("to=<\\S+@c(\\d+)\\.test>.*dsn=([0-9.]+), status=(\\w+) (\\(.*\\))");

  private static final List<SentContent> CASES = SentContent.all();
  private static final List<ScriptedServer> SERVERS = new ArrayList<>();

  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothClients() throws Exception {
    postfix = RealPostfix.create();
    StringBuilder transport = new StringBuilder();
    for (int i = 0; i < CASES.size(); i++) {
      SERVERS.add(new ScriptedServer(CASES.get(i).script()));
      transport.append("c" + i + ".test smtp:" + SERVERS.get(i).nextHop() + "\n");
      Files.write(
          postfix.directory.resolve("message" + i),
          CASES.get(i).message().getBytes(StandardCharsets.UTF_8));
    }
    Path maps = Files.writeString(postfix.directory.resolve("transport"), transport);
    String client =
        """
        inet_protocols = ipv4
        transport_maps = texthash:%s
        smtputf8_enable = yes
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
    for (AutoCloseable one : new AutoCloseable[] {postrider, postfix}) {
      if (one != null) {
        one.close();
      }
    }
    for (ScriptedServer server : SERVERS) {
      server.close();
    }
  }

  private static Map<Integer, String> fates(Path log) {
    Map<Integer, String> found = new TreeMap<>();
    Matcher matcher = FATE.matcher(Instance.text(log));
    while (matcher.find()) {
      found.putIfAbsent(
          Integer.parseInt(matcher.group(1)),
          matcher.group(2) + " " + matcher.group(3) + " " + matcher.group(4));
    }
    return found;
  }

  /** What the server has heard since, without what must differ. */
  private static String heard(int number, int commandsBefore, int contentsBefore) {
    ScriptedServer server = SERVERS.get(number);
    List<String> lines = new ArrayList<>();
    for (String command : server.heard().subList(commandsBefore, server.heard().size())) {
      if (command.startsWith("MAIL") || command.startsWith("RCPT")) {
        lines.add(command.replaceFirst("SIZE=\\d+", "SIZE=n"));
      }
    }
    boolean kept = true;
    for (String content : server.contents().subList(contentsBefore, server.contents().size())) {
      for (String line : content.split("\r\n", -1)) {
        kept =
            line.startsWith("\t") || line.startsWith(" ")
                ? kept
                : !line.matches("(Received|Message-Id|Date): .*");
        if (kept) {
          lines.add(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        }
      }
    }
    // Where quoted-printable breaks a line is nobody's matter.
    return String.join("\n", lines).replace("=\n", "");
  }

  private static void send(Shell shell, String sendmail) throws Exception {
    for (int i = 0; i < CASES.size(); i++) {
      String call =
          sendmail
              + " -i -f me@host.local.test "
              + CASES.get(i).options()
              + " '"
              + CASES.get(i).user()
              + "@c"
              + i
              + ".test' < "
              + postfix.directory
              + "/message"
              + i;
      assertThat(shell.run(call).all()).isEmpty();
    }
  }

  @Test
  void theSameGoesOut() throws Exception {
    send(postfix.shell, "/usr/sbin/sendmail");
    Instance.await(
        "Postfix to have tried all",
        () -> fates(postfix.log).size() == CASES.size(),
        () -> Instance.text(postfix.log));
    List<String> ofPostfix = new ArrayList<>();
    List<Integer> commands = new ArrayList<>();
    List<Integer> contents = new ArrayList<>();
    for (int i = 0; i < CASES.size(); i++) {
      ofPostfix.add(heard(i, 0, 0));
      commands.add(SERVERS.get(i).heard().size());
      contents.add(SERVERS.get(i).contents().size());
    }
    send(postrider.shell, "sendmail");
    Instance.await(
        "Postrider to have tried all",
        () -> fates(postrider.log).size() == CASES.size(),
        () -> Instance.text(postrider.log));

    StringBuilder theirs = new StringBuilder();
    StringBuilder ours = new StringBuilder();
    for (int i = 0; i < CASES.size(); i++) {
      SentContent each = CASES.get(i);
      String head = "=== " + each.name() + "\n";
      theirs.append(head).append(each.theirs(ofPostfix.get(i) + "\n" + fates(postfix.log).get(i)));
      ours.append(head)
          .append(heard(i, commands.get(i), contents.get(i)) + "\n" + fates(postrider.log).get(i));
      theirs.append('\n');
      ours.append('\n');
    }
    assertThat(LineDifference.of(theirs.toString(), ours.toString())).isEmpty();
  }
}
