package dev.postrider.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Warns of settings that nothing reads, and of those that will go. For one use. */
final class PostconfUnused {
  private final Invocation call;
  private final Path directory;
  private final PostconfNames names;
  private boolean deprecated;

  PostconfUnused(Invocation call, Path directory, PostconfNames names) {
    this.call = call;
    this.directory = directory;
    this.names = names;
  }

  void warn(boolean mainToo) {
    if (mainToo) {
      flag(names.main, "main.cf", Set.of());
    }
    for (PostconfNames.Service service : names.services) {
      flag(service.settings(), "master.cf", service.valid());
    }
    if (deprecated) {
      call.warning("See https://www.postfix.org/DEPRECATION_README.html for details");
    }
  }

  private void flag(Map<String, String> settings, String file, Set<String> valid) {
    for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
      String name = setting.getKey();
      String instead = instead(name);
      deprecated |= instead != null;
      if (!names.known(name) && !valid.contains(name)) {
        call.warning(
            directory.resolve(file)
                + (instead == null
                    ? ": unused parameter: " + name + "=" + setting.getValue()
                    : ": support for parameter "
                        + name
                        + " has been removed; instead, "
                        + instead));
      } else if (instead != null) {
        call.warning(
            directory.resolve(file)
                + ": support for parameter \""
                + name
                + "\" will be removed; instead, "
                + instead);
      }
    }
  }

  /** What Postfix 3.11 says to use in place of an old parameter; null for one that stays. */
  static @Nullable String instead(String name) {
    return switch (name) {
      case "disable_dns_lookups" -> "specify \"smtp_dns_support_level\"";
      case "lmtp_use_tls", "lmtp_tls_enforce_peername" -> "specify \"lmtp_tls_security_level\"";
      case "lmtp_enforce_tls" -> "lmtp_tls_security_level";
      case "postscreen_use_tls", "postscreen_enforce_tls" ->
          "specify \"postscreen_tls_security_level\"";
      case "smtp_use_tls", "smtp_enforce_tls", "smtp_tls_enforce_peername" ->
          "specify \"smtp_tls_security_level\"";
      case "smtpd_use_tls", "smtpd_enforce_tls" -> "specify \"smtpd_tls_security_level\"";
      case "tlsproxy_client_use_tls", "tlsproxy_client_enforce_tls", "tlsproxy_client_level" ->
          "specify \"tlsproxy_client_security_level\"";
      case "tlsproxy_use_tls", "tlsproxy_enforce_tls" -> "specify \"tlsproxy_tls_security_level\"";
      case "lmtp_tls_per_site" -> "specify \"lmtp_tls_policy_maps\"";
      case "smtp_tls_per_site" -> "specify \"smtp_tls_policy_maps\"";
      case "tlsproxy_client_per_site", "tlsproxy_client_policy" ->
          "specify \"tlsproxy_client_policy_maps\"";
      case "smtpd_tls_dh1024_param_file", "smtpd_tls_eecdh_grade" ->
          "do not specify (leave at default)";
      case "authorized_verp_clients" -> "specify \"smtpd_authorized_verp_clients\"";
      case "fallback_relay" -> "specify \"smtp_fallback_relay\"";
      case "lmtp_per_record_deadline" -> "specify \"lmtp_per_request_deadline\"";
      case "postscreen_blacklist_action" -> "specify \"postscreen_denylist_action\"";
      case "postscreen_dnsbl_ttl" -> "specify \"postscreen_dnsbl_max_ttl\"";
      case "postscreen_dnsbl_whitelist_threshold" ->
          "specify \"postscreen_dnsbl_allowlist_threshold\"";
      case "postscreen_whitelist_interfaces" -> "specify \"postscreen_allowlist_interfaces\"";
      case "smtpd_client_connection_limit_exceptions" ->
          "specify \"smtpd_client_event_limit_exceptions\"";
      case "smtpd_per_record_deadline" -> "specify \"smtpd_per_request_deadline\"";
      case "smtp_per_record_deadline" -> "specify \"smtp_per_request_deadline\"";
      case "virtual_maps" -> "specify \"virtual_alias_maps\"";
      case "lmtp_cname_overrides_servername", "smtp_cname_overrides_servername" -> "do not specify";
      default -> null;
    };
  }
}
