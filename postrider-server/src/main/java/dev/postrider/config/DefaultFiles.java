package dev.postrider.config;

import java.nio.charset.StandardCharsets;

/** The configuration files that a new instance starts with. */
public final class DefaultFiles {
  private DefaultFiles() {}

  /** A main.cf of comments, in which everything has its default. */
  public static String mainCf() {
    return text("default-main.cf");
  }

  /** The services of a plain installation. */
  public static String masterCf() {
    return text("default-master.cf");
  }

  /** The built-in notices to senders, in the format of bounce(5). */
  public static String bounceTemplates() {
    return text("bounce-templates.txt");
  }

  private static String text(String resource) {
    return new String(SortedLines.resourceBytes(resource), StandardCharsets.UTF_8);
  }
}
