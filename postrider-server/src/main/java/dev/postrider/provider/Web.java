package dev.postrider.provider;

import java.io.IOException;
import java.net.URI;

/** Gets documents from the web. Safe on any thread; blocks. */
@FunctionalInterface
public interface Web {
  /**
   * Gets a document, by HTTPS only.
   *
   * @return its text
   * @throws IOException if there is none, or it cannot be had; the message says why
   */
  String get(URI uri) throws IOException;
}
