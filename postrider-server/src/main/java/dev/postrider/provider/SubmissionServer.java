package dev.postrider.provider;

/**
 * A server that takes mail from an account. Immutable.
 *
 * @param host its name, as its certificate has it; may have {@code REGION} in it
 * @param port 1 to 65535
 * @param security how the connection is protected
 */
public record SubmissionServer(String host, int port, Security security) {
  /** How a connection is protected. There is no third way: a password is never sent in clear. */
  public enum Security {
    /** TLS from the first byte (RFC 8314 §3.3). */
    IMPLICIT,
    /** STARTTLS (RFC 3207), which must succeed. */
    STARTTLS
  }

  public SubmissionServer {
    if (host.isEmpty() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(host + ":" + port + ": no server");
    }
  }

  /** The word in the host's name that stands for a region which only the account's owner knows. */
  public static final String REGION = "REGION";

  public boolean needsRegion() {
    return host.contains(REGION);
  }

  public SubmissionServer inRegion(String region) {
    return new SubmissionServer(host.replace(REGION, region), port, security);
  }

  /** As main.cf and tables have it. */
  public String nextHop() {
    return "[" + host + "]:" + port;
  }
}
