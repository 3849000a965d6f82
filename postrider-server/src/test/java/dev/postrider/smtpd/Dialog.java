package dev.postrider.smtpd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.io.Escapes;
import java.io.IOException;

/**
 * Plays a dialogue in script form: {@code C:} is sent with CRLF, {@code S:} must be how the next
 * reply begins, {@code S: EOF} is the end of the connection, {@code C>} is sent as it is, with
 * {@code \r \n \0 \xHH} spelled out.
 */
final class Dialog {
  private Dialog() {}

  static void play(SmtpService.Client client, String script) throws IOException {
    for (String line : script.lines().toList()) {
      if (line.startsWith("C: ") || line.equals("C:")) {
        client.send(line.substring(Math.min(3, line.length())) + "\r\n");
      } else if (line.startsWith("C> ")) {
        client.send(Escapes.octets(line.substring(3)));
      } else if (line.equals("S: EOF")) {
        assertThat(client.rest()).isEmpty();
      } else if (line.startsWith("S: ")) {
        assertThat(client.reply()).as(script).startsWith(line.substring(3));
      } else if (!line.isBlank()) {
        throw new IllegalArgumentException("no line of a dialogue: " + line);
      }
    }
  }
}
