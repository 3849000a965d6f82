package dev.postrider.helper;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes the content of a frame, a field after another. For one thread. */
final class FieldWriter {
  private final ByteArrayOutputStream fields = new ByteArrayOutputStream(512);

  FieldWriter kind(int kind) {
    fields.write(kind);
    return this;
  }

  FieldWriter number(long number) {
    fields.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
    return this;
  }

  FieldWriter text(String text) {
    return octets(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An octet a character. */
  FieldWriter octets(String octets) {
    return octets(octets.getBytes(StandardCharsets.ISO_8859_1));
  }

  FieldWriter identity(Identity as) {
    return text(as.user()).number(as.uid()).number(as.gid());
  }

  byte[] bytes() {
    return fields.toByteArray();
  }

  private FieldWriter octets(byte[] octets) {
    fields.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(octets.length).array());
    fields.writeBytes(octets);
    return this;
  }
}
