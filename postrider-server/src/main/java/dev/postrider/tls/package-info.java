/**
 * TLS for both sides: levels, trust, names, and what the log says of a handshake. One context a
 * policy, so that sessions resumed under one policy never serve another.
 */
@NullMarked
package dev.postrider.tls;

import org.jspecify.annotations.NullMarked;
