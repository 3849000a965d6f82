package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The same mail and the same settings in Postfix's words: Debian's Postfix and Postrider use the
 * same account of the same provider for it.
 */
@Timeout(180)
class AccountChoiceDifferenceTest {
  private static final Pattern SUBJECT = Pattern.compile("Subject: (\\S+)");

  private static final String SETTINGS =
      """
      relayhost = [127.0.0.1]:GONE, [127.0.0.1]:BBB
      sender_dependent_relayhost_maps = inline:{
        { one@x.test = [127.0.0.1]:AAA }
        { two@x.test = [127.0.0.1]:AAA }
        { three@x.test = [127.0.0.1]:GONE, [127.0.0.1]:AAA }
        { @dunno.test = DUNNO } }
      transport_maps = inline:{
        { special.test = smtp:[127.0.0.1]:AAA }
        { list.test = smtp:[127.0.0.1]:GONE, [127.0.0.1]:AAA } }
      smtp_sender_dependent_authentication = yes
      smtp_sasl_auth_enable = yes
      smtp_sasl_security_options = noanonymous
      smtp_sasl_password_maps = texthash:ETC/sasl_passwd
      smtp_tls_security_level = none
      """;

  private static final String[][] MAIL = {
    {"one@x.test", "you@dest.test"},
    {"two@x.test", "you@dest.test"},
    {"one@x.test", "me@dest.test"},
    {"three@x.test", "you@dest.test"},
    {"other@x.test", "you@dest.test"},
    {"any@dunno.test", "you@dest.test"},
    {"other@x.test", "you@special.test"},
    {"two@x.test", "you@special.test"},
    {"other@x.test", "you@list.test"},
  };

  private static int closedPort() throws IOException {
    return Instance.freePort();
  }

  /** Which provider got each message, and from whom, by the message's subject. */
  private static Map<String, String> arrived(RefusingProvider a, RefusingProvider b) {
    Map<String, String> arrived = new TreeMap<>();
    a.by().forEach(each -> arrived.put(subject(each), "A " + head(each)));
    b.by().forEach(each -> arrived.put(subject(each), "B " + head(each)));
    return arrived;
  }

  private static String subject(String message) {
    return SUBJECT
        .matcher(message)
        .results()
        .map(found -> found.group(1))
        .findFirst()
        .orElse("none");
  }

  private static String head(String message) {
    return message.lines().findFirst().orElse("").replaceAll(" SIZE=\\d+", "");
  }

  private static void send(Shell shell, Path log, RefusingProvider a, RefusingProvider b)
      throws IOException, InterruptedException {
    for (int i = 0; i < MAIL.length; i++) {
      int before = a.by().size() + b.by().size();
      Shell.Result result =
          shell.run(
              "printf 'Subject: m%d\\n\\nbody\\n' | sendmail -f %s %s"
                  .formatted(i, MAIL[i][0], MAIL[i][1]));
      assertThat(result.code()).as(result.all()).isZero();
      // One after the other, so that a connection may be kept for the next.
      Instance.await("message " + i, () -> a.by().size() + b.by().size() > before, () -> read(log));
    }
  }

  private static String read(Path log) {
    try {
      return Files.exists(log) ? Files.readString(log) : "no log";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void passwords(Path etc, RefusingProvider a, RefusingProvider b)
      throws IOException {
    Files.writeString(
        etc.resolve("sasl_passwd"),
        """
        one@x.test one:1
        two@x.test two:2
        [127.0.0.1]:%d a:pw
        [127.0.0.1]:%d b:pw
        """
            .formatted(a.port(), b.port()));
  }

  private static String settings(String text, Path etc, RefusingProvider a, RefusingProvider b)
      throws IOException {
    return text.replace("AAA", String.valueOf(a.port()))
        .replace("BBB", String.valueOf(b.port()))
        .replace("GONE", String.valueOf(closedPort()))
        .replace("ETC", etc.toString());
  }

  private interface Sending {
    void send(Shell shell, Path log, RefusingProvider a, RefusingProvider b)
        throws IOException, InterruptedException;
  }

  private static Map<String, String> postfix(String settings, String refusal, Sending sending)
      throws IOException, InterruptedException {
    try (RefusingProvider a = RefusingProvider.start();
        RefusingProvider b = RefusingProvider.start();
        RealPostfix postfix = RealPostfix.create()) {
      if (!refusal.isEmpty()) {
        a.refuse("AUTH", refusal);
      }
      passwords(postfix.etc, a, b);
      postfix.main(settings(settings, postfix.etc, a, b));
      postfix.start();
      sending.send(postfix.shell, postfix.log, a, b);
      return arrived(a, b);
    }
  }

  private static Map<String, String> postrider(String settings, String refusal, Sending sending)
      throws IOException, InterruptedException {
    try (RefusingProvider a = RefusingProvider.start();
        RefusingProvider b = RefusingProvider.start();
        Instance host = Instance.create()) {
      if (!refusal.isEmpty()) {
        a.refuse("AUTH", refusal);
      }
      passwords(host.etc, a, b);
      host.main(settings(settings, host.etc, a, b));
      host.start();
      sending.send(host.shell, host.log, a, b);
      return arrived(a, b);
    }
  }

  @Test
  void bothUseTheSameAccountForTheSameMail() throws IOException, InterruptedException {
    Map<String, String> theirs = postfix(SETTINGS, "", AccountChoiceDifferenceTest::send);
    Map<String, String> ours = postrider(SETTINGS, "", AccountChoiceDifferenceTest::send);

    assertThat(ours).isEqualTo(theirs).hasSize(MAIL.length);
    assertThat(ours)
        .containsEntry("m0", "A one MAIL FROM:<one@x.test>")
        .containsEntry("m1", "A two MAIL FROM:<two@x.test>")
        .containsEntry("m3", "A a MAIL FROM:<three@x.test>")
        .containsEntry("m4", "B b MAIL FROM:<other@x.test>")
        .containsEntry("m6", "A a MAIL FROM:<other@x.test>")
        .containsEntry("m8", "A a MAIL FROM:<other@x.test>");
  }

  @Test
  void theFallbackRelayTakesWhatTheServersOfARefusedLoginDoNot()
      throws IOException, InterruptedException {
    String settings =
        """
        relayhost = [127.0.0.1]:AAA
        smtp_fallback_relay = [127.0.0.1]:BBB
        smtp_sasl_auth_enable = yes
        smtp_sasl_security_options = noanonymous
        smtp_sasl_password_maps = texthash:ETC/sasl_passwd
        smtp_tls_security_level = none
        """;
    Sending one =
        (shell, log, a, b) -> {
          shell.run("printf 'Subject: m0\\n\\nbody\\n' | sendmail -f s@x.test you@dest.test");
          Instance.await("the message", () -> b.by().size() == 1, () -> read(log));
        };
    String refusal = "535 5.7.8 Username and Password not accepted";

    assertThat(postrider(settings, refusal, one))
        .isEqualTo(postfix(settings, refusal, one))
        .containsEntry("m0", "B b MAIL FROM:<s@x.test>");
  }
}
