package dev.postrider.mailbox;

import dev.postrider.mail.message.HeaderAddresses;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The header of a stored message, of which no more is read than a person could want. */
public final class LetterHeader {
  private static final int MOST_OF_FIELD = 1 << 16;
  private static final int MOST_OF_ALL = 1 << 20;

  private LetterHeader() {}

  public static List<HeaderField> of(Mailbox mailbox, Letter letter) throws IOException {
    try (InputStream in = mailbox.open(letter)) {
      return read(in);
    }
  }

  /** The fields a message begins with; values as they stand there, an octet a character. */
  public static List<HeaderField> read(InputStream message) throws IOException {
    HeaderScanner scanner = new HeaderScanner(message, MOST_OF_FIELD);
    List<HeaderField> fields = new ArrayList<>();
    int size = 0;
    for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
      size += field.value().length() + field.name().length();
      if (size > MOST_OF_ALL) {
        break;
      }
      fields.add(new HeaderField(field.name(), field.value().replace("\r", "")));
    }
    return fields;
  }

  /** The value of the first field of that name, unfolded; empty if there is none. */
  public static String value(List<HeaderField> fields, String name) {
    for (HeaderField field : fields) {
      if (field.is(name)) {
        return field.unfolded().strip();
      }
    }
    return "";
  }

  /** The address of the author, else of the sender; empty if the header names none. */
  public static String sender(List<HeaderField> fields) {
    for (String name : new String[] {"From", "Sender"}) {
      for (HeaderField field : fields) {
        if (field.is(name)) {
          for (var mailbox : HeaderAddresses.addresses(field)) {
            return mailbox.external();
          }
        }
      }
    }
    return "";
  }
}
