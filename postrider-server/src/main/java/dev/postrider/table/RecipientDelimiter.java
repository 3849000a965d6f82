package dev.postrider.table;

import dev.postrider.config.Config;

/**
 * Where {@code user+extension} is split. Immutable.
 *
 * @param characters recipient_delimiter: any one of them; empty for none
 * @param ownerRequestSpecial whether {@code owner-x} and {@code x-request} stay whole when the
 *     hyphen is among them (owner_request_special)
 */
public record RecipientDelimiter(String characters, boolean ownerRequestSpecial) {
  /** As main.cf says. */
  public static RecipientDelimiter of(Config config) {
    return new RecipientDelimiter(
        config.text("recipient_delimiter"), config.flag("owner_request_special"));
  }

  /**
   * Where the extension begins, delimiter included; -1 when there is none. The names of the mail
   * system itself are never split.
   */
  public int start(String localPart) {
    if (characters.isEmpty()
        || localPart.equalsIgnoreCase("postmaster")
        || localPart.equalsIgnoreCase("mailer-daemon")
        || localPart.equalsIgnoreCase("double-bounce")) {
      return -1;
    }
    boolean whole =
        ownerRequestSpecial
            && characters.indexOf('-') >= 0
            && (localPart.regionMatches(true, 0, "owner-", 0, 6)
                || localPart.regionMatches(true, localPart.length() - 8, "-request", 0, 8));
    if (whole) {
      return -1;
    }
    for (int i = 1; i < localPart.length(); i++) {
      if (characters.indexOf(localPart.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
