package dev.postrider.mailbox;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of a message that has no parts of its own, decoded: what a search for words looks at.
 * Immutable.
 *
 * @param type as {@code text/plain}, in lower case
 * @param text its content without transfer encoding, in the charset that it names, else as UTF-8
 */
public record ContentPart(String type, String text) {
  /**
   * All of a message, from top to bottom.
   *
   * @param message header, empty line, body; it may be cut off anywhere
   */
  public static List<ContentPart> of(byte[] message) {
    List<ContentPart> found = new ArrayList<>();
    collect(MimePart.parse(message), found);
    return found;
  }

  private static void collect(MimePart part, List<ContentPart> found) {
    if (part.parts().isEmpty()) {
      found.add(new ContentPart(part.type().word(), part.text()));
    }
    part.parts().forEach(each -> collect(each, found));
  }

  /** The text for people: HTML without its marks. */
  public String words() {
    return type.equals("text/html") ? HtmlText.of(text) : text;
  }
}
