package dev.postrider.helper;

import java.io.IOException;
import java.io.OutputStream;

/** The very octets that are to be written or fed to a command. Safe on any thread. */
@FunctionalInterface
public interface Payload {
  /** Writes all of them; may be called again after a failure, and writes the same then. */
  void writeTo(OutputStream out) throws IOException;
}
