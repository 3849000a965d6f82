package dev.postrider.agent;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.helper.CommandEnd;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Octets;
import java.nio.charset.StandardCharsets;

/**
 * What the end of a command means for the mail: the exit codes of sysexits.h, and before them a
 * status code at the start of what it wrote. Stateless.
 */
public final class CommandFate {
  private static final int FIRST = 64;
  private static final int TEMPORARY = 75;

  private record Exit(String code, String text) {}

  /** By exit code, from 64 on. */
  private static final Exit[] EXITS = {
    new Exit("5.3.0", "command line usage error"),
    new Exit("5.6.0", "data format error"),
    new Exit("5.3.0", "cannot open input"),
    new Exit("5.1.1", "user unknown"),
    new Exit("5.1.2", "host name unknown"),
    new Exit("5.3.0", "service unavailable"),
    new Exit("5.3.0", "internal software error"),
    new Exit("4.3.0", "system resource problem"),
    new Exit("5.3.0", "critical OS file missing"),
    new Exit("5.2.0", "can't create user output file"),
    new Exit("5.3.0", "input/output error"),
    new Exit("4.3.0", "temporary failure"),
    new Exit("5.5.0", "remote error in protocol"),
    new Exit("5.7.0", "permission denied"),
    new Exit("5.3.5", "local configuration error"),
  };

  private CommandFate() {}

  /**
   * Returns what the command wrote, on one line, if it took the mail.
   *
   * @param command as messages name it
   * @param program the agent, which speaks where the command could not be started
   * @throws DeliveryFailure otherwise
   */
  public static String check(CommandEnd end, String command, String program)
      throws DeliveryFailure {
    return check(end, command, program, LostRights.own());
  }

  /** As {@link #check(CommandEnd, String, String)}, for a process that lost such rights. */
  static String check(CommandEnd end, String command, String program, LostRights lost)
      throws DeliveryFailure {
    String output = printable(end.output());
    return switch (end) {
      case CommandEnd.Exited(int code, _) -> {
        if (code != 0) {
          throw forgiving(failure(code, output, command), command, lost);
        }
        yield output;
      }
      case CommandEnd.Killed(int signal, _) ->
          throw new DeliveryFailure(
              "4.3.0",
              "Command died with signal " + signal + ": \"" + command + "\"" + said(output));
      case CommandEnd.TimedOut _ ->
          throw new DeliveryFailure(
              "5.3.0", "Command time limit exceeded: \"" + command + "\"" + said(output));
      case CommandEnd.NotStarted _ ->
          throw failure(TEMPORARY, program + ": fatal: " + output, command);
    };
  }

  /** Mail is not returned for what the way in which we were started has caused. */
  private static DeliveryFailure forgiving(
      DeliveryFailure failure, String command, LostRights lost) {
    if (!failure.code().startsWith("5")) {
      return failure;
    }
    return lost.program(command)
        .map(program ->
            new DeliveryFailure(
                "4.3.0",
                program
                    + " is set-uid or set-gid, which has no effect under NoNewPrivileges=yes"
                    + " (systemctl edit postrider: NoNewPrivileges=no and RestrictSUIDSGID=no under"
                    + " [Service]). It said: "
                    + failure.getMessage()))
        .orElse(failure);
  }

  private static DeliveryFailure failure(int code, String output, String command) {
    int prefix = EnhancedStatusCode.prefixLength(output);
    if (prefix > 0) {
      String status = output.substring(0, prefix);
      // It failed, whatever it says.
      return new DeliveryFailure(
          status.startsWith("2") ? "5.3.0" : status, output.substring(prefix).stripLeading());
    }
    int at = code - FIRST;
    if (at >= 0 && at < EXITS.length) {
      return new DeliveryFailure(EXITS[at].code, EXITS[at].text + said(output));
    }
    return new DeliveryFailure(
        "5.3.0", "Command died with status " + code + ": \"" + command + "\"" + said(output));
  }

  private static String said(String output) {
    return output.isEmpty() ? "" : ". Command output: " + output;
  }

  /** Octets as text on one line, without control characters and what is no UTF-8. */
  private static String printable(String octets) {
    String text = Octets.decode(octets.getBytes(StandardCharsets.ISO_8859_1));
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          boolean odd = Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
          out.appendCodePoint(c == '\n' || c == '\t' ? ' ' : odd ? '_' : c);
        });
    return out.toString();
  }
}
