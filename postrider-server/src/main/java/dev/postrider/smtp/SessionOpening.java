package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.failure.Stage;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;

/**
 * How a session with one server comes about: which protection the settings and the message ask for
 * there, and what is done if that is not to be had. For one thread.
 *
 * @param requiresTls whether the sender asked for TLS all the way
 */
record SessionOpening(ClientParts parts, DeliveryRequest request, boolean requiresTls) {
  /**
   * What came of it.
   *
   * @param waived whether this message goes with less protection than the next one may want
   */
  record Result(ClientSession.Opened opened, boolean waived) {}

  private ClientContext context() {
    return parts.context();
  }

  private String name(String smtpName) {
    return context().settings().dialect.parameter(smtpName);
  }

  private void warnOfPort465(Target target) {
    if (target.site().port() == 465 && !context().settings().wrapperMode) {
      context()
          .info(
              "SMTPS wrappermode (TCP port 465) requires setting \""
                  + name("smtp_tls_wrappermode")
                  + " = yes\", and \""
                  + name("smtp_tls_security_level")
                  + " = encrypt\" (or stronger)");
    }
  }

  /**
   * Connects and greets.
   *
   * @param found what the settings say of the next hop
   * @param required what the sender's wish for TLS means there
   */
  Result open(Target target, TlsPolicies.Answer.Policy found, RequireTls.Level required) {
    warnOfPort465(target);
    boolean waived =
        !requiresTls
            && context().settings().heedsWaiver
            && parts.policies().dependsOnRecipient(target, found)
            && TlsWaiver.isIn(request.content());
    return new Result(open(target, found, required, waived), waived);
  }

  private ClientSession.Opened open(
      Target target, TlsPolicies.Answer.Policy found, RequireTls.Level required, boolean waived) {
    ClientContext context = context();
    TlsPolicy policy;
    switch (waived ? parts.policies().waived(found) : parts.policies().at(target, found)) {
      case TlsPolicies.Answer.Policy(var settled, _) -> policy = settled;
      case TlsPolicies.Answer.Broken(var reason) -> {
        context.warning(
            "TLS policy lookup for " + target.site().host() + "/" + target.host() + ": " + reason);
        return new ClientSession.Opened.Failed(Failure.of(Stage.LOOKUP, "4.7.5", reason), false);
      }
    }
    if (context.settings().wrapperMode && !policy.level().isMandatory()) {
      context.warning(
          name("smtp_tls_wrappermode")
              + " requires \""
              + name("smtp_tls_security_level")
              + " = encrypt\" (or stronger)");
      return new ClientSession.Opened.Failed(
          Failure.of(Stage.TLS, "4.7.5", "client TLS configuration problem"), false);
    }
    Failure tooLittle = RequiredTls.ofPolicy(required, policy, target);
    if (tooLittle != null) {
      return new ClientSession.Opened.Failed(tooLittle, false);
    }
    TlsReport report = waived ? null : parts.reports().begin(target, policy, found.rule().plugin());
    if (required.needsTls()) {
      return switch (ClientSession.open(context, target, mandatory(policy), request, report)) {
        case ClientSession.Opened.Ready ready -> ready;
        case ClientSession.Opened.Failed(var failure, _) ->
            new ClientSession.Opened.Failed(
                RequiredTls.ofSession(required, failure, target), false);
      };
    }
    ClientSession.Opened opened = ClientSession.open(context, target, policy, request, report);
    if (opened instanceof ClientSession.Opened.Failed(var failure, var retryInClear)
        && retryInClear) {
      context.info(request.queueId() + ": " + failure.text());
      return ClientSession.open(context, target, policy.withLevel(TlsLevel.NONE), request);
    }
    return opened;
  }

  private static TlsPolicy mandatory(TlsPolicy policy) {
    return policy.level().isMandatory() ? policy : policy.withLevel(TlsLevel.ENCRYPT);
  }
}
