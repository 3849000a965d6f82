package dev.postrider.failure;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads reasons as the log, the queue and its listing have them, which is all that is left of a
 * failure after a restart. The texts are Postfix's, which programs read, so they do not change.
 */
final class ReasonText {
  private static final Pattern LABEL = Pattern.compile("([^\\s\\[\\]]+)\\[[^\\]]*\\](?::(\\d+))?");

  private static final Pattern REPLY =
      Pattern.compile(
          "(?s)(?: said| refused to talk to me| refused to start TLS): (\\d{3})[ -]?(.*)");

  private static final Pattern IN_REPLY_TO = Pattern.compile("\\(in reply to ([A-Za-z ]+)\\)$");
  private static final Pattern NAME = Pattern.compile("name=([^\\s]+)");

  private static final Pattern ACCOUNT =
      Pattern.compile("account (\\S+) at \\S+ (?:is held|rests|waits)");

  private static final Pattern WAITS = Pattern.compile("^account .* waits: .* is used up$");

  private ReasonText() {}

  /** The login of an account that is not used, or empty. */
  static String login(String reason) {
    Matcher matcher = ACCOUNT.matcher(reason);
    return matcher.find() ? matcher.group(1) : "";
  }

  /** Empty for a reply to nobody knows what. */
  static Optional<Incident> parse(String reason) {
    Matcher label = LABEL.matcher(reason);
    boolean labelled = label.find();
    String host = labelled ? label.group(1) : "";
    int port = labelled && label.group(2) != null ? Integer.parseInt(label.group(2)) : 0;
    Matcher reply = REPLY.matcher(reason);
    if (reply.find()) {
      return stageOfReply(reason)
          .map(stage ->
              new Incident(
                  stage,
                  Integer.parseInt(reply.group(1)),
                  sentence(
                      Integer.parseInt(reply.group(1)),
                      IN_REPLY_TO.matcher(reply.group(2)).replaceFirst("")),
                  host,
                  port,
                  Incident.Way.UNKNOWN));
    }
    Matcher name = NAME.matcher(reason);
    String looked = host.isEmpty() && name.find() ? name.group(1) : host;
    return Optional.of(new Incident(stage(reason), 0, reason, looked, port, Incident.Way.UNKNOWN));
  }

  /**
   * The text of a reply without the codes of its further lines, which cut sentences in two.
   *
   * @param code of the reply
   * @param text of all its lines, those after the first with their codes
   */
  static String sentence(int code, String text) {
    return text.replaceAll(" " + code + "[- ](?:[245]\\.\\d{1,3}\\.\\d{1,3} )?", " ").strip();
  }

  private static Optional<Stage> stageOfReply(String reason) {
    if (reason.contains("SASL ")) {
      return Optional.of(Stage.LOGIN);
    }
    if (reason.contains(" refused to talk to me: ")) {
      return Optional.of(Stage.GREETING);
    }
    Matcher matcher = IN_REPLY_TO.matcher(reason);
    if (!matcher.find()) {
      return reason.contains(" refused to start TLS: ") ? Optional.of(Stage.TLS) : Optional.empty();
    }
    return Optional.of(
        switch (matcher.group(1)) {
          case "MAIL FROM command" -> Stage.MAIL;
          case "RCPT TO command" -> Stage.RCPT;
          case "DATA command" -> Stage.DATA;
          case "end of DATA command" -> Stage.END_OF_DATA;
          case "STARTTLS command" -> Stage.TLS;
          default -> Stage.HELLO;
        });
  }

  private static Stage stage(String reason) {
    if (reason.contains("connect to ")) {
      return Stage.CONNECT;
    }
    if (reason.contains("SASL authentication failed")
        || reason.contains("cannot log in to server")
        || WAITS.matcher(reason).find()) {
      return Stage.LOGIN;
    }
    if (reason.contains("Server certificate")
        || reason.contains("TLS is required")
        || reason.contains("Cannot start TLS")
        || reason.contains("TLS configuration")) {
      return Stage.TLS;
    }
    if (reason.contains("Name service error")
        || reason.contains("(nullMX)")
        || reason.contains("loops back to myself")) {
      return Stage.LOOKUP;
    }
    if (reason.contains("exceeds size limit") || reason.contains("SMTPUTF8 is required")) {
      return Stage.FEATURE;
    }
    if (reason.contains("local data error while talking to")) {
      return Stage.LOCAL;
    }
    return conversation(reason);
  }

  private static Stage conversation(String reason) {
    int doing = reason.indexOf(" while ");
    if (doing < 0) {
      // What is left is no server's: delivery on this machine.
      return Stage.LOCAL;
    }
    String what = reason.substring(doing);
    if (what.contains("initial server greeting")) {
      return Stage.GREETING;
    }
    if (what.contains("end of data")) {
      return Stage.END_OF_DATA;
    }
    if (what.contains("DATA command") || what.contains("message body")) {
      return Stage.DATA;
    }
    if (what.contains("MAIL FROM")) {
      return Stage.MAIL;
    }
    if (what.contains("RCPT TO")) {
      return Stage.RCPT;
    }
    return Stage.HELLO;
  }
}
