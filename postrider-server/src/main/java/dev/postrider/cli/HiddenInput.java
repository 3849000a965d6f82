package dev.postrider.cli;

import dev.postrider.secret.Secret;
import java.io.Console;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a secret: unseen at a terminal, else the first line of standard input. Functions only. */
final class HiddenInput {
  private static final int MOST = 64 * 1024;

  private HiddenInput() {}

  /**
   * Reads one.
   *
   * @param prompt for a person
   * @throws IOException if there is none, or it could be seen; says what to do
   */
  static Secret read(Invocation call, String prompt) throws IOException {
    char[] typed = call.environment().containsKey("POSTRIDER_IN_TTY") ? typed(prompt) : line(call);
    if (typed.length == 0) {
      throw new IOException("an empty secret is none: nothing was changed");
    }
    return Secret.taking(typed);
  }

  private static char[] typed(String prompt) throws IOException {
    // Null in some versions of Java, no terminal in others.
    Console console =
        Optional.ofNullable(System.console())
            .filter(Console::isTerminal)
            .orElseThrow(() ->
                new IOException(
                    "what is typed could be seen here, as standard output is no terminal: give"
                        + " the secret on standard input, from a file or a program"));
    char @Nullable [] typed = console.readPassword("%s", prompt);
    return typed == null ? new char[0] : typed;
  }

  private static char[] line(Invocation call) throws IOException {
    byte[] octets = new byte[MOST];
    int count = 0;
    for (int c = call.in().read(); c >= 0 && c != '\n'; c = call.in().read()) {
      if (count == MOST) {
        throw new IOException("the first line of standard input has no end: nothing was changed");
      }
      octets[count++] = (byte) c;
    }
    if (count > 0 && octets[count - 1] == '\r') {
      count--;
    }
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, count));
      char[] line = new char[text.remaining()];
      text.get(line);
      return line;
    } catch (CharacterCodingException _) {
      throw new IOException("the first line of standard input is no UTF-8: nothing was changed");
    } finally {
      Arrays.fill(octets, (byte) 0);
    }
  }
}
