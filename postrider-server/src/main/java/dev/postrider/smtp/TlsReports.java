package dev.postrider.smtp;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.log.MailLog;
import dev.postrider.log.UnixDatagramSocket;
import dev.postrider.tls.StsUse;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells a collector on this machine how TLS went with domains that want daily reports of it (RFC
 * 8460, TLSRPT): one datagram for each connection, in the form of libtlsrpt, so that its collector
 * and reporter take it. Safe on any thread. Mail never waits for it, and never fails because of it.
 */
final class TlsReports {
  private static final Pattern RECORD = Pattern.compile("v=TLSRPTv1[ \\t]*;.*");
  private static final String MAGIC = "v=TLSRPTv1";

  private final @Nullable Path socket;
  private final boolean skipsResumed;
  private final Resolver resolver;
  private final @Nullable Sts sts;
  private final MailLog log;
  private final String process;

  TlsReports(
      ClientConfig config, Resolver resolver, @Nullable Sts sts, MailLog log, String process) {
    this.resolver = resolver;
    this.sts = sts;
    this.log = log;
    this.process = process;
    skipsResumed = config.flag("smtp_tlsrpt_skip_reused_handshakes");
    socket = socket(config);
  }

  private @Nullable Path socket(ClientConfig config) {
    boolean uses =
        config.dialect() == Dialect.SMTP
            && config.flag("smtp_tlsrpt_enable")
            && TlsLevel.parse(config.text("smtp_tls_security_level"))
                .filter(level -> level != TlsLevel.NONE)
                .isPresent();
    if (!uses) {
      return null;
    }
    String name = config.text("smtp_tlsrpt_socket_name");
    if (name.isEmpty()) {
      log.warning(
          process,
          "smtp_tlsrpt_enable = yes, but smtp_tlsrpt_socket_name is empty: nothing is reported"
              + " (set it to the socket of tlsrpt-collectd)");
      return null;
    }
    if (!DnsSupport.of(config).usesMx()) {
      log.warning(process, "smtp_tlsrpt_enable = yes, but DNS is disabled: nothing is reported");
      return null;
    }
    return Path.of(config.text("queue_directory")).resolve(name);
  }

  /**
   * Begins the report about a connection.
   *
   * @param plugin what a program told of the domain's policy, or null
   * @return null if nobody wants it
   */
  @Nullable TlsReport begin(Target target, TlsPolicy policy, @Nullable PluginPolicy plugin) {
    if (socket == null
        || !(target instanceof Target.Host host)
        || isAddress(target.site().host())) {
      return null;
    }
    String domain;
    try {
      domain = IDN.toASCII(target.site().host(), IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException _) {
      return null;
    }
    String record = record(domain);
    return record == null
        ? null
        : new TlsReport(this, domain, record, policy(policy, plugin, domain), host);
  }

  private static boolean isAddress(String host) {
    try {
      InetAddress _ = InetAddress.ofLiteral(host);
      return true;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private @Nullable String record(String domain) {
    return switch (resolver.texts("_smtp._tls." + domain)) {
      case DnsAnswer.Found<String> found -> {
        List<String> records =
            found.records().stream().filter(text -> text.startsWith(MAGIC)).toList();
        if (records.size() > 1) {
          log.warning(process, "too many TLSRPT policies for " + domain);
          yield null;
        }
        if (records.isEmpty() || RECORD.matcher(records.getFirst()).matches()) {
          yield records.isEmpty() ? null : records.getFirst();
        }
        log.warning(process, "malformed TLSRPT policy of " + domain + ": " + records.getFirst());
        yield null;
      }
      case DnsAnswer.TemporaryFailure<String>(var reason, _) -> {
        log.warning(process, "TLSRPT policy lookup failed for " + domain + ": " + reason);
        yield null;
      }
      case DnsAnswer.NxDomain<String> _, DnsAnswer.NoData<String> _ -> null;
    };
  }

  private TlsReport.Policy policy(TlsPolicy policy, @Nullable PluginPolicy plugin, String domain) {
    if (policy.level() == TlsLevel.DANE || policy.level() == TlsLevel.HALF_DANE) {
      return TlsReport.Policy.dane(policy.pins(), policy.serverName());
    }
    if (plugin != null && plugin.isSts()) {
      return TlsReport.Policy.sts(plugin.strings(), plugin.domain(), plugin.patterns());
    }
    if (sts != null && policy.sts() != StsUse.NONE) {
      return Optional.of(domain)
          .flatMap(sts.policies())
          .map(found ->
              TlsReport.Policy.sts(
                  found.text().lines().filter(line -> !line.isBlank()).toList(),
                  domain,
                  found.mx()))
          .orElse(TlsReport.Policy.NONE);
    }
    return TlsReport.Policy.NONE;
  }

  boolean skipsResumed() {
    return skipsResumed;
  }

  /** Hands a report over, or says why that cannot be done. */
  void send(String report, String told) {
    if (socket == null) {
      return;
    }
    log.info(process, told);
    try (UnixDatagramSocket peer = UnixDatagramSocket.connect(socket)) {
      if (!peer.sendNow(report.getBytes(StandardCharsets.UTF_8))) {
        log.warning(process, "TLSRPT: the collector at " + socket + " takes nothing now");
      }
    } catch (IOException e) {
      log.warning(
          process,
          "TLSRPT: nobody listens at "
              + socket
              + ": start tlsrpt-collectd, or mend the path in"
              + " smtp_tlsrpt_socket_name");
    }
  }
}
