package dev.postrider.table;

import java.io.IOException;
import java.util.function.BiConsumer;

/** A compiled file of fixed strings, whoever wrote it. Immutable. */
interface StoredStrings {
  /** Looks up a key that is folded already where folding is wanted. */
  Lookup lookup(String key);

  /**
   * Hands over every entry in the order of the file.
   *
   * @throws IOException when the file is damaged; names it
   */
  void forEach(BiConsumer<String, String> reader) throws IOException;
}
