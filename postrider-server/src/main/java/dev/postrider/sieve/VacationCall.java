package dev.postrider.sieve;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.message.EncodedWord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code vacation} command says (RFC 5230, RFC 6131). Immutable.
 *
 * @param interval in which nobody is answered twice
 * @param subject null for that of the message
 * @param from as a header has it, in characters; null for the address that was written to
 * @param addresses others of the user's addresses
 * @param mime whether the reason is a MIME entity
 * @param handle of the answers that are one and the same
 * @param reason the text
 */
record VacationCall(
    Duration interval,
    @Nullable String subject,
    @Nullable String from,
    List<Mailbox> addresses,
    boolean mime,
    String handle,
    String reason) {
  private static final Duration USUAL = Duration.ofDays(7);
  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final int MOST_DAYS = 30;

  /** Characters of a subject; what is longer is cut, as a header line has at most 998. */
  private static final int MOST_SUBJECT = 250;

  private static final String CONTROLS = "[\\p{Cc}\\p{Zl}\\p{Zp}\\s]+";

  VacationCall {
    addresses = List.copyOf(addresses);
  }

  /**
   * Reads the arguments.
   *
   * @throws ScriptProblem saying what is wrong
   */
  static VacationCall of(Call call) throws ScriptProblem {
    @Nullable String from = call.text(":from");
    List<Mailbox> addresses = new ArrayList<>();
    for (String each : call.texts(":addresses")) {
      addresses.add(ScriptCheck.address(each));
    }
    @Nullable String subject = call.text(":subject");
    boolean mime = call.has(":mime");
    String reason = call.text(0);
    if (mime && !isAscii(head(reason))) {
      throw new ScriptProblem(
          "the header of a :mime text has characters beyond ASCII; encode them or leave them out");
    }
    @Nullable String given = call.text(":handle");
    String handle =
        given == null
            ? hash("reason", reason, String.valueOf(subject), String.valueOf(from), "" + mime)
            : hash("handle", given);
    return new VacationCall(
        interval(call),
        subject == null ? null : shortened(subject),
        from == null ? null : sender(from),
        addresses,
        mime,
        handle,
        reason);
  }

  /** RFC 5230 §4.1: what is beyond the bounds is the bound. */
  private static Duration interval(Call call) {
    Integer days = call.number(":days");
    if (days != null) {
      return Duration.ofDays(Math.clamp(days, 1, MOST_DAYS));
    }
    Integer seconds = call.number(":seconds");
    return seconds == null
        ? USUAL
        : Duration.ofSeconds(
            Math.clamp(seconds, SHORTEST.toSeconds(), Duration.ofDays(MOST_DAYS).toSeconds()));
  }

  /** Made anew of name and address, so that nothing else comes into the header. */
  private static String sender(String from) throws ScriptProblem {
    Mailbox mailbox = ScriptCheck.address(from);
    int bracket = from.lastIndexOf('<');
    String name = bracket < 0 ? "" : from.substring(0, bracket).strip();
    if (name.length() > 1 && name.startsWith("\"") && name.endsWith("\"")) {
      name = name.substring(1, name.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    if (name.isEmpty()) {
      return mailbox.external();
    }
    String shown =
        isAscii(name) && !name.contains("=?")
            ? "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\""
            : EncodedWord.encode(name);
    return shown + " <" + mailbox.external() + ">";
  }

  private static String head(String entity) {
    int end = entity.startsWith("\n") ? 0 : entity.indexOf("\n\n");
    return end < 0 ? entity : entity.substring(0, end);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  /** A subject on one line. */
  private static String shortened(String text) {
    String line = text.replaceAll(CONTROLS, " ").strip();
    int count = line.codePointCount(0, line.length());
    return count <= MOST_SUBJECT
        ? line
        : line.substring(0, line.offsetByCodePoints(0, MOST_SUBJECT)) + "...";
  }

  /** What the message is answered with; or why it is not. */
  Effect answer(SieveMessage message) {
    return switch (VacationRules.judge(message, addresses)) {
      case VacationRules.Verdict.Silence(String why) -> new Effect.NoReply(why);
      case VacationRules.Verdict.Answer(Mailbox to, Mailbox as) ->
          new Effect.Reply(
              new VacationReply(
                  to,
                  interval,
                  handle,
                  new VacationReply.Letter(
                      from == null ? as.external() : from,
                      subject == null ? subjectOf(message) : subject,
                      MessageIds.thread(message),
                      reason,
                      mime)));
    };
  }

  private static String subjectOf(SieveMessage message) {
    List<String> subjects = message.values("Subject");
    String of = subjects.isEmpty() ? "" : shortened(subjects.getFirst());
    return of.isEmpty() ? "Automated reply" : "Auto: " + of;
  }

  private static String hash(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
