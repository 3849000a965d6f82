package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Programs that people use, talking to the server. */
class RealClientsTest {
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, command.getFirst() + " is not installed: nothing to talk to");
      throw e;
    }
    process.getOutputStream().close();
    String output;
    try (InputStream in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  @Test
  void swaksHandsAMessageOver() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of())) {
      String output =
          run(
              List.of(
                  "swaks",
                  "--server",
                  "127.0.0.1:" + service.port(),
                  "--from",
                  "a@b.example",
                  "--to",
                  "c@d.example,e@f.example",
                  "--pipeline",
                  "--body",
                  "line\n.\n..two"));

      assertThat(output).contains("250 2.0.0 Ok: queued as ");
      assertThat(service.storedBodies().getFirst()).contains("line\n.\n..two\n");
    }
  }

  @Test
  void pythonsSmtplibHandsAMessageOver() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of())) {
      String program =
          """
          import smtplib
          s = smtplib.SMTP('127.0.0.1', %d)
          s.sendmail('a@b.example', ['c@d.example'], 'Subject: x\\n\\n.\\n..two\\nthree')
          s.sendmail('a@b.example', ['c@d.example'],
                     'Subject: y\\r\\n\\r\\n\\u00e9\\r\\n'.encode(), mail_options=['BODY=8BITMIME', 'SMTPUTF8'])
          assert s.verify('root')[0] == 252
          s.quit()
          """
              .formatted(service.port());

      String output = run(List.of("python3", "-c", program));

      assertThat(output).isEmpty();
      assertThat(service.storedBodies()).containsExactly(".\n..two\nthree\n", "\u00c3\u00a9\n");
    }
  }

  @Test
  void manySessionsAtOnceLoseNothing() throws Exception {
    try (SmtpService service = SmtpService.start(Map.of())) {
      run(
          List.of(
              "smtp-source",
              "-s",
              "20",
              "-l",
              "4096",
              "-m",
              "400",
              "-f",
              "a@b.example",
              "-t",
              "c@d.example",
              "127.0.0.1:" + service.port()));

      assertThat(service.spool.messages()).hasSize(400);
    }
  }
}
