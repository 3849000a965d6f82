/**
 * MTA-STS (RFC 8461): finds by a TXT record that a domain has a policy for mail to it, fetches the
 * policy by HTTPS, and keeps it on disk for as long as it says. Decides nothing about connections.
 */
@NullMarked
package dev.postrider.sts;

import org.jspecify.annotations.NullMarked;
