package dev.postrider.mail.reply;

import java.util.List;

/**
 * One reply of an SMTP server (RFC 5321 §4.2), sent or received. Immutable.
 *
 * @param code 200 to 599
 * @param lines the text of each line without the code, at least one, each free of CR, LF and NUL;
 *     an enhanced status code, where there is one, is the beginning of the text
 */
public record Reply(int code, List<String> lines) {
  /** Characters after which no further line is told: Postfix's line_length_limit. */
  private static final int MAX_TOLD = 2048;

  public Reply {
    if (code < 200 || code > 599) {
      throw new IllegalArgumentException("no reply code: " + code);
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("a reply has at least one line");
    }
    lines = List.copyOf(lines);
  }

  public static Reply of(int code, String... lines) {
    return new Reply(code, List.of(lines));
  }

  public boolean isPositive() {
    return code < 400;
  }

  public boolean isTemporary() {
    return code >= 400 && code < 500;
  }

  public boolean isPermanent() {
    return code >= 500;
  }

  /**
   * All lines on one, each with its code, as Postfix puts replies into logs and reports: {@code
   * 550-5.1.1 no such user 550 5.1.1 ask the postmaster}. Of a very long reply, the lines that
   * begin within the first 2048 characters.
   */
  public String oneLine() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size() && text.length() < MAX_TOLD; i++) {
      boolean last = i == lines.size() - 1;
      text.append(code).append(last ? ' ' : '-').append(lines.get(i)).append(last ? "" : " ");
    }
    return text.toString().stripTrailing();
  }

  @Override
  public String toString() {
    return oneLine();
  }
}
