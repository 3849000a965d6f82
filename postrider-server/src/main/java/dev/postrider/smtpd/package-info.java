/**
 * SMTP server: one virtual thread a session. Every command is checked for state and syntax, then
 * for policy, then takes effect.
 */
@NullMarked
package dev.postrider.smtpd;

import org.jspecify.annotations.NullMarked;
