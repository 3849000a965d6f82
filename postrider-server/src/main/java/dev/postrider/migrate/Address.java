package dev.postrider.migrate;

/** Addresses and domains of foreign configurations that can stand in main.cf. Functions only. */
final class Address {
  private static final String DOMAIN = "[A-Za-z0-9_]([A-Za-z0-9._-]{0,253})";

  private Address() {}

  /** Whether it can stand in a table, also in one that is written into main.cf itself. */
  static boolean isAddress(String text) {
    return text.length() <= 320 && text.matches("[^\\s\"(),:;<>@\\[\\]{}$\\\\#]+@" + DOMAIN);
  }

  static boolean isDomain(String text) {
    return text.matches(DOMAIN);
  }

  /** A local name as tables have it as a key. */
  static boolean isName(String text) {
    return text.length() <= 64 && text.matches("[^\\s\"(),:;<>@\\[\\]{}$\\\\#]+");
  }

  /** A list of addresses or names. */
  static boolean isList(String text) {
    if (text.isBlank()) {
      return false;
    }
    for (String each : text.split("[,\\s]+")) {
      if (!isAddress(each) && !isName(each)) {
        return false;
      }
    }
    return true;
  }

  /** A list as tables have it. */
  static String list(String text) {
    return String.join(", ", text.strip().split("[,\\s]+"));
  }

  /** What an own sender without domain gets instead. */
  static String ownSenders(String target) {
    return "inline:{ {@$myorigin = " + target + "} }";
  }
}
