package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.StatusSink;
import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One job: tries server after server until every recipient's fate is known. For one thread.
 *
 * <p>A recipient whom one server cannot take now stays for the next; who is left at the end is
 * reported with the last reason.
 */
final class Delivery {
  /** What an LMTP next hop may begin with; SMTP has hosts of any name there. */
  static final String UNIX = "unix:";

  static final String INET = "inet:";

  private final ClientParts parts;
  private final ClientContext context;
  private final DeliveryRequest request;
  private final StatusSink sink;
  private final String sender;

  private final Diagnostics diagnostics;
  private final AccountGate gate;
  private final RecipientFates fates;

  /** Servers that have had their chance over a connection from the cache. */
  private final Set<SocketAddress> tried = new HashSet<>();

  /** Whether the sender asked for TLS all the way, and what that asks of the servers tried now. */
  private final boolean requiresTls;

  private final SessionOpening opener;

  private RequireTls.Level requireTls = RequireTls.Level.DISABLE;

  /** Those for whom the account has no room in this attempt. */
  private final List<Recipient> later = new ArrayList<>();

  Delivery(ClientParts parts, DeliveryRequest request, StatusSink sink) {
    this.parts = parts;
    this.context = parts.context();
    this.request = request;
    this.sink = sink;
    this.sender = request.envelope().sender().internal();
    this.diagnostics = new Diagnostics(parts, request);
    this.requiresTls = context.settings().heedsRequireTls && RequireTls.isIn(request.content());
    this.opener = new SessionOpening(parts, request, requiresTls);
    this.gate = new AccountGate(parts, diagnostics, request);
    this.fates = new RecipientFates(parts, request, sink, diagnostics);
  }

  void run() throws InterruptedException {
    try {
      deliver();
    } finally {
      gate.ended(0);
      context.refusals().done();
    }
  }

  private void deliver() throws InterruptedException {
    over(request.nextHop().destination());
    fates.end();
    for (Recipient recipient : later) {
      fates.report(recipient, gate.full(fates.noAttempt()));
    }
  }

  private void over(String destination) throws InterruptedException {
    if (context.settings().dialect == Dialect.LMTP && destination.startsWith(UNIX)) {
      if (lacksTlsRequirement(context.settings().ownHostName, /* anotherSite= */ false)) {
        return;
      }
      if (!overCached(cacheKey(destination))) {
        overSocket(destination.substring(UNIX.length()), cacheKey(destination));
      }
    } else {
      overNetwork(destination);
    }
  }

  /** To a Unix socket, where no other host can stand in. */
  private void overSocket(String written, String key) throws InterruptedException {
    String host = context.settings().ownHostName;
    Site site = new Site(written, host, 0, true);
    TlsPolicy policy;
    switch (parts.policies().find(site)) {
      case TlsPolicies.Answer.Policy(var found, _) -> policy = found;
      case TlsPolicies.Answer.Broken(var reason) -> {
        fates.fail(Failure.of(Stage.LOCAL, "4.7.5", reason), null, false);
        return;
      }
    }
    if (policy.level().isMandatory()) {
      fates.fail(
          Failure.of(
              Stage.TLS,
              "4.7.5",
              "TLS over the Unix socket "
                  + written
                  + " is not supported; set the level none for it in "
                  + name("smtp_tls_policy_maps")
                  + ", or use inet:host:port"),
          null,
          false);
      return;
    }
    Path path;
    try {
      path = context.settings().queueDirectory.resolve(written);
    } catch (InvalidPathException e) {
      fates.fail(
          Failure.of(
              Stage.LOCAL,
              "4.3.5",
              "bad next hop: \"" + UNIX + written + "\" is no path: " + e.getReason()),
          null,
          false);
      return;
    }
    Target socket = new Target.LocalSocket(site, host, path);
    TlsPolicy none = policy.withLevel(TlsLevel.NONE);
    overTargets(
        List.of(socket), new TlsPolicies.Answer.Policy(none, TlsRule.of(TlsLevel.NONE)), key, true);
  }

  private String name(String smtpName) {
    return context.settings().dialect.parameter(smtpName);
  }

  private void overNetwork(String destination) throws InterruptedException {
    boolean tagged = context.settings().dialect == Dialect.LMTP && destination.startsWith(INET);
    List<String> sites =
        parts.withFallback(tagged ? destination.substring(INET.length()) : destination);
    for (int i = 0; i < sites.size() && !fates.areKnown(); i++) {
      overSite(sites.get(i), i == sites.size() - 1);
      gate.ended(0);
      fates.nextHop();
      // With another login the same server is another chance.
      tried.clear();
    }
  }

  /** Finds out what is asked of a host's protection; true, and nothing is sent, if that fails. */
  private boolean lacksTlsRequirement(String host, boolean anotherSite)
      throws InterruptedException {
    requireTls = requiresTls ? context.requireTls().at(host) : RequireTls.Level.DISABLE;
    if (requireTls != RequireTls.Level.UNKNOWN) {
      return false;
    }
    fates.fail(
        Failure.of(Stage.LOCAL, "4.7.10", "REQUIRETLS policy configuration error"),
        null,
        anotherSite);
    return true;
  }

  /**
   * Connections of one login are never used for another, nor those of a message that may have got
   * by with less protection.
   */
  private String cacheKey(String site) {
    String key = context.settings().saslBySender ? site + "\n" + sender : site;
    return requireTls == RequireTls.Level.DISABLE ? key : key + "\n" + requireTls;
  }

  /** Uses a resting connection if there is one; true if nobody is left. */
  private boolean overCached(String key) throws InterruptedException {
    for (ClientSession session = parts.cache().take(key);
        session != null;
        session = parts.cache().take(key)) {
      if (transact(session, key, /* anotherHost= */ true)) {
        tried.add(session.target().place());
        return fates.areKnown();
      }
    }
    return false;
  }

  /** Tries the servers of one next hop. */
  private void overSite(String text, boolean lastSite) throws InterruptedException {
    Optional<Site> parsed = Site.parse(text, context.settings().defaultPort);
    if (parsed.isEmpty()) {
      fates.fail(
          Failure.of(
              Stage.LOCAL,
              "4.3.5",
              "bad next hop: \""
                  + text
                  + "\" (use "
                  + (context.settings().dialect == Dialect.LMTP
                      ? "unix:path, inet:host:port, "
                      : "")
                  + "host, host:port, [host] or [host]:port)"),
          null,
          !lastSite);
      return;
    }
    Site site = parsed.get();
    if (lacksTlsRequirement(site.host(), !lastSite)) {
      return;
    }
    if (site.direct() && isClosed(site.host(), site, !lastSite)) {
      return;
    }
    String key = cacheKey(site.whole());
    if (mayUseCached(site) && overCached(key)) {
      return;
    }
    TlsPolicies.Answer.Policy policy;
    switch (parts.policies().find(site)) {
      case TlsPolicies.Answer.Policy found -> policy = found;
      case TlsPolicies.Answer.Broken(var reason) -> {
        fates.fail(Failure.of(Stage.LOCAL, "4.7.5", reason), null, !lastSite);
        return;
      }
    }
    switch (parts.walk().find(site)) {
      case MxWalk.Result.Failed(var failure) -> fates.fail(failure, null, !lastSite);
      case MxWalk.Result.Ours(var failure) -> {
        if (!parts.bestMx().isSet()) {
          fates.fail(failure, null, !lastSite);
        } else {
          pass(lastSite);
        }
      }
      case MxWalk.Result.Targets(var targets) -> overTargets(targets, policy, key, lastSite);
    }
  }

  /**
   * Where the MX records decide which server it is, they decide which account it is as well: then a
   * connection is used again only while no account is to be asked about.
   */
  private boolean mayUseCached(Site site) {
    return site.direct()
        || (!gate.hasLimits() && (context.refusals().allWork() || !context.settings().saslEnabled));
  }

  /** Lets best_mx_transport take whoever is left. */
  private void pass(boolean lastSite) throws InterruptedException {
    List<Recipient> recipients = fates.keepFirst(0);
    if (parts.bestMx().pass(request, recipients, sink)) {
      return;
    }
    fates.restore(recipients);
    fates.fail(
        Failure.of(
            Stage.LOCAL,
            "4.3.5",
            "best_mx_transport = "
                + parts.bestMx().setting()
                + ": master.cf has no service of that name that delivers"),
        null,
        !lastSite);
  }

  private void overTargets(
      List<? extends Target> targets,
      TlsPolicies.Answer.Policy policy,
      String key,
      boolean lastSite)
      throws InterruptedException {
    int sessions = 0;
    int limit = parts.sessionLimit();
    for (int i = 0; i < targets.size() && !fates.areKnown(); i++) {
      if (limit > 0 && sessions >= limit) {
        return;
      }
      boolean lastTarget = lastSite && i == targets.size() - 1;
      boolean lastHost = lastTarget || (lastSite && limit > 0 && sessions + 1 >= limit);
      Target target = targets.get(i);
      if (tried.contains(target.place())) {
        continue;
      }
      if (isClosed(target.host(), target.site(), !lastHost)) {
        continue;
      }
      SessionOpening.Result opening = opener.open(target, policy, requireTls);
      switch (opening.opened()) {
        case ClientSession.Opened.Ready(var session) -> {
          sessions++;
          // One that stands in for a better one is not kept: mail would go on passing by the better
          // one when that is back.
          boolean _ =
              transact(session, target.bestMx() && !opening.waived() ? key : null, !lastHost);
        }
        case ClientSession.Opened.Failed(var failure, _) -> {
          boolean connected = failure.stage() != Stage.CONNECT && failure.stage() != Stage.LOOKUP;
          sessions += connected ? 1 : 0;
          fates.fail(
              failure, connected ? target : null, target, connected ? !lastHost : !lastTarget);
        }
      }
    }
  }

  /**
   * Whether the account for a server is not to be used now; everybody left then waits for it or
   * goes by the next one.
   */
  private boolean isClosed(String host, Site site, boolean another) {
    if (context.refusals().allWork() && !gate.hasLimits()) {
      return false;
    }
    AccountKeys account = new AccountKeys("", host, site);
    Optional<AccountGate.Closed> closed =
        gate.closed(account, fates.left(), fates.noAttempt(), !another);
    if (closed.isPresent()) {
      Diagnosis diagnosis = closed.get().diagnosis();
      boolean passes = another && closed.get().mayPass();
      if (passes) {
        context.info(
            request.queueId() + ": " + diagnosis.failure().text() + "; the next one is tried");
      }
      fates.settle(diagnosis, passes);
      return true;
    }
    // A message may have more recipients than the account may send to in a whole day.
    later.addAll(fates.keepFirst(gate.recipients(fates.left().size())));
    return false;
  }

  /**
   * Sends to all who are left; false if the connection was dead before it began.
   *
   * @param key to keep the connection under, or null to end it
   */
  private boolean transact(ClientSession session, @Nullable String key, boolean anotherHost)
      throws InterruptedException {
    RecipientFates.Reporter reporter = fates.reporter(session, anotherHost);
    boolean done =
        switch (outgoing(session, reporter.recipients())) {
          case OutgoingAddresses.Result.Ready(var message) ->
              new MailTransaction(session, message.withRequireTls(requireTls), reporter).run();
          case OutgoingAddresses.Result.Unavailable(var reason) -> {
            context.warning(request.queueId() + ": " + reason);
            Failure failure =
                Failure.of(Stage.LOCAL, "4.3.0", "message cannot be prepared: " + reason);
            session.note(failure);
            fates.fail(failure, null, false);
            yield true;
          }
        };
    if (done) {
      // A probe sends nothing.
      gate.ended(isProbe() ? 0 : reporter.taken());
    }
    if (Thread.currentThread().isInterrupted()) {
      session.cut();
      throw new InterruptedException("stopping");
    }
    if (key != null
        && done
        && session.isReusable(System.nanoTime())
        && context.settings().kept.has(request.nextHop().destination())) {
      session.report(request);
      parts.cache().keep(key, session);
    } else {
      session.quit();
      session.report(request);
    }
    return done;
  }

  private OutgoingAddresses.Result outgoing(ClientSession session, List<Recipient> recipients) {
    try {
      return parts
          .addresses()
          .outgoing(
              context.checks().withCheckedHeader(request),
              recipients,
              new AccountKeys(session.user(), session.target().host(), session.target().site()));
    } catch (IOException e) {
      return new OutgoingAddresses.Result.Unavailable(String.valueOf(e.getMessage()));
    }
  }

  private boolean isProbe() {
    return request.envelope().purpose() == Envelope.Purpose.PROBE;
  }
}
