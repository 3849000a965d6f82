package dev.postrider.smtpd;

import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.address.SmtpPath;
import dev.postrider.policy.AccessPolicy;
import dev.postrider.policy.HeaderRewriteClients;
import dev.postrider.policy.MyNetworks;
import dev.postrider.table.TableSource;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Everything a session takes from main.cf and from its line of master.cf. Immutable; a reload makes
 * new settings for new sessions, and running ones keep theirs.
 */
public final class SessionSettings {
  private final String process;
  private final String hostName;
  private final String banner;
  private final List<String> ehloLines;
  private final Duration timeout;
  private final boolean perRequestDeadline;
  private final int minDataRate;
  private final Duration errorSleep;
  private final int softErrorLimit;
  private final int hardErrorLimit;
  private final int junkLimit;
  private final int recipientLimit;
  private final int recipientOvershootLimit;
  private final int lineLimit;
  private final long messageSizeLimit;
  private final int clientCountLimit;
  private final boolean heloRequired;
  private final boolean vrfyDisabled;
  private final boolean dsn;
  private final boolean smtpUtf8;
  private final boolean forbidUnauthorizedPipelining;
  private final SmtpPath.Rules pathRules;
  private final MyNetworks myNetworks;
  private final AccessPolicy access;
  private final HeaderRewriteClients headerRewriteClients;
  private final ForbiddenCommands forbidden;
  private final int historyFlushThreshold;
  private final SessionNotices notices;

  private SessionSettings(
      Config config,
      String process,
      MyNetworks myNetworks,
      AccessPolicy access,
      HeaderRewriteClients headerRewriteClients,
      ForbiddenCommands forbidden,
      SessionNotices notices) {
    this.process = process;
    this.hostName = config.text("myhostname");
    this.banner = config.text("smtpd_banner");
    this.messageSizeLimit = config.size("message_size_limit");
    this.timeout = config.time("smtpd_timeout");
    this.perRequestDeadline = config.flag("smtpd_per_request_deadline");
    this.minDataRate = Math.max(1, config.number("smtpd_min_data_rate"));
    this.errorSleep = config.time("smtpd_error_sleep_time");
    this.softErrorLimit = config.number("smtpd_soft_error_limit");
    this.hardErrorLimit = config.number("smtpd_hard_error_limit");
    this.junkLimit = config.number("smtpd_junk_command_limit");
    this.recipientLimit = config.number("smtpd_recipient_limit");
    this.recipientOvershootLimit = config.number("smtpd_recipient_overshoot_limit");
    this.lineLimit = config.number("line_length_limit");
    this.clientCountLimit = config.number("smtpd_client_connection_count_limit");
    this.heloRequired = config.flag("smtpd_helo_required");
    this.vrfyDisabled = config.flag("disable_vrfy_command");
    List<String> hidden =
        config.list("smtpd_discard_ehlo_keywords").stream()
            .map(word -> word.toLowerCase(Locale.ROOT))
            .toList();
    this.dsn = !hidden.contains("dsn");
    this.smtpUtf8 = config.flag("smtputf8_enable") && !hidden.contains("smtputf8");
    this.forbidUnauthorizedPipelining = config.flag("smtpd_forbid_unauth_pipelining");
    this.pathRules =
        new SmtpPath.Rules(
            config.flag("strict_rfc821_envelopes"),
            config.flag("allow_min_user"),
            config.flag("resolve_numeric_domain"));
    this.ehloLines = ehloLines(hidden);
    this.myNetworks = myNetworks;
    this.access = access;
    this.headerRewriteClients = headerRewriteClients;
    this.forbidden = forbidden;
    this.historyFlushThreshold = config.number("smtpd_history_flush_threshold");
    this.notices = notices;
  }

  /**
   * Reads the settings of one service.
   *
   * @param config with the overrides of the service's line in master.cf applied
   * @param process how log lines name it, {@code smtpd} or {@code submission/smtpd}
   * @param ownAddresses the addresses of this host's interfaces
   * @throws ConfigException if a list or table in it cannot be used
   */
  public static SessionSettings of(
      Config config, String process, TableSource tables, Set<InetAddress> ownAddresses)
      throws ConfigException {
    return of(config, process, tables, ownAddresses, SessionNotices.none());
  }

  /**
   * The same.
   *
   * @param notices who is told of sessions with trouble
   */
  public static SessionSettings of(
      Config config,
      String process,
      TableSource tables,
      Set<InetAddress> ownAddresses,
      SessionNotices notices)
      throws ConfigException {
    return new SessionSettings(
        config,
        process,
        MyNetworks.of(config, tables),
        AccessPolicy.of(config, tables),
        HeaderRewriteClients.of(config, ownAddresses),
        ForbiddenCommands.of(config.text("smtpd_forbidden_commands"), tables),
        notices);
  }

  private List<String> ehloLines(List<String> hidden) {
    List<String> all =
        List.of(
            "PIPELINING",
            messageSizeLimit > 0 ? "SIZE " + messageSizeLimit : "SIZE",
            "VRFY",
            "ENHANCEDSTATUSCODES",
            "8BITMIME",
            "DSN",
            "SMTPUTF8");
    List<String> lines = new java.util.ArrayList<>();
    lines.add(hostName);
    for (String line : all) {
      String keyword = line.split(" ")[0].toLowerCase(Locale.ROOT);
      boolean off =
          hidden.contains(keyword)
              || (vrfyDisabled && keyword.equals("vrfy"))
              || (!smtpUtf8 && keyword.equals("smtputf8"));
      if (!off) {
        lines.add(line);
      }
    }
    return List.copyOf(lines);
  }

  public String process() {
    return process;
  }

  public MyNetworks myNetworks() {
    return myNetworks;
  }

  /** smtpd_client_connection_count_limit; 0 is no limit. */
  int clientCountLimit() {
    return clientCountLimit;
  }

  String hostName() {
    return hostName;
  }

  String banner() {
    return banner;
  }

  List<String> ehloLines() {
    return ehloLines;
  }

  Duration timeout() {
    return timeout;
  }

  boolean perRequestDeadline() {
    return perRequestDeadline;
  }

  /** Bytes a second that earn more time when there is a deadline per request. */
  int minDataRate() {
    return minDataRate;
  }

  Duration errorSleep() {
    return errorSleep;
  }

  int softErrorLimit() {
    return softErrorLimit;
  }

  int hardErrorLimit() {
    return hardErrorLimit;
  }

  int junkLimit() {
    return junkLimit;
  }

  int recipientLimit() {
    return recipientLimit;
  }

  int recipientOvershootLimit() {
    return recipientOvershootLimit;
  }

  int lineLimit() {
    return lineLimit;
  }

  long messageSizeLimit() {
    return messageSizeLimit;
  }

  boolean heloRequired() {
    return heloRequired;
  }

  boolean vrfyDisabled() {
    return vrfyDisabled;
  }

  boolean dsn() {
    return dsn;
  }

  boolean smtpUtf8() {
    return smtpUtf8;
  }

  boolean forbidUnauthorizedPipelining() {
    return forbidUnauthorizedPipelining;
  }

  SmtpPath.Rules pathRules() {
    return pathRules;
  }

  AccessPolicy access() {
    return access;
  }

  HeaderRewriteClients headerRewriteClients() {
    return headerRewriteClients;
  }

  ForbiddenCommands forbidden() {
    return forbidden;
  }

  /** Lines of a session after which its record is ended, and reported, between messages. */
  int historyFlushThreshold() {
    return historyFlushThreshold;
  }

  SessionNotices notices() {
    return notices;
  }
}
