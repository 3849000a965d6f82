package dev.postrider.bounce;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.dsn.OriginalMessage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Reads what a report returns: the whole message if it is small, else whole header fields. */
final class ReturnedContent {
  private ReturnedContent() {}

  /**
   * @param limit bounce_size_limit: nothing larger is read
   */
  static OriginalMessage read(MessageContent content, boolean headerOnly, int limit)
      throws IOException {
    if (!headerOnly && content.size() <= limit) {
      try (InputStream in = content.open()) {
        return new OriginalMessage(in.readNBytes(limit), false);
      }
    }
    byte[] start;
    try (InputStream in = content.open()) {
      start = in.readNBytes(limit);
    }
    return new OriginalMessage(Arrays.copyOf(start, headerEnd(start)), true);
  }

  /** Behind the last field that is there as a whole. */
  private static int headerEnd(byte[] text) {
    int fieldStart = 0;
    for (int i = 0; i < text.length; i++) {
      if (text[i] != '\n') {
        continue;
      }
      if (i + 1 == text.length) {
        return fieldStart;
      }
      byte next = text[i + 1];
      if (next == '\n') {
        return i + 1;
      }
      if (next != ' ' && next != '\t') {
        fieldStart = i + 1;
      }
    }
    return fieldStart;
  }
}
