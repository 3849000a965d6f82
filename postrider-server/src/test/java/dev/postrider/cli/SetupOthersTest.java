package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.provider.SubmissionServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which account that is in use is lost only with leave. */
class SetupOthersTest {
  private static final String HOST = "[smtp.example.com]:587";
  private static final String OURS = "secret:$config_directory/secrets";

  @TempDir private Path etc;

  private Optional<String> others(String relayhost, String passwords) throws IOException {
    Config config =
        Config.of(etc, Map.of("relayhost", relayhost, "smtp_sasl_password_maps", passwords));
    SubmissionServer server =
        new SubmissionServer("smtp.example.com", 587, SubmissionServer.Security.STARTTLS);
    return SetupOthers.of(config, List.of(server), "me@example.com");
  }

  private void index(String key, String user) throws IOException {
    Files.writeString(etc.resolve("secrets"), key + " " + user + " file:/etc/x\n");
  }

  @Test
  void theSameAccountIsNoOther() throws IOException {
    index(HOST, "me@example.com");
    assertThat(others(HOST, OURS)).isEmpty();
    assertThat(others(HOST, OURS + ", hash:/etc/sasl_passwd")).isEmpty();
    index("smtp.example.com", "me@example.com");
    assertThat(others(HOST, OURS)).isEmpty();
    index("me@example.com@" + HOST, "me@example.com");
    assertThat(others("me@example.com@" + HOST, OURS)).isEmpty();
  }

  @Test
  void aServerThatNobodyLogsInToIsNoAccount() throws IOException {
    assertThat(others(HOST, "")).isEmpty();
    assertThat(others(HOST, OURS)).isEmpty();
    assertThat(others("", "hash:/etc/sasl_passwd")).isEmpty();
  }

  @Test
  void anotherServerOrLoginIsAnother() throws IOException {
    index(HOST, "you@example.com");
    assertThat(others(HOST, OURS)).contains(HOST + " as you@example.com");
    assertThat(others("[mail.example.com]:587", "")).contains("[mail.example.com]:587");
  }

  @Test
  void aLoginInATableThatIsNotReadIsAnother() throws IOException {
    assertThat(others(HOST, "hash:/etc/sasl_passwd")).contains(HOST);
    assertThat(others(HOST, OURS + ", hash:/etc/sasl_passwd")).contains(HOST);
  }

  @Test
  void serversForWhenTheFirstFailsAreNotLost() throws IOException {
    index(HOST, "me@example.com");
    String two = HOST + ", [mail.example.com]:587";
    assertThat(others(two, OURS)).contains(two);
    assertThat(others(HOST + " " + HOST, OURS)).isPresent();
  }
}
