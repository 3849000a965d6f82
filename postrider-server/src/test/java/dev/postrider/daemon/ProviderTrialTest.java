package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.config.MasterConfig;
import dev.postrider.doctor.Subject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What protects an account from the one who only asks. */
class ProviderTrialTest {
  @TempDir Path directory;

  private final List<String> heard = new CopyOnWriteArrayList<>();

  private void serve(ServerSocket server) {
    try (Socket client = server.accept();
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII))) {
      OutputStream out = client.getOutputStream();
      out.write("220 mail.test ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        heard.add(line);
        String answer =
            line.startsWith("EHLO")
                ? "250-mail.test\r\n250 AUTH PLAIN\r\n"
                : line.startsWith("AUTH") ? "235 2.7.0 welcome\r\n" : "250 2.0.0 ok\r\n";
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException _) {
      // The test is over.
      return;
    }
  }

  private void run(Path data) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String place = "[127.0.0.1]:" + server.getLocalPort();
      Files.writeString(directory.resolve("passwords"), place + " me:secret\n");
      Files.writeString(
          directory.resolve("main.cf"),
          String.join(
              "\n",
              "compatibility_level = 3.6",
              "myhostname = host.home.test",
              "inet_protocols = ipv4",
              "alias_maps =",
              "queue_directory = " + directory.resolve("q"),
              "data_directory = " + data,
              "smtp_tls_security_level = none",
              "smtp_sasl_password_maps = texthash:" + directory.resolve("passwords"),
              "smtp_sasl_security_options = noanonymous",
              ""));
      Thread.ofVirtual().start(() -> serve(server));
      MasterConfig master =
          MasterConfig.parse(
              "master.cf", "smtp unix - - n - - smtp\n  -o smtp_sasl_auth_enable=yes\n");
      new ProviderTrial(new Subject(Config.load(directory), master, ""))
          .run("smtp", place, _ -> {});
    }
  }

  @Test
  void theLoginIsTried() throws Exception {
    run(Files.createDirectory(directory.resolve("data")));

    assertThat(heard).anyMatch(line -> line.startsWith("AUTH "));
  }

  @Test
  void aRefusalThatCouldNotBeKeptIsNotProvokedWhateverTheServiceSays() throws Exception {
    run(directory.resolve("absent"));

    assertThat(heard)
        .anyMatch(line -> line.startsWith("EHLO "))
        .noneMatch(line -> line.startsWith("AUTH "));
  }
}
