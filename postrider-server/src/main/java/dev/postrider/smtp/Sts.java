package dev.postrider.smtp;

import dev.postrider.log.MailLog;
import dev.postrider.sts.StsPolicy;
import dev.postrider.tls.StsUse;
import java.net.IDN;
import java.util.Optional;
import java.util.function.Function;

/**
 * What MTA-STS asks of one server (RFC 8461 §5). Safe on any thread; may block while a policy is
 * fetched.
 *
 * @param policies by domain
 * @param enforces whether a policy may refuse mail; it is only told otherwise
 */
record Sts(
    Function<String, Optional<StsPolicy>> policies, boolean enforces, MailLog log, String process) {
  /** What follows for a server. */
  sealed interface Outcome {
    /** How the connection is to be. */
    record Use(StsUse use) implements Outcome {}

    /** No mail to this server. */
    record Refused(String reason) implements Outcome {}
  }

  /** Whether a next hop is one that a policy could be about: a domain, not a server. */
  static boolean concerns(Target target) {
    return target instanceof Target.Host && !target.site().direct();
  }

  /** Asks for the policy of the next hop's domain. */
  Outcome find(Target target) {
    String domain;
    try {
      domain = IDN.toASCII(target.site().host(), IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException _) {
      return new Outcome.Use(StsUse.NONE);
    }
    Optional<StsPolicy> policy = policies.apply(domain);
    if (policy.isEmpty()) {
      return new Outcome.Use(StsUse.NONE);
    }
    boolean strict = enforces && policy.get().mode() == StsPolicy.Mode.ENFORCE;
    if (!policy.get().fits(target.host())) {
      String reason =
          "server " + target.host() + " is not one that MTA-STS of " + domain + " names";
      if (strict) {
        return new Outcome.Refused(reason);
      }
      log.info(process, reason + " (testing: delivered all the same)");
    }
    return new Outcome.Use(strict ? StsUse.ENFORCED : StsUse.TRIAL);
  }
}
