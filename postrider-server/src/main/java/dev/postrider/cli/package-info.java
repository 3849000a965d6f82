/**
 * The commands, one class each. Start-up time is their first virtue: no reflection, no regular
 * expression and no library on the everyday path.
 */
@NullMarked
package dev.postrider.cli;

import org.jspecify.annotations.NullMarked;
