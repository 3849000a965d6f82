package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code postrider doctor} and {@code postrider status} on whole instances with faults in them. */
class DoctorSystemTest {
  private static final String LOGIN = "[127.0.0.1]:%d me@example.com:secret-word\n";

  /** An instance whose relayhost is closed and wants a login. */
  private static Instance withFaults() throws IOException {
    Instance host = Instance.create();
    int closed = Instance.freePort();
    host.main("relayhost = [127.0.0.1]:" + closed);
    host.main("relayhosst = [127.0.0.1]:25");
    host.main("smtp_sasl_auth_enable = yes");
    host.main("smtp_sasl_password_maps = hash:" + host.etc.resolve("sasl_passwd"));
    host.main("transport_maps = hash:" + host.etc.resolve("transport"));
    Path passwords = Files.writeString(host.etc.resolve("sasl_passwd"), LOGIN.formatted(closed));
    Files.setAttribute(passwords, "unix:mode", 0644);
    return host;
  }

  @Test
  void eachFaultOfAStoppedInstanceIsNamedWithItsRemedy() throws Exception {
    try (Instance host = withFaults()) {
      Shell.Result result = host.shell.run("postrider doctor");

      assertThat(result.code()).as(result.all()).isEqualTo(2);
      assertThat(result.out())
          .contains("unused parameter: relayhosst=")
          .contains("do: postconf -c " + host.etc + " -X relayhosst")
          .contains("transport_maps = hash:" + host.etc + "/transport: ", "No such file")
          .contains("do: chmod 600 " + host.etc + "/sasl_passwd")
          .contains(" refuses connections")
          .contains("the mail system does not run")
          .contains("do: postfix -c " + host.etc + " start")
          .contains("smtp_sasl_tls_security_options = noanonymous")
          .doesNotContain("secret-word", "could not look");
      assertThat(result.out().lines().toList().getLast()).startsWith("Not well: ");
    }
  }

  @Test
  void whatIsSafeIsMendedAndSaid() throws Exception {
    try (Instance host = withFaults()) {
      String before = Files.readString(host.etc.resolve("main.cf"));

      Shell.Result result = host.shell.run("postrider doctor --fix");

      assertThat(result.out())
          .contains("fixed: chmod 600 " + host.etc + "/sasl_passwd")
          .contains("fixed: made " + host.directory + "/q/maildrop")
          .doesNotContain("do: chmod");
      assertThat((Integer) Files.getAttribute(host.etc.resolve("sasl_passwd"), "unix:mode") & 0777)
          .isEqualTo(0600);
      assertThat(host.etc.resolve("main.cf")).hasContent(before);
      assertThat(host.shell.run("postrider doctor --fix").out()).doesNotContain("fixed:");
      Files.setAttribute(host.directory.resolve("q/maildrop"), "unix:mode", 0700);
      assertThat(host.shell.run("postrider doctor --fix").out())
          .contains("fixed: " + host.directory + "/q/maildrop was ", " 0700, is ", " 3733");
    }
  }

  @Test
  void whatIsStuckIsToldWhileTheMailSystemRuns() throws Exception {
    try (Instance host = withFaults()) {
      Files.writeString(host.etc.resolve("transport"), "");
      host.main("smtp_sasl_security_options = noanonymous");
      host.start();
      assertThat(host.shell.run("echo hello | sendmail you@example.com").code()).isZero();
      host.awaitLog("status=deferred");
      host.await(
          "the event log to have it",
          () -> {
            try {
              return host.shell.run("postrider status").out().contains("1 deferred, 0 bounced");
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });

      Shell.Result status = host.shell.run("postrider status");
      Shell.Result json = host.shell.run("postrider status --json");
      Shell.Result doctor = host.shell.run("postrider doctor --all");

      assertThat(status.code()).as(status.all()).isZero();
      assertThat(status.out())
          .containsPattern("running:   yes, process [0-9]+, since [-0-9]+ [0-9:]+")
          .contains("queue:     1 message, ", "1 deferred, 0 on hold")
          .contains(", 1 recipient at example.com:\n    connect to 127.0.0.1[127.0.0.1]:")
          .containsPattern("next try:  2[-0-9]+ [0-9:]+");
      assertThat(json.out())
          .startsWith("{\"verdict\":\"ok\",\"running\":true,\"pid\":")
          .contains("\"last_hour\":{\"accepted\":1,\"delivered\":0,\"deferred\":1,\"bounced\":0}")
          .contains("\"next_attempt\":\"2");
      assertThat(doctor.out())
          .contains("note     1 recipient at example.com waits, the oldest for ")
          .contains("ok       127.0.0.1:" + host.port + " greets")
          .contains(" runs as process ")
          .doesNotContain("could not look");
      assertThat(host.shell.run("postrider doctor --json").out())
          .startsWith("{\"verdict\":\"error\",\"findings\":[{\"id\":\"")
          .contains("\"id\":\"relay-unreachable\",\"severity\":\"error\",\"area\":\"network\"");
    }
  }

  @Test
  void whatNobodyTakesIsTold() throws Exception {
    try (Instance host = withFaults()) {
      assertThat(host.shell.run("postfix check").code()).isNotNegative();
      assertThat(host.shell.run("echo hello | sendmail you@example.com").code()).isZero();
      host.shell.run("find q/maildrop -type f -exec touch -d '1 hour ago' {} +");

      assertThat(host.shell.run("postrider doctor").out())
          .contains(
              "warning  1 message in " + host.directory + "/q/maildrop, the oldest handed over")
          .contains("do: postfix -c " + host.etc + " start");
      assertThat(host.shell.run("postrider status").out())
          .contains("running:   no", "0 on hold, 1 not taken yet");
    }
  }

  @Test
  void whatAUserMayNotSeeIsSaidOnce() throws Exception {
    assumeTrue(Instance.isRoot(), "only root can become another user");
    try (Instance host = withFaults()) {
      assertThat(host.shell.run("postfix check").code()).isNotNegative();
      Files.setAttribute(host.etc.resolve("sasl_passwd"), "unix:mode", 0600);

      Shell.Result result =
          host.shell.run(
              "setpriv --reuid=daemon --regid=daemon --clear-groups "
                  + Instance.command("postrider")
                  + " doctor");

      assertThat(result.out())
          .containsOnlyOnce("you may not look at: ")
          .contains("the login for relayhost", "the maildrop", "the queue")
          .contains("do: sudo postrider doctor -c " + host.etc)
          .doesNotContain("could not look");
    }
  }

  @Test
  void aConfigurationThatCannotBeReadIsTheOnlyFinding() throws Exception {
    try (Instance host = Instance.create()) {
      host.main("maximal_queue_lifetime = 5q");

      Shell.Result result = host.shell.run("postrider doctor");

      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out())
          .contains("error    ", "maximal_queue_lifetime", "5q", "Not well: 1 error,");
      assertThat(host.shell.run("postrider doctor --bogus").code()).isEqualTo(64);
      assertThat(host.shell.run("postrider status --bogus").code()).isEqualTo(64);
      assertThat(host.shell.run("postrider status").code()).isEqualTo(2);
    }
  }
}
