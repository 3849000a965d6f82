/**
 * Logins without a password (OAuth 2, RFC 6749): a person gives leave once, with a browser, and
 * from then on access tokens are fetched and renewed here. Safe on any thread; renewing waits for
 * the network, half a minute at most. Tokens are in private files of the mail system and in memory,
 * and must not get into a message, a log or an exception. Does not know SMTP.
 */
@NullMarked
package dev.postrider.oauth;

import org.jspecify.annotations.NullMarked;
