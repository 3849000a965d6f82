package dev.postrider.dns;

/**
 * One MX record. Immutable.
 *
 * @param preference lower is tried first
 * @param name without the final dot; empty for the root, which is a null MX (RFC 7505)
 */
public record MxHost(int preference, String name) {}
