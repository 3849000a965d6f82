/**
 * Moving to Postrider: what other mail programs' configuration files say, in settings of main.cf,
 * and the messages of a Postfix queue, so that they can be stored here.
 *
 * <p>Threads: each object is for one thread; records are immutable. The package reads files and
 * says what it found; it writes nothing but the journal of an import, prints nothing, and never
 * runs a command that a file names. What it reads was written by anybody. Passwords leave it only
 * as the lines of a password table.
 */
@NullMarked
package dev.postrider.migrate;

import org.jspecify.annotations.NullMarked;
