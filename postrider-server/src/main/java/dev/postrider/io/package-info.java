/**
 * Bytes in and out with limits: bounded lines, the seam to stable storage, and the accounts and
 * rights under which files are read and written. Knows nothing of mail.
 */
@NullMarked
package dev.postrider.io;

import org.jspecify.annotations.NullMarked;
