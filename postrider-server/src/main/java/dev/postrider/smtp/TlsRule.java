package dev.postrider.smtp;

import dev.postrider.tls.Pins;
import dev.postrider.tls.TlsLevel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is configured for one destination; what it leaves open (null) main.cf decides, by the level
 * that comes about. Immutable.
 *
 * @param grade of ciphers
 * @param protocols words as in {@code smtp_tls_protocols}
 * @param excluded ciphers
 * @param match certificate names
 * @param pins fingerprints or trust anchors; may be empty
 * @param serverName for SNI
 * @param explicit whether somebody wrote it for this destination
 * @param reuse whether connections may carry further messages
 * @param plugin what a program that made the rule tells of the policy it made it from, or null
 */
record TlsRule(
    TlsLevel level,
    boolean explicit,
    @Nullable String grade,
    @Nullable List<String> protocols,
    @Nullable List<String> excluded,
    @Nullable List<String> match,
    Pins pins,
    @Nullable String serverName,
    @Nullable Boolean reuse,
    @Nullable PluginPolicy plugin) {
  /** The same with another level. */
  TlsRule withLevel(TlsLevel other) {
    return new TlsRule(
        other, explicit, grade, protocols, excluded, match, pins, serverName, reuse, plugin);
  }

  /** Only a level, of main.cf's for all destinations. */
  static TlsRule general(TlsLevel level) {
    return new TlsRule(level, false, null, null, null, null, Pins.NONE, null, null, null);
  }

  /** Only a level, for one destination. */
  static TlsRule of(TlsLevel level) {
    return new TlsRule(level, true, null, null, null, null, Pins.NONE, null, null, null);
  }
}
