package dev.postrider.smtp;

import dev.postrider.failure.Stage;
import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.CertificateText;
import dev.postrider.tls.CertificateVerdict;
import dev.postrider.tls.CipherName;
import dev.postrider.tls.Pins;
import dev.postrider.tls.StsUse;
import dev.postrider.tls.TlsClient;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsLogLevel;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.util.List;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** How a session comes to be encrypted, and how far that can be relied on. For one thread. */
final class TlsStep {
  private final ClientContext context;
  private final ClientSession session;
  private final Target target;
  private final TlsPolicy policy;
  private boolean encrypted;
  private boolean verified;
  private String summary = "";
  private boolean failed;

  TlsStep(ClientContext context, ClientSession session, TlsPolicy policy) {
    this.context = context;
    this.session = session;
    this.target = session.target();
    this.policy = policy;
  }

  boolean isEncrypted() {
    return encrypted;
  }

  /** Whether its certificate is trusted, and has the right name where one is asked for. */
  boolean isVerified() {
    return verified;
  }

  /** Whether a handshake was begun in vain: nothing more can be said over this connection. */
  boolean hasFailed() {
    return failed;
  }

  /**
   * Asks the server for TLS and shakes hands, as far as policy and server want it. After that the
   * server is to be greeted again.
   */
  @Nullable Failure start() throws IOException {
    if (policy.level() == TlsLevel.NONE) {
      if (session.features().startTls() && context.settings().notesStartTlsOffer) {
        context.info("Host offered STARTTLS: [" + target.host() + "]");
      }
      return null;
    }
    if (!session.features().startTls()) {
      noteTrial("STARTTLS is not offered");
      if (policy.level().isMandatory()) {
        report(TlsReport.Trouble.STARTTLS_NOT_SUPPORTED, null);
      }
      return policy.level().isMandatory()
          ? Failure.of(
              Stage.TLS, "4.7.4", "TLS is required, but was not offered by host " + target.label())
          : null;
    }
    session.at(Stage.TLS, "receiving the STARTTLS response");
    Reply reply = session.command("STARTTLS", context.settings().startTlsTimeout);
    if (reply.code() / 100 != 2) {
      report(TlsReport.Trouble.STARTTLS_NOT_SUPPORTED, null);
      return policy.level().isMandatory()
          ? new Failure(
              Stage.TLS,
              Failure.codeOf(reply).withClass(4),
              "TLS is required, but host "
                  + target.label()
                  + " refused to start TLS: "
                  + reply.oneLine(),
              reply)
          : null;
    }
    if (session.wire().hasUnreadInput()) {
      // Bytes sent before the handshake are nobody's word (CVE-2011-0411): end it here.
      return Failure.of(
          Stage.TLS,
          "4.7.5",
          "host " + target.label() + " sent plaintext after its STARTTLS response");
    }
    return shakeHands();
  }

  /** Shakes hands; the first thing where TLS comes without asking. */
  @Nullable Failure shakeHands() throws IOException {
    if (policy.protocols().isEmpty()) {
      return Failure.of(
          Stage.TLS,
          "4.7.5",
          "client TLS configuration problem: no protocol is left of "
              + context.settings().dialect.parameter("smtp_tls_protocols"));
    }
    SSLSocket tls;
    try {
      session.wire().socket().setSoTimeout(context.settings().startTlsTimeout);
      tls =
          context
              .tls()
              .handshake(
                  session.wire().socket(), policy, target.host(), TlsPolicies.sni(policy, target));
      // From here on the wire has limits of its own.
      session.wire().socket().setSoTimeout(0);
    } catch (TlsClient.UnusableIdentityException e) {
      failed = true;
      context.warning("client certificate: " + e.getMessage());
      return Failure.of(Stage.TLS, "4.7.5", "client TLS configuration problem: " + e.getMessage());
    } catch (IOException e) {
      failed = true;
      noteTrial("the TLS handshake fails");
      report(TlsReport.Trouble.VALIDATION_FAILURE, "tls-handshake-failure");
      context.info(
          "SSL_connect error to "
              + target.labelWithPort()
              + ": "
              + (e instanceof java.io.EOFException ? "lost connection" : e.getMessage()));
      return Failure.of(Stage.TLS, "4.7.5", "Cannot start TLS: handshake failure");
    }
    encrypted = true;
    session.wire().upgrade(tls);
    return judge(tls);
  }

  private @Nullable Failure judge(SSLSocket tls) {
    boolean mandatory = policy.level().verifiesCertificate();
    CertificateVerdict verdict =
        CertificateVerdict.of(
            tls.getSession(),
            policy.sts() == StsUse.ENFORCED ? context.webAnchors() : context.anchors(),
            mandatory ? TlsPolicies.wantedNames(policy, target) : List.of(),
            policy.pins());
    verified = verdict instanceof CertificateVerdict.Verified;
    TlsLogLevel wanted = context.settings().tlsLogLevel;
    boolean resumed =
        (wanted.resumption() || session.tlsReport() != null)
            && TlsClient.isResumed(tls.getSession());
    report(mandatory, verdict, resumed);
    if (wanted.resumption() && resumed) {
      context.info(target.labelWithPort() + ": Reusing old session");
    }
    if ((mandatory || wanted.untrusted()) && !verdict.why().isEmpty()) {
      context.info(verdict.loggedWhy() + target.labelWithPort() + ": " + verdict.why());
    }
    if (policy.sts() == StsUse.TRIAL) {
      noteTrial(
          CertificateVerdict.of(
                  tls.getSession(), context.webAnchors(), List.of(target.host()), Pins.NONE)
              .why());
    }
    if (wanted.certificate()) {
      describe(tls.getSession(), verdict);
    }
    if (wanted.summary()) {
      // What an unsigned MX record led to is never more than trusted.
      String word = policy.level() == TlsLevel.HALF_DANE && verified ? "Trusted" : verdict.word();
      summary = CipherName.summary(tls.getSession());
      context.info(
          word + " TLS connection established to " + target.labelWithPort() + ": " + summary);
      summary = word + " TLS connection reused to " + target.labelWithPort() + ": " + summary;
    }
    return mandatory && !verified
        ? Failure.of(Stage.TLS, "4.7.5", "Server certificate not verified: " + verdict.why())
        : null;
  }

  private void report(TlsReport.Trouble trouble, @Nullable String reason) {
    TlsReport report = session.tlsReport();
    if (report != null) {
      report.failed(trouble, reason);
    }
  }

  private void report(boolean mandatory, CertificateVerdict verdict, boolean resumed) {
    TlsReport report = session.tlsReport();
    if (report == null) {
      return;
    }
    if (mandatory && !verified) {
      report.failed(TlsReport.Trouble.of(verdict), null);
    } else {
      report.succeeded(resumed);
    }
  }

  /** Says what MTA-STS would have refused this server for. */
  private void noteTrial(String problem) {
    if (policy.sts() == StsUse.TRIAL && !problem.isEmpty()) {
      context.info(
          "MTA-STS of "
              + target.site().host()
              + " would refuse "
              + target.labelWithPort()
              + ": "
              + problem
              + " (testing: delivered all the same)");
    }
  }

  private void describe(SSLSession tls, CertificateVerdict verdict) {
    if (verdict instanceof CertificateVerdict.Verified(var how)) {
      context.info(target.labelWithPort() + ": " + how);
    }
    String described = CertificateText.of(tls, context.settings().fingerprintDigest);
    if (!described.isEmpty()) {
      context.info(target.labelWithPort() + ": " + described);
    }
  }

  /** Says that a connection with TLS carries one more message. */
  void noteReuse() {
    if (!summary.isEmpty()) {
      context.info(summary);
    }
  }
}
