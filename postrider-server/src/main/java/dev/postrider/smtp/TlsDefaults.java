package dev.postrider.smtp;

import dev.postrider.log.MailLog;
import dev.postrider.smtp.TlsRuleParser.BadRuleException;
import dev.postrider.tls.CipherChoice;
import dev.postrider.tls.Pin;
import dev.postrider.tls.Pins;
import dev.postrider.tls.ProtocolRange;
import dev.postrider.tls.StsUse;
import dev.postrider.tls.TlsClient;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import dev.postrider.tls.TrustFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What main.cf says about TLS for all destinations, from which, and from a rule, a policy is made.
 * Safe on any thread.
 */
final class TlsDefaults {
  private final ClientConfig config;
  private final List<String> protocols;
  private final List<String> mandatoryProtocols;
  private final String grade;
  private final String mandatoryGrade;
  private final List<String> excluded;
  private final List<String> mandatoryExcluded;
  private final List<String> verifyMatch;
  private final List<String> secureMatch;
  private final String serverName;
  private final boolean reuse;
  private final Fingerprints fingerprints;

  TlsDefaults(ClientConfig config, MailLog log, String process) {
    this.config = config;
    protocols = config.list("smtp_tls_protocols");
    mandatoryProtocols = config.list("smtp_tls_mandatory_protocols");
    grade = config.text("smtp_tls_ciphers");
    mandatoryGrade = config.text("smtp_tls_mandatory_ciphers");
    excluded = config.list("smtp_tls_exclude_ciphers");
    mandatoryExcluded = new ArrayList<>(excluded);
    mandatoryExcluded.addAll(config.list("smtp_tls_mandatory_exclude_ciphers"));
    verifyMatch = names(config.list("smtp_tls_verify_cert_match"));
    secureMatch = names(config.list("smtp_tls_secure_cert_match"));
    serverName = config.text("smtp_tls_servername");
    reuse = config.flag("smtp_tls_connection_reuse");
    fingerprints =
        new Fingerprints(
            Pin.digestNamed(config.text("smtp_tls_fingerprint_digest")),
            text -> log.warning(process, text));
  }

  /** Reads fingerprints, by the digest of main.cf. */
  Fingerprints fingerprints() {
    return fingerprints;
  }

  /**
   * The policy of a rule.
   *
   * @param level that came about, which may be another than the rule's
   * @throws BadRuleException if main.cf leaves nothing that would do
   */
  TlsPolicy policy(TlsRule rule, TlsLevel level) throws BadRuleException {
    if (level == TlsLevel.NONE) {
      return new TlsPolicy(
          level, List.of(), CipherChoice.ALL, List.of(), Pins.NONE, "", reuse, StsUse.NONE);
    }
    boolean mandatory = level.isMandatory();
    List<String> allowed =
        rule.protocols() != null ? rule.protocols() : mandatory ? mandatoryProtocols : protocols;
    return new TlsPolicy(
        level,
        ProtocolRange.allowed(allowed, TlsClient.offeredProtocols()),
        ciphers(rule, mandatory),
        match(rule, level),
        pins(rule, level),
        rule.serverName() != null ? rule.serverName() : serverName,
        rule.reuse() != null ? rule.reuse() : reuse,
        StsUse.NONE);
  }

  private List<String> match(TlsRule rule, TlsLevel level) {
    if (rule.match() != null) {
      return rule.match();
    }
    return level == TlsLevel.SECURE ? secureMatch : verifyMatch;
  }

  private Pins pins(TlsRule rule, TlsLevel level) throws BadRuleException {
    if (level == TlsLevel.FINGERPRINT) {
      if (fingerprints.digest().isEmpty()) {
        throw new BadRuleException(
            name("smtp_tls_fingerprint_digest")
                + " = "
                + config.text("smtp_tls_fingerprint_digest")
                + ": no such digest (use sha256)");
      }
      Pins pins =
          rule.pins().isEmpty()
              ? fingerprints.parse(config.list("smtp_tls_fingerprint_cert_match"))
              : rule.pins();
      if (pins.isEmpty()) {
        throw new BadRuleException(
            "the level fingerprint, but no fingerprint to compare with: set match= in "
                + name("smtp_tls_policy_maps")
                + " or "
                + name("smtp_tls_fingerprint_cert_match"));
      }
      return pins;
    }
    if (!level.usesAuthorities()) {
      return Pins.NONE;
    }
    Pins pins = rule.pins();
    if (pins.isEmpty()) {
      for (String file : config.list("smtp_tls_trust_anchor_file")) {
        try {
          pins = pins.and(TrustFile.read(Path.of(file)));
        } catch (IOException e) {
          throw new BadRuleException(
              name("smtp_tls_trust_anchor_file") + ": cannot read " + e.getMessage());
        }
      }
    }
    return pins;
  }

  private CipherChoice ciphers(TlsRule rule, boolean mandatory) throws BadRuleException {
    String chosen =
        (rule.grade() != null ? rule.grade() : mandatory ? mandatoryGrade : grade)
            .toLowerCase(Locale.ROOT);
    String parameter =
        switch (chosen) {
          case "high" -> "tls_high_cipherlist";
          // There are no weaker ones in Java.
          case "medium", "low", "export", "null" -> "tls_medium_cipherlist";
          default ->
              throw new BadRuleException(
                  "invalid TLS cipher grade \"" + chosen + "\" (use medium or high)");
        };
    List<String> out =
        rule.excluded() != null ? rule.excluded() : mandatory ? mandatoryExcluded : excluded;
    // What Postfix has by default leaves out nothing that Java offers.
    String list = config.main().isSet(parameter) ? config.text(parameter) : "";
    return list.isEmpty() && out.isEmpty() ? CipherChoice.ALL : new CipherChoice(list, out);
  }

  private String name(String smtpName) {
    return config.dialect().parameter(smtpName);
  }

  private static List<String> names(List<String> words) {
    List<String> names = new ArrayList<>();
    for (String word : words) {
      names.addAll(List.of(word.split(":")));
    }
    return names;
  }
}
