package dev.postrider.table;

/** Splits {@code user+extension} (recipient_delimiter). Stateless. */
public final class Extension {
  private Extension() {}

  /**
   * Where the extension begins, delimiter included; -1 when there is none. Some names are never
   * split: those of the mail system itself, and {@code owner-x} and {@code x-request} when the
   * hyphen is a delimiter.
   */
  public static int start(String localPart, String delimiters) {
    if (delimiters.isEmpty()
        || localPart.equalsIgnoreCase("mailer-daemon")
        || localPart.equalsIgnoreCase("double-bounce")) {
      return -1;
    }
    boolean hyphen = delimiters.indexOf('-') >= 0;
    if (hyphen
        && (localPart.regionMatches(true, 0, "owner-", 0, 6)
            || localPart.regionMatches(true, localPart.length() - 8, "-request", 0, 8))) {
      return -1;
    }
    for (int i = 1; i < localPart.length(); i++) {
      if (delimiters.indexOf(localPart.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }
}
