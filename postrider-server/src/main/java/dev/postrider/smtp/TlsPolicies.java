package dev.postrider.smtp;

import dev.postrider.log.MailLog;
import dev.postrider.smtp.TlsRuleParser.BadRuleException;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.tls.Pins;
import dev.postrider.tls.StsUse;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which TLS policy a next hop has: {@code smtp_tls_policy_maps}, else {@code
 * smtp_tls_security_level}, else the older parameters. Safe on any thread.
 *
 * <p>A level that cannot be had here is an error and defers mail: to go on with less protection
 * than configured would be the one wrong answer.
 */
final class TlsPolicies {
  /** What the configuration says. */
  sealed interface Answer {
    /**
     * A policy.
     *
     * @param rule what it was made of
     */
    record Policy(TlsPolicy policy, TlsRule rule) implements Answer {}

    /** Nothing that can be used. */
    record Broken(String reason) implements Answer {}
  }

  private final List<LookupTable> tables;
  private final PerSite perSite;
  private final TlsDefaults defaults;
  private final Dane dane;
  private final @Nullable Sts sts;
  private final Answer general;
  private final boolean enforcesPatterns;

  /** The name of the parameter that names the tables. */
  private final String tableParameter;

  /**
   * @param sts null without MTA-STS
   */
  TlsPolicies(
      ClientConfig config,
      SmtpTables tables,
      Dane dane,
      @Nullable Sts sts,
      MailLog log,
      String process) {
    this.dane = dane;
    this.sts = sts;
    this.tables = tables.tlsPolicies();
    perSite =
        new PerSite(
            this.tables.isEmpty() ? tables.tlsPerSite() : List.of(),
            config.dialect().parameter("smtp_tls_per_site"));
    tableParameter = config.dialect().parameter("smtp_tls_policy_maps");
    defaults = new TlsDefaults(config, log, process);
    enforcesPatterns = config.flag("smtp_tls_enforce_sts_mx_patterns");
    general = general(config);
    if (general instanceof Answer.Broken(var reason)) {
      log.error(process, reason + "; mail is deferred until this is mended");
    }
    warn(config, log, process);
  }

  private Answer general(ClientConfig config) {
    String word = config.text("smtp_tls_security_level");
    Optional<TlsLevel> named = TlsLevel.parse(word);
    if (!word.isEmpty() && named.isEmpty()) {
      return new Answer.Broken(
          config.dialect().parameter("smtp_tls_security_level")
              + ": \""
              + word
              + "\" is not supported (use none, may, encrypt, fingerprint, verify, secure, dane or"
              + " dane-only)");
    }
    return settle(TlsRule.general(named.orElseGet(() -> oldLevel(config))));
  }

  private static TlsLevel oldLevel(ClientConfig config) {
    if (config.flag("smtp_enforce_tls")) {
      return config.flag("smtp_tls_enforce_peername") ? TlsLevel.VERIFY : TlsLevel.ENCRYPT;
    }
    return config.flag("smtp_use_tls") ? TlsLevel.MAY : TlsLevel.NONE;
  }

  private static void warn(ClientConfig config, MailLog log, String process) {
    for (String name : List.of("smtp_tls_ciphers", "smtp_tls_mandatory_ciphers")) {
      String grade = config.text(name);
      if (grade.equals("null") || grade.equals("export") || grade.equals("low")) {
        log.warning(
            process,
            config.dialect().parameter(name)
                + " = "
                + grade
                + ": such ciphers do not exist here any more;"
                + " using the usual ones");
      }
    }
  }

  private Answer settle(TlsRule rule) {
    try {
      return new Answer.Policy(defaults.policy(rule, rule.level()), rule);
    } catch (BadRuleException e) {
      return new Answer.Broken("client TLS configuration problem: " + e.reason());
    }
  }

  Answer find(Site site) {
    if (tables.isEmpty()) {
      return general;
    }
    for (String key : keys(site)) {
      for (LookupTable table : tables) {
        switch (table.lookup(key)) {
          case Lookup.Found(var value) -> {
            return parse(value, key);
          }
          case Lookup.Unavailable(var reason) -> {
            return new Answer.Broken("TLS policy table lookup error: " + reason);
          }
          case Lookup.NotFound _ -> {}
        }
      }
    }
    return general;
  }

  /** The next hop as written, then, for a domain, its parents with a leading dot. */
  private static List<String> keys(Site site) {
    List<String> keys = new ArrayList<>();
    keys.add(site.written());
    if (!site.direct() && site.written().equals(site.host())) {
      for (int dot = site.host().indexOf('.'); dot >= 0; dot = site.host().indexOf('.', dot + 1)) {
        keys.add(site.host().substring(dot));
      }
    }
    return keys;
  }

  private Answer parse(String value, String key) {
    try {
      return settle(new TlsRuleParser(defaults.fingerprints(), enforcesPatterns).parse(value));
    } catch (BadRuleException e) {
      return new Answer.Broken(tableParameter + ": " + e.reason() + " for " + key);
    }
  }

  /**
   * What a next hop's policy means for one of its servers.
   *
   * @param found by {@link #find}
   */
  Answer at(Target target, Answer.Policy found) {
    PluginPolicy plugin = found.rule().plugin();
    if (enforcesPatterns
        && plugin != null
        && plugin.namesServers()
        && found.rule().match() != null
        && !plugin.allows(target.host())) {
      return new Answer.Broken(
          "the policy of "
              + (plugin.domain() == null ? target.site().host() : plugin.domain())
              + " (MTA-STS) does not name the server "
              + target.host());
    }
    try {
      TlsLevel general = found.rule().level();
      if (!perSite.tables().isEmpty()) {
        TlsLevel level = perSite.level(target, general);
        if (level != general) {
          return settle(TlsRule.of(level));
        }
      }
      return bySts(target, general.isDane() ? byDane(target, found.rule()) : found);
    } catch (BadRuleException e) {
      return new Answer.Broken(e.reason());
    }
  }

  /**
   * Whether the recipient's domain, not this machine's configuration, may demand something of a
   * server.
   */
  boolean dependsOnRecipient(Target target, Answer.Policy found) {
    return found.rule().level().isDane()
        || (found.policy().level() == TlsLevel.MAY && asksSts(target, found));
  }

  /** The policy where what the recipient's domain demands is not to count. */
  Answer waived(Answer.Policy found) {
    return settle(found.rule().withLevel(TlsLevel.MAY));
  }

  private boolean asksSts(Target target, Answer.Policy found) {
    return sts != null && !found.rule().explicit() && Sts.concerns(target);
  }

  /** MTA-STS counts where DANE demands nothing (RFC 8461 §2), and nobody else. */
  private Answer bySts(Target target, Answer answer) throws BadRuleException {
    if (sts == null
        || !(answer instanceof Answer.Policy found)
        || found.policy().level() != TlsLevel.MAY
        || !asksSts(target, found)) {
      return answer;
    }
    return switch (sts.find(target)) {
      case Sts.Outcome.Refused(var reason) -> new Answer.Broken(reason);
      case Sts.Outcome.Use(var use) ->
          switch (use) {
            case NONE -> answer;
            case TRIAL -> new Answer.Policy(found.policy().withSts(StsUse.TRIAL), found.rule());
            case ENFORCED -> {
              TlsPolicy p = defaults.policy(found.rule(), TlsLevel.SECURE);
              yield new Answer.Policy(
                  new TlsPolicy(
                      p.level(),
                      p.protocols(),
                      p.ciphers(),
                      List.of("hostname"),
                      Pins.NONE,
                      "hostname",
                      p.reuse(),
                      StsUse.ENFORCED),
                  found.rule());
            }
          };
    };
  }

  private Answer byDane(Target target, TlsRule rule) throws BadRuleException {
    return switch (dane.find(target, rule.level())) {
      case Dane.Outcome.Refused(var reason) -> new Answer.Broken(reason);
      case Dane.Outcome.Instead(var level) -> new Answer.Policy(defaults.policy(rule, level), rule);
      case Dane.Outcome.Usable(var level, var pins, var base, var names) -> {
        TlsPolicy policy = defaults.policy(rule, level);
        yield new Answer.Policy(
            new TlsPolicy(
                level,
                policy.protocols(),
                policy.ciphers(),
                names,
                pins,
                base,
                policy.reuse(),
                StsUse.NONE),
            rule);
      }
    };
  }

  /** The certificate names that a policy asks for at one server. */
  static List<String> wantedNames(TlsPolicy policy, Target target) {
    List<String> names = new ArrayList<>();
    for (String word : policy.match()) {
      switch (word) {
        case "hostname" -> names.add(target.host());
        case "nexthop" -> names.add(target.site().host());
        case "dot-nexthop" -> {
          if (!target.site().host().isEmpty()) {
            names.add("." + target.site().host());
          }
        }
        default -> names.add(word);
      }
    }
    return names;
  }

  /** The name to send in SNI. */
  static String sni(TlsPolicy policy, Target target) {
    return switch (policy.serverName()) {
      case "", "hostname" -> target.host();
      case "nexthop" -> target.site().host();
      default -> policy.serverName();
    };
  }
}
