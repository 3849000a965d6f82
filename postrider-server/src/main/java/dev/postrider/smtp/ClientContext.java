package dev.postrider.smtp;

import dev.postrider.bounce.SessionNotices;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Client;
import dev.postrider.tls.TlsClient;
import dev.postrider.tls.TrustAnchors;
import java.util.function.Predicate;

/**
 * What all sessions of one client share. Safe on any thread.
 *
 * @param webAnchors also the system's authorities, for what MTA-STS demands
 * @param process the part that speaks in the log
 * @param sources of the secrets that passwords only name
 * @param replyFilter what servers say passes through it
 * @param checks what is sent to them passes through these
 * @param keywords what of their announcements is not believed
 * @param pix what is done about firewalls in between
 * @param localOrigin whether a client's messages count as this machine's own
 * @param requireTls what is asked of servers where a sender asked for TLS
 */
record ClientContext(
    ClientSettings settings,
    String process,
    MailLog log,
    TlsClient tls,
    TrustAnchors anchors,
    TrustAnchors webAnchors,
    Passwords passwords,
    LoginRefusals refusals,
    LoginSources sources,
    ReplyFilter replyFilter,
    ContentChecks checks,
    IgnoredKeywords keywords,
    PixWorkarounds pix,
    Predicate<Client> localOrigin,
    RequireTls requireTls,
    SessionNotices notices) {
  void info(String text) {
    log.info(process, text);
  }

  void warning(String text) {
    log.warning(process, text);
  }
}
