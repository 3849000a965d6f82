package dev.postrider.failure;

/**
 * Something that went wrong, as far as rules look at it. Immutable.
 *
 * @param stage where
 * @param code of the server's reply, or 0 if it gave none
 * @param text what the server said without its code, or what this system says
 * @param host the server's name, or the name that was looked for; empty if not known
 * @param port that was connected to, or 0 if not known
 * @param way how the mail goes there
 */
public record Incident(Stage stage, int code, String text, String host, int port, Way way) {
  /**
   * What a server's reply tells.
   *
   * @param oneLine the reply, each of its lines with its code
   */
  public static Incident ofReply(
      Stage stage, int code, String oneLine, String host, int port, Way way) {
    String text = oneLine.length() > 4 ? oneLine.substring(4) : "";
    return new Incident(stage, code, ReasonText.sentence(code, text), host, port, way);
  }

  /** Whether the server is one that passes mail on for this machine. */
  public enum Way {
    RELAY,
    /** It is the recipient's own. */
    DIRECT,
    UNKNOWN
  }
}
