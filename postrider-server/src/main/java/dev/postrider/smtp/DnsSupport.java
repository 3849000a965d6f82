package dev.postrider.smtp;

import dev.postrider.dns.HostLookup;
import java.util.List;
import java.util.Locale;

/**
 * How the DNS is used: {@code smtp_dns_support_level}, else the older {@code disable_dns_lookups};
 * and {@code smtp_host_lookup}. Immutable.
 *
 * @param usesMx whether domains are looked up by their MX records
 * @param usesDnssec whether signatures are asked for, and so may be relied on
 * @param hostLookup where addresses come from
 */
public record DnsSupport(boolean usesMx, boolean usesDnssec, List<HostLookup> hostLookup) {
  public DnsSupport {
    hostLookup = List.copyOf(hostLookup);
  }

  /** As main.cf has it. */
  public static DnsSupport of(ClientConfig config) {
    List<HostLookup> lookup = HostLookup.parse(config.list("smtp_host_lookup"));
    return switch (config.text("smtp_dns_support_level").toLowerCase(Locale.ROOT)) {
      case "disabled" -> new DnsSupport(false, false, List.of(HostLookup.NATIVE));
      case "enabled" -> new DnsSupport(true, false, lookup);
      case "dnssec" -> new DnsSupport(true, lookup.contains(HostLookup.DNS), lookup);
      default ->
          config.flag("disable_dns_lookups")
              ? new DnsSupport(false, false, List.of(HostLookup.NATIVE))
              : new DnsSupport(true, false, lookup);
    };
  }
}
