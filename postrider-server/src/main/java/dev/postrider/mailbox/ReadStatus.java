package dev.postrider.mailbox;

/**
 * What a mailbox remembers of a message: the Status field of an mbox ({@code RO}), the flag {@code
 * S} and the directory of a maildir. Immutable.
 *
 * @param read somebody has looked at it
 * @param old it was there in an earlier session
 */
public record ReadStatus(boolean read, boolean old) {
  public static final ReadStatus NEW = new ReadStatus(false, false);

  /** From the value of a Status field; letters of other programs mean nothing here. */
  static ReadStatus parse(String value) {
    return new ReadStatus(value.indexOf('R') >= 0, value.indexOf('O') >= 0);
  }

  /** The value of a Status field; empty for a new message, which has none. */
  public String field() {
    return (read ? "R" : "") + (old ? "O" : "");
  }
}
