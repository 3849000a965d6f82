/**
 * Sieve (RFC 5228): reads a user's script, says what is wrong in it, and finds what it wants done
 * with a message. The language is read by Apache jSieve, and so are its conditions; what that does
 * otherwise than the RFC says, or without bounds, is done here: the words of the text ({@link
 * dev.postrider.sieve.ScriptText}), the checking before anything runs, tests and actions.
 *
 * <p>Everything here is values and functions of them: nothing is opened, sent or written. All types
 * are safe on any thread unless they say otherwise.
 */
@NullMarked
package dev.postrider.sieve;

import org.jspecify.annotations.NullMarked;
