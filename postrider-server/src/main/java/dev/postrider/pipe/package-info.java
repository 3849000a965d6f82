/**
 * Hands messages to commands that master.cf names [pipe]. Reads the attributes of the service,
 * fills the macros in; who runs the command, and with which rights, is the helper's business.
 */
@NullMarked
package dev.postrider.pipe;

import org.jspecify.annotations.NullMarked;
