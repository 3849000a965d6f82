package dev.postrider.provider;

/**
 * Where mail of an address can be handed in. Immutable.
 *
 * @param provider with its servers, of which a guess has several that may not exist
 * @param source how it was found
 * @param detail for people: the page, the MX host or the record that said so
 */
public record Finding(Provider provider, Source source, String detail) {
  /** How a provider was found; the first is the surest. */
  public enum Source {
    /** The list that comes with the program. */
    LIST,
    /** A document of the domain. */
    PUBLISHED,
    /** Thunderbird's list of providers. */
    ISPDB,
    /** SRV records of the domain (RFC 6186, RFC 8314). */
    SRV,
    /** The usual names. */
    GUESS
  }
}
