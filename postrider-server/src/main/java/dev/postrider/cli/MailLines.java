package dev.postrider.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where the lines of a letter come from. */
@FunctionalInterface
interface MailLines {
  /**
   * The next one without its line end, or null at the end.
   *
   * @throws MailInterruptException if it was interrupted; asking again is allowed
   */
  @Nullable String readLine() throws IOException, InterruptedException;
}
