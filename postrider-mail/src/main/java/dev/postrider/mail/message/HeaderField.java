package dev.postrider.mail.message;

/**
 * One header field (RFC 5322 §2.2). Immutable.
 *
 * <p>Text here is one {@code char} per byte (ISO 8859-1), so that whatever came in goes out again.
 *
 * @param name as written, without the colon
 * @param value everything behind the colon, folding included (lines joined by LF), without the last
 *     line end
 */
public record HeaderField(String name, String value) {
  public boolean is(String otherName) {
    return name.equalsIgnoreCase(otherName);
  }

  /** The value on one line: LF removed where a line was folded, surrounding space removed. */
  public String unfolded() {
    return value.replace("\n", "").strip();
  }

  /** As it stands in the message, without the last line end. */
  @Override
  public String toString() {
    return name + ":" + value;
  }
}
