package dev.postrider.dns;

/**
 * One SRV record (RFC 2782). Immutable.
 *
 * @param priority lower is tried first
 * @param weight share of the calls among those of a priority
 * @param port of the service
 * @param name without the final dot; empty for the root: the service is not offered
 */
public record SrvHost(int priority, int weight, int port, String name) {}
