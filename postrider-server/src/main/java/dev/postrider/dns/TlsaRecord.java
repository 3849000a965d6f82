package dev.postrider.dns;

/**
 * A TLSA record (RFC 6698 §2.1): which certificate or key a server has. Immutable.
 *
 * @param usage 2 for an authority's, 3 for the server's own; others are not for mail (RFC 7672)
 * @param selector 0 for the whole certificate, 1 for its public key
 * @param matchingType 0 for the thing itself, 1 for its SHA-256, 2 for its SHA-512
 * @param data what to compare with, in capital hexadecimal digits
 */
public record TlsaRecord(int usage, int selector, int matchingType, String data) {}
