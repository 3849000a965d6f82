package dev.postrider.delivery;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Content in memory. */
public record MemoryContent(byte[] bytes) implements MessageContent {
  public static MemoryContent of(String text) {
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
