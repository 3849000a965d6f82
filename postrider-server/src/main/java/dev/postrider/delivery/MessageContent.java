package dev.postrider.delivery;

import java.io.IOException;
import java.io.InputStream;

/**
 * The content of a stored message: header, empty line, body; lines end in LF. Safe on any thread.
 */
public interface MessageContent {
  /** Bytes, LF line ends counted as one. */
  long size();

  /** A new stream from the first byte; several may be open at once. */
  InputStream open() throws IOException;
}
