/**
 * Makes a submission storable: header completion, rewriting, limits, and the way into the spool
 * [cleanup].
 */
@NullMarked
package dev.postrider.intake;

import org.jspecify.annotations.NullMarked;
