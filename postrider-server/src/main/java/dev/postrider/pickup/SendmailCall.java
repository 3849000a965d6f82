package dev.postrider.pickup;

import java.util.List;

/** Arguments of sendmail, understood or not. */
public sealed interface SendmailCall permits SendmailOptions, SendmailCall.Misused {
  /** To be printed before anything else happens, as {@code sendmail: warning: …}. */
  List<String> warnings();

  /**
   * Arguments that cannot be obeyed.
   *
   * @param complaint a line for standard error as it stands, or empty
   * @param fatal the text after {@code sendmail: fatal:}
   */
  record Misused(List<String> warnings, String complaint, String fatal) implements SendmailCall {
    public Misused {
      warnings = List.copyOf(warnings);
    }
  }
}
