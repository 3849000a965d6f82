package dev.postrider.helper;

import java.nio.file.Path;

/** What the daemon asks of the helper; a payload follows all but the last. Immutable. */
sealed interface Request {
  /** Whose rights are wanted. */
  Identity as();

  /** {@link Helper#append}. */
  record AppendTo(Identity as, Append to) implements Request {}

  /** {@link Helper#addToMaildir}. */
  record AddToMaildir(Identity as, Path maildir, long largest) implements Request {}

  /** {@link Helper#run}. */
  record Run(Identity as, CommandCall call) implements Request {}

  /** {@link Helper#read}. */
  record Read(Identity as, Path file, int most) implements Request {}
}
