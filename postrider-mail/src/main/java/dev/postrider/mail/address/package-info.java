/**
 * Addresses: parsed once, here, and printed back as RFC 5321 §4.1.2 and RFC 5322 §3.4 want them.
 * Values are immutable and safe on any thread. Does no DNS and knows no local names.
 */
@NullMarked
package dev.postrider.mail.address;

import org.jspecify.annotations.NullMarked;
