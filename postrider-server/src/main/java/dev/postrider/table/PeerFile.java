package dev.postrider.table;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A compiled file that another program's postmap wrote. Its keys and values may each end with a
 * NUL, or not: which of the two Postfix was built for cannot be seen, so both are tried. Immutable.
 */
record PeerFile(Path file, Format format) implements StoredStrings {
  /** One file format, over a copy of a file that nobody changes any more. */
  interface Format {
    /**
     * The value of a key, or null.
     *
     * @throws IndexOutOfBoundsException when the file leads outside of itself
     */
    byte @Nullable [] find(byte[] key);

    /** Hands over every entry; fails like {@link #find}. */
    void forEach(BiConsumer<byte[], byte[]> reader);
  }

  /**
   * Reads a file by the format that its name says.
   *
   * @return null when it is no file of that format
   */
  static @Nullable PeerFile read(Path file) throws IOException {
    String name = file.toString();
    @Nullable Format format =
        name.endsWith(".lmdb")
            ? LmdbFile.read(file)
            : name.endsWith(".cdb") ? CdbFile.read(file) : null;
    return format == null ? null : new PeerFile(file, format);
  }

  @Override
  public Lookup lookup(String key) {
    byte[] bytes = Octets.encode(key);
    try {
      byte @Nullable [] value = format.find(Arrays.copyOf(bytes, bytes.length + 1));
      if (value == null) {
        value = format.find(bytes);
      }
      return value == null ? new Lookup.NotFound() : new Lookup.Found(text(value));
    } catch (IndexOutOfBoundsException e) {
      return new Lookup.Unavailable(damaged());
    }
  }

  @Override
  public void forEach(BiConsumer<String, String> reader) throws IOException {
    try {
      format.forEach((key, value) -> reader.accept(text(key), text(value)));
    } catch (IndexOutOfBoundsException e) {
      throw new IOException(damaged(), e);
    }
  }

  private String damaged() {
    return file + ": damaged; run postmap or postalias again";
  }

  /** Up to the NUL where there is one: no key or value can hold it. */
  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return Octets.decode(bytes, 0, end);
  }
}
