package dev.postrider.mail.message;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A header that is short enough to hold, as one made here is: fields in order. Names compare
 * without case. For one thread.
 */
public final class HeaderBlock {
  private final List<HeaderField> fields = new ArrayList<>();

  /** Empty. */
  public HeaderBlock() {}

  /** The fields in order; a copy. */
  public List<HeaderField> fields() {
    return List.copyOf(fields);
  }

  /** The first field of that name, or null. */
  public @Nullable HeaderField find(String name) {
    for (HeaderField field : fields) {
      if (field.is(name)) {
        return field;
      }
    }
    return null;
  }

  public boolean has(String name) {
    return find(name) != null;
  }

  public void append(HeaderField field) {
    fields.add(field);
  }

  /** Appends a field with text of any script; UTF-8 becomes one char per byte. */
  public void append(String name, String text) {
    fields.add(new HeaderField(name, " " + Latin1Text.encodeUtf8(text)));
  }

  public void prepend(HeaderField field) {
    fields.addFirst(field);
  }

  /** Removes every field of that name. */
  public void remove(String name) {
    fields.removeIf(field -> field.is(name));
  }

  /** Writes the fields, each ended by LF; without the empty line behind them. */
  public void writeTo(OutputStream out) throws IOException {
    for (HeaderField field : fields) {
      out.write(field.toString().getBytes(StandardCharsets.ISO_8859_1));
      out.write('\n');
    }
  }
}
