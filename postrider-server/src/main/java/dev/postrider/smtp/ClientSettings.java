package dev.postrider.smtp;

import dev.postrider.tls.Pin;
import dev.postrider.tls.TlsLogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The parameters of the SMTP or LMTP client, read once, so that no message pays for looking them
 * up. Immutable. Times are in milliseconds, as sockets want them; 0 is no limit.
 */
final class ClientSettings {
  /** What is spoken. */
  final Dialect dialect;

  /** Where relative paths of Unix sockets begin. */
  final Path queueDirectory;

  /** Whether a server that owes no reports has the mail where it stays. */
  final boolean assumesFinal;

  final String helloName;
  final String ownHostName;
  final boolean neverSendEhlo;
  final boolean alwaysSendEhlo;
  final int defaultPort;
  final boolean skip5xxGreeting;
  final boolean skipQuitResponse;
  final int connectTimeout;
  final int helloTimeout;
  final int startTlsTimeout;
  final int mailTimeout;
  final int rcptTimeout;
  final int dataInitTimeout;
  final int dataTransferTimeout;
  final int dataDoneTimeout;
  final int quitTimeout;
  final int lineLengthLimit;
  final boolean downgradesMime;

  /** Whether content goes by BDAT to a server that takes it. */
  final boolean chunks;

  final KeptDestinations kept;
  final long cacheIdleNanos;
  final long cacheReuseNanos;
  final int cacheReuseCount;
  final boolean saslEnabled;
  final boolean saslBySender;
  final boolean saslSoftBounce;

  /** The local part of notices about notices. */
  final String doubleBounceSender;

  final List<String> saslOptions;
  final List<String> saslTlsOptions;
  final List<String> saslVerifiedOptions;
  final List<String> saslMechanismFilter;
  final boolean wrapperMode;
  final TlsLogLevel tlsLogLevel;
  final boolean notesStartTlsOffer;
  final boolean heedsWaiver;

  /** Whether a message may be marked as one that needs TLS. */
  final boolean heedsRequireTls;

  final boolean blocksEarlyMailReply;

  /** Java's name of the digest that the log shows certificates by. */
  final String fingerprintDigest;

  final boolean softBounce;
  final boolean sendDummyAuth;
  final String origin;
  final String bindAddress;
  final String bindAddress6;
  final boolean enforcesBindAddress;
  final int resetTimeout;
  final boolean sendsXForward;
  final int xForwardTimeout;
  final long pixDelay;

  /** Whether the time for a message's content is for all of it, and not for each write. */
  final boolean limitsWholeContent;

  /** Octets a second that prolong that time. */
  final int minDataRate;

  /** Whether a probe goes on to DATA. */
  final boolean probesData;

  ClientSettings(ClientConfig config) {
    boolean lmtp = config.dialect() == Dialect.LMTP;
    dialect = config.dialect();
    queueDirectory = Path.of(config.text("queue_directory"));
    assumesFinal = lmtp && config.main().flag("lmtp_assume_final");
    helloName = config.text("smtp_helo_name");
    ownHostName = config.text("myhostname");
    neverSendEhlo = !lmtp && config.flag("smtp_never_send_ehlo");
    alwaysSendEhlo = lmtp || config.flag("smtp_always_send_ehlo");
    defaultPort = Ports.number(config.text("smtp_tcp_port"), lmtp ? 24 : 25);
    skip5xxGreeting = config.flag("smtp_skip_5xx_greeting");
    skipQuitResponse = config.flag("smtp_skip_quit_response");
    connectTimeout = millis(config.time("smtp_connect_timeout"));
    helloTimeout = millis(config.time("smtp_helo_timeout"));
    startTlsTimeout = millis(config.time("smtp_starttls_timeout"));
    mailTimeout = millis(config.time("smtp_mail_timeout"));
    rcptTimeout = millis(config.time("smtp_rcpt_timeout"));
    dataInitTimeout = millis(config.time("smtp_data_init_timeout"));
    dataTransferTimeout = millis(config.time("smtp_data_xfer_timeout"));
    dataDoneTimeout = millis(config.time("smtp_data_done_timeout"));
    quitTimeout = millis(config.time("smtp_quit_timeout"));
    lineLengthLimit = config.number("smtp_line_length_limit");
    downgradesMime = !config.flag("disable_mime_output_conversion");
    chunks = !lmtp && config.main().flag("postrider_smtp_chunking");
    kept = KeptDestinations.of(config);
    cacheIdleNanos = config.time("smtp_connection_cache_time_limit").toNanos();
    cacheReuseNanos = config.time("smtp_connection_reuse_time_limit").toNanos();
    cacheReuseCount = config.number("smtp_connection_reuse_count_limit");
    saslEnabled = config.flag("smtp_sasl_auth_enable");
    saslBySender = config.flag("smtp_sender_dependent_authentication");
    saslSoftBounce = config.flag("smtp_sasl_auth_soft_bounce");
    doubleBounceSender = config.main().text("double_bounce_sender");
    saslOptions = config.list("smtp_sasl_security_options");
    saslTlsOptions = config.list("smtp_sasl_tls_security_options");
    saslVerifiedOptions = config.list("smtp_sasl_tls_verified_security_options");
    saslMechanismFilter = config.list("smtp_sasl_mechanism_filter");
    wrapperMode = config.flag("smtp_tls_wrappermode");
    tlsLogLevel = TlsLogLevel.parse(config.text("smtp_tls_loglevel"));
    heedsRequireTls =
        config.main().flag("requiretls_enable") && config.main().flag("requiretls_esmtp_header");
    heedsWaiver = config.main().flag("tls_required_enable");
    notesStartTlsOffer = config.flag("smtp_tls_note_starttls_offer");
    blocksEarlyMailReply = config.flag("smtp_tls_block_early_mail_reply");
    fingerprintDigest =
        Pin.digestNamed(config.text("smtp_tls_fingerprint_digest")).orElse("SHA-256");
    softBounce = config.flag("soft_bounce");
    sendDummyAuth = config.flag("smtp_send_dummy_mail_auth");
    origin = config.text("myorigin");
    bindAddress = config.text("smtp_bind_address");
    bindAddress6 = config.text("smtp_bind_address6");
    enforcesBindAddress = config.flag("smtp_bind_address_enforce");
    resetTimeout = millis(config.time("smtp_rset_timeout"));
    sendsXForward = config.flag("smtp_send_xforward_command");
    xForwardTimeout = millis(config.time("smtp_xforward_timeout"));
    pixDelay = config.time("smtp_pix_workaround_delay_time").toMillis();
    limitsWholeContent = config.flag("smtp_per_request_deadline");
    minDataRate = config.number("smtp_min_data_rate");
    probesData = config.text("smtp_address_verify_target").equals("data");
  }

  private static int millis(Duration duration) {
    return (int) Math.min(duration.toMillis(), Integer.MAX_VALUE);
  }
}
