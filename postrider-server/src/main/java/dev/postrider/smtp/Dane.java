package dev.postrider.smtp;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.dns.TlsaRecord;
import dev.postrider.log.MailLog;
import dev.postrider.tls.Pins;
import dev.postrider.tls.TlsLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the levels dane and dane-only mean for one server (RFC 7672): which certificates its TLSA
 * records name, or which other level counts. Asks the DNS for each server anew; the machine's
 * resolver keeps the answers. Safe on any thread.
 */
final class Dane {
  /** What a server's records came to. */
  sealed interface Outcome {
    /**
     * There are records that can be used.
     *
     * @param level DANE, or HALF_DANE if the way to the server is not signed
     * @param base the name whose records they are, which SNI sends
     * @param names that a certificate of an authority's may have
     */
    record Usable(TlsLevel level, Pins pins, String base, List<String> names) implements Outcome {}

    /** Another level counts. */
    record Instead(TlsLevel level) implements Outcome {}

    /** Mail must not go to this server now. */
    record Refused(String reason) implements Outcome {}
  }

  private final Resolver resolver;
  private final MailLog log;
  private final String process;
  private final DaneRecords records;

  /** Why this cannot be had by the configuration, or null. */
  private final @Nullable String unusable;

  private final TlsLevel unsignedMx;
  private final boolean forced;

  Dane(ClientConfig config, Resolver resolver, MailLog log, String process) {
    this.resolver = resolver;
    this.log = log;
    this.process = process;
    records = new DaneRecords(config.list("tls_dane_digests"), text -> log.warning(process, text));
    unusable = unusable(config);
    unsignedMx =
        config.dialect() == Dialect.LMTP
            ? TlsLevel.DANE
            : unsigned(config.main().text("smtp_tls_dane_insecure_mx_policy"));
    forced = config.flag("smtp_tls_force_insecure_host_tlsa_lookup");
  }

  private static @Nullable String unusable(ClientConfig config) {
    if (!DnsSupport.of(config).usesDnssec()) {
      return "configured with dnssec lookups disabled: set "
          + config.dialect().parameter("smtp_dns_support_level")
          + " = dnssec and "
          + config.dialect().parameter("smtp_host_lookup")
          + " = dns";
    }
    return config.dialect() == Dialect.SMTP && config.flag("ignore_mx_lookup_error")
        ? "configured with MX lookup errors ignored: set ignore_mx_lookup_error = no"
        : null;
  }

  private static TlsLevel unsigned(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "may" -> TlsLevel.MAY;
      case "encrypt" -> TlsLevel.ENCRYPT;
      default -> TlsLevel.DANE;
    };
  }

  /**
   * Asks.
   *
   * @param level DANE or DANE_ONLY
   */
  Outcome find(Target target, TlsLevel level) {
    boolean only = level == TlsLevel.DANE_ONLY;
    String reason = unusable;
    if (reason == null && !(target instanceof Target.Host)) {
      reason = "which means nothing for a Unix socket";
    }
    if (reason != null) {
      String text = target.site().written() + ": " + level.word() + " " + reason;
      log.warning(process, text);
      return only
          ? new Outcome.Refused("client TLS configuration problem: " + text)
          : new Outcome.Instead(TlsLevel.MAY);
    }
    Vouched vouched = ((Target.Host) target).vouched();
    if (vouched.mx() == Vouched.Mx.UNSIGNED && (only || unsignedMx == TlsLevel.MAY)) {
      return without(only, TlsLevel.MAY, "non DNSSEC destination");
    }
    return judge(target, vouched, only);
  }

  private static Outcome without(boolean only, TlsLevel instead, String why) {
    return only ? new Outcome.Refused(why) : new Outcome.Instead(instead);
  }

  private Outcome judge(Target target, Vouched vouched, boolean only) {
    return switch (look(target, vouched)) {
      case Found.Failed(var why) -> {
        log.warning(process, "DANE TLSA lookup problem: " + why);
        yield new Outcome.Refused(
            "TLSA lookup error for " + target.host() + ":" + target.site().port());
      }
      case Found.Nothing _ -> without(only, TlsLevel.MAY, "no TLSA records found");
      case Found.Records(var base, var found) -> {
        Pins pins = records.pins(base, found);
        if (!pins.isUsable()) {
          yield without(only, TlsLevel.ENCRYPT, "TLSA records unusable");
        }
        if (vouched.mx() == Vouched.Mx.UNSIGNED && unsignedMx == TlsLevel.ENCRYPT) {
          yield new Outcome.Instead(TlsLevel.ENCRYPT);
        }
        yield new Outcome.Usable(
            vouched.mx() == Vouched.Mx.UNSIGNED ? TlsLevel.HALF_DANE : TlsLevel.DANE,
            pins,
            base,
            names(base, target, vouched));
      }
    };
  }

  /** RFC 7672 §3.2.2. */
  private static List<String> names(String base, Target target, Vouched vouched) {
    List<String> names = new ArrayList<>();
    names.add(base);
    if (vouched.mx() != Vouched.Mx.NONE) {
      for (String name : List.of(vouched.mxOwner(), target.site().host())) {
        if (!name.isEmpty() && !names.contains(name)) {
          names.add(name);
        }
      }
    }
    return names;
  }

  /** What the DNS has. */
  private sealed interface Found {
    record Records(String base, List<TlsaRecord> records) implements Found {}

    record Nothing() implements Found {}

    record Failed(String why) implements Found {}
  }

  /** The name after aliases first, if it is signed, then the name itself (RFC 7672 §2.2.2). */
  private Found look(Target target, Vouched vouched) {
    boolean isAlias = !vouched.canonical().isEmpty();
    boolean signed = forced || vouched.address();
    if (!signed && isAlias) {
      // The alias may be signed although what it leads to is not.
      DnsAnswer<String> alias = resolver.alias(target.host());
      if (!(alias instanceof DnsAnswer.Found<String>(var _, var authentic, var _))) {
        return new Found.Failed("DNSSEC status lookup error for " + target.host());
      }
      signed = authentic;
    }
    if (!signed) {
      return new Found.Nothing();
    }
    if (vouched.address() && isAlias) {
      Found found = ask(vouched.canonical(), target.site().port());
      if (!(found instanceof Found.Nothing)) {
        return found;
      }
    }
    return ask(target.host(), target.site().port());
  }

  private Found ask(String host, int port) {
    String name = "_" + port + "._tcp." + host;
    Function<DnsAnswer.Found<TlsaRecord>, Found> read =
        found -> found.authentic() ? new Found.Records(host, found.records()) : new Found.Nothing();
    return switch (resolver.tlsa(name)) {
      case DnsAnswer.Found<TlsaRecord> found -> read.apply(found);
      case DnsAnswer.NoData<TlsaRecord> _, DnsAnswer.NxDomain<TlsaRecord> _ -> new Found.Nothing();
      case DnsAnswer.TemporaryFailure<TlsaRecord>(var reason, _) ->
          new Found.Failed(
              "Host or domain name not found. Name service error for name="
                  + name
                  + " type=TLSA: "
                  + reason);
    };
  }
}
