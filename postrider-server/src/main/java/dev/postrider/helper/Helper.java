package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Does what needs a recipient's rights. Safe on any thread; a call waits until the work is done.
 *
 * <p>A {@link DeliveryFailure} says with its code whether the mail waits or goes back. Any other
 * {@link IOException} means that nobody knows: the mail waits.
 */
public interface Helper {
  /** Appends, forced to the disk when this returns; on failure the file is as it was. */
  void append(Identity as, Append to, Payload payload) throws IOException, InterruptedException;

  /**
   * Adds a file to a maildir, which is made if it is missing; forced to the disk when this returns.
   *
   * @param maildir absolute
   * @param largest octets that the payload may have; 0 is no limit
   */
  void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException, InterruptedException;

  /** Runs a command and waits for its end. */
  CommandEnd run(Identity as, CommandCall call, Payload payload)
      throws IOException, InterruptedException;

  /**
   * Reads a small file.
   *
   * @param file absolute; symbolic links are followed, with the user's rights
   * @param most octets that it may have
   * @throws IOException if it cannot be told what it holds, such as a home directory that is away
   */
  UserFile read(Identity as, Path file, int most) throws IOException, InterruptedException;

  /** Takes on the settings of a changed configuration; what is in hand goes on with the old. */
  default void reload(Config config) throws IOException, InterruptedException {}
}
