package dev.postrider.agent;

import dev.postrider.mail.address.Mailbox;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The lines that delivery puts on top of a message, without line ends. Functions only. */
public final class TopLines {
  private static final DateTimeFormatter ASCTIME =
      DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);

  private TopLines() {}

  /**
   * The line that begins a message in an mbox (RFC 4155), with Postfix's two spaces.
   *
   * @param sender as a header spells it; empty for the null sender
   */
  public static String from(String sender, Instant now) {
    return "From "
        + (sender.isEmpty() ? "MAILER-DAEMON" : sender)
        + "  "
        + ASCTIME.format(now.atZone(ZoneId.systemDefault()));
  }

  /** The envelope's sender (RFC 5321 §4.4). */
  public static String returnPath(String sender) {
    return "Return-Path: <" + sender + ">";
  }

  /** The recipient as first given. */
  public static String originalTo(Mailbox original) {
    return "X-Original-To: " + original.external();
  }

  /** The recipient as delivered to, by which a loop is noticed. */
  public static String deliveredTo(Mailbox recipient) {
    return "Delivered-To: " + recipient.external();
  }
}
