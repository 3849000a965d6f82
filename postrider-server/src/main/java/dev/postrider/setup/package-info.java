/**
 * The first configuration, made from a few answers: what is to be written for a provider, or to do
 * without one, shown before it is written, written as a whole and taken back as a whole. Asks
 * nobody anything and opens no connection: commands do.
 */
@NullMarked
package dev.postrider.setup;

import org.jspecify.annotations.NullMarked;
