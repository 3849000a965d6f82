package dev.postrider.helper;

/** How a command ended. */
public sealed interface CommandEnd {
  /** What it wrote, as octets in ISO 8859-1, cut at the limit of the call. */
  String output();

  /** By itself. */
  record Exited(int code, String output) implements CommandEnd {}

  /** By a signal that was not ours. */
  record Killed(int signal, String output) implements CommandEnd {}

  /** Its time was over. */
  record TimedOut(String output) implements CommandEnd {}

  /** It could not be started: {@code output} says why. Nobody has seen the payload. */
  record NotStarted(String output) implements CommandEnd {}
}
