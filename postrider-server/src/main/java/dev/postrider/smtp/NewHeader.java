package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.message.HeaderScanner;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/** A message with another header before the same body. Safe on any thread. */
final class NewHeader implements MessageContent {
  private final MessageContent original;
  private final byte[] header;
  private final long size;

  /**
   * @param header all of it, the empty line included where the message has one
   * @param size of the whole
   */
  NewHeader(MessageContent original, byte[] header, long size) {
    this.original = original;
    this.header = header.clone();
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public InputStream open() throws IOException {
    HeaderScanner scanner = new HeaderScanner(original.open(), OutgoingAddresses.MAX_FIELD);
    while (scanner.next() != null) {
      // Skipped: the new header stands in its place.
    }
    return new SequenceInputStream(new ByteArrayInputStream(header), scanner.body());
  }
}
