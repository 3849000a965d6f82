package dev.postrider.tls;

import java.util.Locale;

/**
 * What is logged of handshakes ({@code smtp_tls_loglevel}): a number, or words. Immutable.
 *
 * @param summary one line for each connection
 * @param untrusted why a certificate is not trusted also where that does not matter
 * @param certificate the server's certificate and what about it matched
 * @param resumption that a session was resumed
 */
public record TlsLogLevel(
    boolean summary, boolean untrusted, boolean certificate, boolean resumption) {
  /** Reads what main.cf has; words that mean nothing here mean nothing. */
  public static TlsLogLevel parse(String text) {
    boolean summary = false;
    boolean untrusted = false;
    boolean certificate = false;
    boolean resumption = false;
    for (String word : text.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      boolean all =
          switch (word) {
            case "2", "3", "4", "5", "6", "7", "8", "9", "debug", "ssl-expert", "ssl-developer" ->
                true;
            default -> false;
          };
      summary |= all || word.equals("1") || word.equals("routine") || word.equals("summary");
      untrusted |= word.equals("untrusted");
      certificate |=
          all || word.equals("peercert") || word.equals("certmatch") || word.equals("verbose");
      resumption |= all || word.equals("cache");
    }
    return new TlsLogLevel(summary, untrusted, certificate, resumption);
  }
}
