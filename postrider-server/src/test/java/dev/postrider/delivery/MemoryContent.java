package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Content in memory. */
record MemoryContent(byte[] bytes) implements MessageContent {
  static MemoryContent of(String text) {
    return new MemoryContent(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public InputStream open() {
    return new ByteArrayInputStream(bytes);
  }
}
