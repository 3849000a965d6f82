package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.helper.CommandEnd;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Octets;
import java.nio.charset.StandardCharsets;

/** What the end of a command means for the mail: the codes of sysexits.h. Stateless. */
final class ExitStatus {
  private static final int FIRST = 64;
  private static final int TEMPORARY = 75;

  /** By exit code, from 64 on: the status code and what is said of it. */
  private static final String[][] CODES = {
    {"5.3.0", "command line usage error"},
    {"5.6.0", "data format error"},
    {"5.3.0", "cannot open input"},
    {"5.1.1", "user unknown"},
    {"5.1.2", "host name unknown"},
    {"5.3.0", "service unavailable"},
    {"5.3.0", "internal software error"},
    {"4.3.0", "system resource problem"},
    {"5.3.0", "critical OS file missing"},
    {"5.2.0", "can't create user output file"},
    {"5.3.0", "input/output error"},
    {"4.3.0", "temporary failure"},
    {"5.5.0", "remote error in protocol"},
    {"5.7.0", "permission denied"},
    {"5.3.5", "local configuration error"},
  };

  private ExitStatus() {}

  /**
   * Returns if the command took the mail.
   *
   * @param command as the list or main.cf has it
   * @throws DeliveryFailure otherwise
   */
  static void check(CommandEnd end, String command) throws DeliveryFailure {
    String output = printable(end.output());
    String said = output.isEmpty() ? "" : ". Command output: " + output;
    switch (end) {
      case CommandEnd.Exited(int code, _) -> {
        if (code != 0) {
          throw failure(code, output, command);
        }
      }
      case CommandEnd.Killed(int signal, _) ->
          throw new DeliveryFailure(
              "4.3.0", "Command died with signal " + signal + ": \"" + command + "\"" + said);
      case CommandEnd.TimedOut _ ->
          throw new DeliveryFailure(
              "5.3.0", "Command time limit exceeded: \"" + command + "\"" + said);
      case CommandEnd.NotStarted _ -> throw failure(TEMPORARY, output, command);
    }
  }

  private static DeliveryFailure failure(int code, String output, String command) {
    int own = EnhancedStatusCode.prefixLength(output);
    if (own > 0) {
      String status = output.substring(0, own);
      return new DeliveryFailure(
          // It failed, whatever it says.
          status.startsWith("2") ? "5.3.0" : status, output.substring(own).stripLeading());
    }
    String said = output.isEmpty() ? "" : ". Command output: " + output;
    int at = code - FIRST;
    if (at >= 0 && at < CODES.length) {
      return new DeliveryFailure(CODES[at][0], CODES[at][1] + said);
    }
    return new DeliveryFailure(
        "5.3.0", "Command died with status " + code + ": \"" + command + "\"" + said);
  }

  /** On one line, without control characters. */
  private static String printable(String output) {
    String text = Octets.decode(output.getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\t') {
        out.append(' ');
      } else {
        boolean lone =
            Character.isLowSurrogate(c)
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
        out.append(c < ' ' || c == 0x7f || lone ? '_' : c);
      }
    }
    return out.toString();
  }
}
