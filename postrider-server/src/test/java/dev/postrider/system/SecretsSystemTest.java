package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.oauth.PretendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Passwords from elsewhere and tokens, through the real daemon and commands. */
@Timeout(240)
class SecretsSystemTest {
  private static final String PASSWORD = "pr-hunter2-word";

  private static void settings(Instance host, TokenServer server) throws IOException {
    host.main("relayhost = " + server.nextHop());
    host.main("smtp_sasl_auth_enable = yes");
    host.main("smtp_sasl_security_options = noanonymous");
    host.main("smtp_sasl_password_maps = secret:" + host.etc.resolve("secrets"));
    host.main("notify_classes = protocol, resource, software, policy, 2bounce, bounce, delay");
    host.main("inet_protocols = ipv4");
    // So that each message logs in.
    host.main("smtp_connection_cache_on_demand = no");
  }

  private static Shell.Result run(Instance host, String input, String... command)
      throws IOException, InterruptedException {
    return host.shell.run(input, List.of(command));
  }

  private static void ok(Shell.Result result) {
    assertThat(result.code()).as(result.all()).isZero();
  }

  private static void send(Instance host, String subject) throws IOException, InterruptedException {
    ok(
        run(
            host,
            "Subject: " + subject + "\n\nhello\n",
            Instance.command("sendmail"),
            "b@example.org"));
  }

  private static Path[] logs(Instance host) {
    return new Path[] {host.log, host.directory.resolve("q/events"), host.etc.resolve("secrets")};
  }

  @Test
  void aPasswordIsSetTriedAndUsedAndNobodySeesIt() throws Exception {
    try (Instance host = Instance.create();
        TokenServer server = new TokenServer();
        SecretSearch search = new SecretSearch(PASSWORD)) {
      server.take(PASSWORD);
      settings(host, server);
      String postrider = Instance.command("postrider");
      ok(run(host, PASSWORD + "\n", postrider, "secret", "set", server.nextHop(), "me"));
      Shell.Result list = run(host, "", postrider, "secret", "list");
      assertThat(list.out()).contains(server.nextHop(), " ok").doesNotContain(PASSWORD);
      Shell.Result test = run(host, "", postrider, "secret", "test", server.nextHop());
      ok(test);
      assertThat(test.out()).contains("logged in as me; nothing was sent");
      assertThat(server.messages()).isEmpty();

      host.start();
      send(host, "one");
      host.await("the message to arrive", () -> server.messages().size() == 1);

      assertThat(server.logins()).containsExactly("PLAIN " + PASSWORD, "PLAIN " + PASSWORD);

      // The file goes away, and with another name for it comes back.
      ok(run(host, "", postrider, "secret", "rm", server.nextHop()));
      ok(run(host, "wrong-" + PASSWORD + "\n", postrider, "secret", "set", server.nextHop(), "me"));
      Shell.Result wrong = run(host, "", postrider, "secret", "test", server.nextHop());
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.all()).contains("535 5.7.8").doesNotContain(PASSWORD);
      Path file;
      try (var files = Files.list(host.etc.resolve("secrets.d"))) {
        file = files.findFirst().orElseThrow();
      }
      Files.delete(file);
      send(host, "two");
      host.awaitLog("there is no such file");
      assertThat(host.logText()).contains("status=deferred (cannot log in to server 127.0.0.1");
      assertThat(server.connections()).isEqualTo(3);
      Files.setAttribute(host.etc.resolve("secrets"), "unix:mode", 0644);
      ok(run(host, PASSWORD + "\n", postrider, "secret", "set", server.nextHop()));
      ok(run(host, "", Instance.command("postqueue"), "-f"));
      host.await("the second message to arrive", () -> server.messages().size() == 2);
      ok(run(host, "", Instance.command("postfix"), "stop"));

      search.assertNothingIn(host.directory, logs(host));
    }
  }

  @Test
  void aTokenIsRenewedRefusedAndAfterALoginEverythingGoesOut() throws Exception {
    try (Instance host = Instance.create();
        TokenServer server = new TokenServer();
        PretendProvider provider = new PretendProvider();
        SecretSearch search =
            new SecretSearch("access-one", "access-two", "access-three", "refresh-one")) {
      settings(host, server);
      String postrider = Instance.command("postrider");
      ok(run(host, "", Instance.command("postfix"), "check"));
      ok(
          run(
              host,
              "",
              postrider,
              "secret",
              "set",
              server.nextHop(),
              "me@example.com",
              "--source",
              "oauth:me@example.com"));
      deviceCode(provider).thenTokens("access-one", "refresh-one");
      Shell.Result login =
          run(
              host,
              "",
              postrider,
              "login",
              "me@example.com",
              "--client-id",
              "client-1",
              "--device-url",
              provider.at("/device").toString(),
              "--token-url",
              provider.at("/token").toString(),
              "--scope",
              "mail");
      ok(login);
      assertThat(login.out()).contains("ABCD-EFGH", "logged in: me@example.com");
      server.take("access-one");
      host.start();
      send(host, "one");
      host.await("the first message to arrive", () -> server.messages().size() == 1);
      assertThat(server.logins()).containsExactly("OAUTHBEARER access-one");

      // The server no longer takes the token: one renewal, one more try.
      provider.thenTokens("access-two", "refresh-two");
      server.take("access-two");
      ok(run(host, "", Instance.command("postfix"), "reload"));
      send(host, "two");
      host.await("the second message to arrive", () -> server.messages().size() == 2);
      assertThat(host.logText()).contains("the server refuses the token: {\"status\":\"401\"");

      // The leave has ended.
      server.take();
      provider.then(400, "{\"error\":\"invalid_grant\",\"error_description\":\"revoked\"}");
      ok(run(host, "", Instance.command("postfix"), "reload"));
      send(host, "three");
      host.awaitLog("account me@example.com needs a login, and its mail waits until then");
      int before = server.connections();
      send(host, "four");
      send(host, "five");
      host.await(
          "three messages to wait",
          () -> host.logText().split("status=deferred", -1).length - 1 >= 3);
      assertThat(server.connections()).isEqualTo(before);
      assertThat(host.logText().split("its mail waits until then", -1)).hasSize(2);
      assertThat(run(host, "", Instance.command("mailq")).out())
          .contains("account me@example.com needs a login", "postrider login me@example.com");
      Shell.Result states = run(host, "", postrider, "login", "--list");
      assertThat(states.code()).isEqualTo(1);
      assertThat(states.out()).contains("me@example.com  needs-login", "invalid_grant: revoked");

      // A person logs in again, with what is remembered of the client.
      server.take("access-three");
      deviceCode(provider).thenTokens("access-three", "refresh-three");
      Shell.Result again = run(host, "", postrider, "login", "me@example.com");
      ok(again);
      assertThat(again.out()).contains("what waits in the queue is tried now");
      host.await("all messages to arrive", () -> server.messages().size() == 5);
      ok(run(host, "", postrider, "login", "--list"));
      ok(run(host, "", Instance.command("postfix"), "stop"));

      search.assertNothingIn(host.directory, logs(host));
    }
  }

  private static PretendProvider deviceCode(PretendProvider provider) {
    return provider.then(
        200,
        "{\"device_code\":\"device-1\",\"user_code\":\"ABCD-EFGH\",\"interval\":1,"
            + "\"verification_uri\":\"https://example.com/device\"}");
  }

  @Test
  void manyMessagesAtOnceCauseOneRenewal() throws Exception {
    try (Instance host = Instance.create();
        TokenServer server = new TokenServer();
        PretendProvider provider = new PretendProvider()) {
      settings(host, server);
      String postrider = Instance.command("postrider");
      ok(run(host, "", Instance.command("postfix"), "check"));
      ok(run(host, "", postrider, "secret", "set", server.nextHop(), "me", "--source", "oauth:me"));
      provider
          .then(
              200,
              "{\"device_code\":\"d\",\"user_code\":\"U\",\"interval\":1,"
                  + "\"verification_uri\":\"https://example.com/device\"}")
          // Runs out at once.
          .then(200, "{\"access_token\":\"short\",\"refresh_token\":\"r\",\"expires_in\":1}")
          .thenTokens("access-one", "refresh-one");
      ok(
          host.shell.run(
              postrider
                  + " login me --client-id c --scope mail --device-url "
                  + provider.at("/device")
                  + " --token-url "
                  + provider.at("/token")));
      server.take("access-one");
      host.main("defer_transports = smtp, relay");
      host.start();
      for (int i = 0; i < 12; i++) {
        send(host, "message " + i);
      }
      ok(run(host, "", Instance.command("postconf"), "-X", "defer_transports"));
      ok(run(host, "", Instance.command("postfix"), "reload"));
      ok(run(host, "", Instance.command("postqueue"), "-f"));
      host.await("all messages to arrive", () -> server.messages().size() == 12);

      assertThat(provider.forms()).hasSize(3);
    }
  }
}
