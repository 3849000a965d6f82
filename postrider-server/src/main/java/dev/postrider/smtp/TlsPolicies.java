package dev.postrider.smtp;

import dev.postrider.log.MailLog;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.tls.ProtocolRange;
import dev.postrider.tls.TlsClient;
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
    record Policy(TlsPolicy policy) implements Answer {}

    /** Nothing that can be used. */
    record Broken(String reason) implements Answer {}
  }

  private final List<LookupTable> tables;
  private final TlsLevel level;

  /** Why there is no level that can be used, or null. */
  private final Answer.@Nullable Broken broken;

  private final List<String> protocols;
  private final List<String> mandatoryProtocols;
  private final List<String> excluded;
  private final List<String> mandatoryExcluded;
  private final List<String> verifyMatch;
  private final List<String> secureMatch;
  private final String serverName;

  /** The name of the parameter that names the tables. */
  private final String tableParameter;

  TlsPolicies(ClientConfig config, List<LookupTable> tables, MailLog log, String process) {
    this.tables = tables;
    tableParameter = config.dialect().parameter("smtp_tls_policy_maps");
    protocols = config.list("smtp_tls_protocols");
    mandatoryProtocols = config.list("smtp_tls_mandatory_protocols");
    excluded = ciphers(config.list("smtp_tls_exclude_ciphers"));
    mandatoryExcluded = new ArrayList<>(excluded);
    mandatoryExcluded.addAll(ciphers(config.list("smtp_tls_mandatory_exclude_ciphers")));
    verifyMatch = names(config.list("smtp_tls_verify_cert_match"));
    secureMatch = names(config.list("smtp_tls_secure_cert_match"));
    serverName = config.text("smtp_tls_servername");
    level = level(config);
    String word = config.text("smtp_tls_security_level");
    if (word.isEmpty() || TlsLevel.parse(word).isPresent()) {
      broken = null;
    } else {
      broken =
          new Answer.Broken(
              config.dialect().parameter("smtp_tls_security_level")
                  + ": \""
                  + word
                  + "\" is not supported"
                  + " (use none, may, encrypt, verify or secure)");
      log.error(process, broken.reason() + "; mail is deferred until this is mended");
    }
    warn(config, log, process);
  }

  private static TlsLevel level(ClientConfig config) {
    Optional<TlsLevel> named = TlsLevel.parse(config.text("smtp_tls_security_level"));
    if (named.isPresent()) {
      return named.get();
    }
    if (config.flag("smtp_enforce_tls")) {
      return config.flag("smtp_tls_enforce_peername") ? TlsLevel.VERIFY : TlsLevel.ENCRYPT;
    }
    return config.flag("smtp_use_tls") ? TlsLevel.MAY : TlsLevel.NONE;
  }

  private Answer general() {
    return broken != null ? broken : new Answer.Policy(policy(level));
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
    for (String name : List.of("smtp_tls_cert_file", "smtp_tls_chain_files")) {
      if (!config.text(name).isEmpty()) {
        log.warning(
            process,
            config.dialect().parameter(name)
                + ": client certificates are not supported yet; none is sent");
      }
    }
  }

  private TlsPolicy policy(TlsLevel level) {
    boolean mandatory = level.isMandatory();
    return new TlsPolicy(
        level,
        ProtocolRange.allowed(
            mandatory ? mandatoryProtocols : protocols, TlsClient.offeredProtocols()),
        mandatory ? mandatoryExcluded : excluded,
        level == TlsLevel.SECURE ? secureMatch : verifyMatch,
        serverName);
  }

  Answer find(Site site) {
    if (tables.isEmpty()) {
      return general();
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
    return general();
  }

  /** The next hop as written, then, for a domain, its parents with a leading dot. */
  private static List<String> keys(Site site) {
    List<String> keys = new ArrayList<>();
    keys.add(site.written());
    if (!site.direct()) {
      for (int dot = site.host().indexOf('.'); dot >= 0; dot = site.host().indexOf('.', dot + 1)) {
        keys.add(site.host().substring(dot));
      }
    }
    return keys;
  }

  private Answer parse(String value, String key) {
    String[] words = value.strip().split("[,\\s]+");
    Optional<TlsLevel> level = TlsLevel.parse(words[0]);
    if (level.isEmpty()) {
      return new Answer.Broken(
          tableParameter + ": unknown or unsupported TLS policy '" + words[0] + "' for " + key);
    }
    TlsPolicy policy = policy(level.get());
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals <= 0) {
        return new Answer.Broken(
            tableParameter + ": malformed attribute '" + words[i] + "' for " + key);
      }
      String name = words[i].substring(0, equals);
      List<String> values = List.of(words[i].substring(equals + 1).split(":"));
      TlsPolicy changed = with(policy, name, values);
      if (changed == null) {
        return new Answer.Broken(
            tableParameter + ": invalid attribute name '" + name + "' for " + key);
      }
      policy = changed;
    }
    return new Answer.Policy(policy);
  }

  /** The policy with one attribute changed; null if there is no such attribute. */
  private static @Nullable TlsPolicy with(TlsPolicy p, String name, List<String> values) {
    return switch (name) {
      case "match" ->
          new TlsPolicy(p.level(), p.protocols(), p.excludedCiphers(), values, p.serverName());
      case "protocols" ->
          new TlsPolicy(
              p.level(),
              ProtocolRange.allowed(values, TlsClient.offeredProtocols()),
              p.excludedCiphers(),
              p.match(),
              p.serverName());
      case "servername" ->
          new TlsPolicy(
              p.level(), p.protocols(), p.excludedCiphers(), p.match(), values.getFirst());
      case "exclude" ->
          new TlsPolicy(p.level(), p.protocols(), ciphers(values), p.match(), p.serverName());
      case "ciphers", "connection_reuse" -> p;
      default -> null;
    };
  }

  private static List<String> names(List<String> words) {
    List<String> names = new ArrayList<>();
    for (String word : words) {
      names.addAll(List.of(word.split(":")));
    }
    return names;
  }

  /** OpenSSL's words for ciphers that no JDK offers need no exclusion. */
  private static List<String> ciphers(List<String> words) {
    List<String> kept = new ArrayList<>();
    for (String word : words) {
      switch (word) {
        case "aNULL",
            "eNULL",
            "NULL",
            "LOW",
            "EXPORT",
            "EXP",
            "MEDIUM",
            "SSLv2",
            "SSLv3",
            "PSK" -> {}
        default -> kept.add(word);
      }
    }
    return kept;
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
