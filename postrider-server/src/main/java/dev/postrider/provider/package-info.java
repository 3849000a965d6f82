/**
 * What is known of mail providers, and how the one of an address is found: the list that comes with
 * the program, what the domain itself publishes, and guesses. Values and parsers; whatever asks the
 * network is handed in. Nothing here writes configuration or knows a password.
 */
@NullMarked
package dev.postrider.provider;

import org.jspecify.annotations.NullMarked;
