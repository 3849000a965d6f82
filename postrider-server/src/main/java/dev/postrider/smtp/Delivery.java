package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.DeliveryStatus.Attempt;
import dev.postrider.delivery.Retry;
import dev.postrider.delivery.StatusSink;
import dev.postrider.failure.Stage;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import dev.postrider.tls.TlsLevel;
import dev.postrider.tls.TlsPolicy;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
  private final long begun = System.nanoTime();
  private final List<Recipient> left;
  private final String sender;

  /** Why the recipients who are left were not taken by the servers tried so far. */
  private final Map<Recipient, Diagnosis> postponed = new HashMap<>();

  private final Diagnostics diagnostics;
  private final AccountGate gate;

  private final PassedHops hops = new PassedHops();

  /** Servers that have had their chance over a connection from the cache. */
  private final Set<SocketAddress> tried = new HashSet<>();

  /** Whether the sender asked for TLS all the way, and what that asks of the servers tried now. */
  private final boolean requiresTls;

  private RequireTls.Level requireTls = RequireTls.Level.DISABLE;

  /** Those for whom the account has no room in this attempt. */
  private final List<Recipient> later = new ArrayList<>();

  /** Whether this message goes with less protection than the next one may want. */
  private boolean waived;

  Delivery(ClientParts parts, DeliveryRequest request, StatusSink sink) {
    this.parts = parts;
    this.context = parts.context();
    this.request = request;
    this.sink = sink;
    this.left = new ArrayList<>(request.recipients());
    this.sender = request.envelope().sender().internal();
    this.diagnostics = new Diagnostics(parts, request);
    this.requiresTls = context.settings().heedsRequireTls && RequireTls.isIn(request.content());
    this.gate = new AccountGate(parts, diagnostics, request);
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
    for (Recipient recipient : List.copyOf(left)) {
      Diagnosis last = postponed.get(recipient);
      if (last != null) {
        report(recipient, decide(last, false), last);
      }
    }
    for (Recipient recipient : later) {
      Diagnosis full = gate.full(noAttempt());
      report(recipient, decide(full, false), full);
    }
  }

  private FailurePolicy.Decision decide(Diagnosis diagnosis, boolean anotherHost) {
    return parts
        .policy()
        .decide(diagnosis.failure(), diagnostics.treatment(diagnosis), anotherHost);
  }

  private void over(String destination) throws InterruptedException {
    if (context.settings().dialect == Dialect.LMTP && destination.startsWith(UNIX)) {
      requireTls = requireTls(context.settings().ownHostName);
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
        fail(Failure.of(Stage.LOCAL, "4.7.5", reason), null, false);
        return;
      }
    }
    if (policy.level().isMandatory()) {
      fail(
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
      fail(
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
    for (int i = 0; i < sites.size() && !left.isEmpty(); i++) {
      overSite(sites.get(i), i == sites.size() - 1);
      gate.ended(0);
      hops.next();
      // With another login the same server is another chance.
      tried.clear();
    }
  }

  private RequireTls.Level requireTls(String host) {
    return requiresTls ? context.requireTls().at(host) : RequireTls.Level.DISABLE;
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
        return left.isEmpty();
      }
    }
    return false;
  }

  /** Tries the servers of one next hop. */
  private void overSite(String text, boolean lastSite) throws InterruptedException {
    Optional<Site> parsed = Site.parse(text, context.settings().defaultPort);
    if (parsed.isEmpty()) {
      fail(
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
    requireTls = requireTls(site.host());
    if (requireTls == RequireTls.Level.UNKNOWN) {
      fail(
          Failure.of(Stage.LOCAL, "4.7.10", "REQUIRETLS policy configuration error"),
          null,
          !lastSite);
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
        fail(Failure.of(Stage.LOCAL, "4.7.5", reason), null, !lastSite);
        return;
      }
    }
    switch (parts.walk().find(site)) {
      case MxWalk.Result.Failed(var failure) -> fail(failure, null, !lastSite);
      case MxWalk.Result.Ours(var failure) -> {
        if (!parts.bestMx().isSet()) {
          fail(failure, null, !lastSite);
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
    List<Recipient> recipients = List.copyOf(left);
    left.clear();
    if (parts.bestMx().pass(request, recipients, sink)) {
      return;
    }
    left.addAll(recipients);
    fail(
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
    for (int i = 0; i < targets.size() && !left.isEmpty(); i++) {
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
      warnOfPort465(target);
      switch (open(target, policy)) {
        case ClientSession.Opened.Ready(var session) -> {
          sessions++;
          // One that stands in for a better one is not kept: mail would go on passing by the better
          // one when that is back.
          boolean _ = transact(session, target.bestMx() && !waived ? key : null, !lastHost);
        }
        case ClientSession.Opened.Failed(var failure, _) -> {
          boolean connected = failure.stage() != Stage.CONNECT && failure.stage() != Stage.LOOKUP;
          sessions += connected ? 1 : 0;
          fail(failure, connected ? target : null, target, connected ? !lastHost : !lastTarget);
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
    Optional<AccountGate.Closed> closed = gate.closed(account, left, noAttempt(), !another);
    if (closed.isPresent()) {
      Diagnosis diagnosis = closed.get().diagnosis();
      boolean passes = another && closed.get().mayPass();
      if (passes) {
        context.info(
            request.queueId() + ": " + diagnosis.failure().text() + "; the next one is tried");
      }
      settle(diagnosis, passes);
      return true;
    }
    // A message may have more recipients than the account may send to in a whole day.
    List<Recipient> tooMany = List.copyOf(left.subList(gate.recipients(left.size()), left.size()));
    left.removeAll(tooMany);
    later.addAll(tooMany);
    return false;
  }

  private Attempt noAttempt() {
    return new Attempt(context.process(), "none", null, null, 1, begun, begun);
  }

  private void warnOfPort465(Target target) {
    if (target.site().port() == 465 && !context.settings().wrapperMode) {
      context.info(
          "SMTPS wrappermode (TCP port 465) requires setting \""
              + name("smtp_tls_wrappermode")
              + " = yes\", and \""
              + name("smtp_tls_security_level")
              + " = encrypt\" (or stronger)");
    }
  }

  private ClientSession.Opened open(Target target, TlsPolicies.Answer.Policy found) {
    TlsPolicy policy;
    PluginPolicy plugin = found.rule().plugin();
    waived =
        !requiresTls
            && context.settings().heedsWaiver
            && parts.policies().dependsOnRecipient(target, found)
            && TlsWaiver.isIn(request.content());
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
    Failure tooLittle = RequiredTls.ofPolicy(requireTls, policy, target);
    if (tooLittle != null) {
      return new ClientSession.Opened.Failed(tooLittle, false);
    }
    TlsReport report = waived ? null : parts.reports().begin(target, policy, plugin);
    if (requireTls.needsTls()) {
      return switch (ClientSession.open(context, target, mandatory(policy), request, report)) {
        case ClientSession.Opened.Ready ready -> ready;
        case ClientSession.Opened.Failed(var failure, _) ->
            new ClientSession.Opened.Failed(
                RequiredTls.ofSession(requireTls, failure, target), false);
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

  /**
   * Sends to all who are left; false if the connection was dead before it began.
   *
   * @param key to keep the connection under, or null to end it
   */
  private boolean transact(ClientSession session, @Nullable String key, boolean anotherHost)
      throws InterruptedException {
    List<Recipient> recipients = List.copyOf(left);
    long connected = System.nanoTime();
    Reporter reporter = new Reporter(session, connected, anotherHost, recipients);
    boolean done =
        switch (outgoing(session, recipients)) {
          case OutgoingAddresses.Result.Ready(var message) ->
              new MailTransaction(session, message.withRequireTls(requireTls), reporter).run();
          case OutgoingAddresses.Result.Unavailable(var reason) -> {
            context.warning(request.queueId() + ": " + reason);
            Failure failure =
                Failure.of(Stage.LOCAL, "4.3.0", "message cannot be prepared: " + reason);
            session.note(failure);
            fail(failure, null, false);
            yield true;
          }
        };
    if (done) {
      // A probe sends nothing.
      gate.ended(isProbe() ? 0 : reporter.taken);
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

  /** Reports fates as they become known. */
  private final class Reporter implements MailTransaction.Fates {
    private final ClientSession session;
    private final long connected;
    private final boolean anotherHost;
    private final List<Recipient> recipients;
    private @Nullable Failure lastLogged;
    private int taken;

    Reporter(
        ClientSession session, long connected, boolean anotherHost, List<Recipient> recipients) {
      this.session = session;
      this.connected = connected;
      this.anotherHost = anotherHost;
      this.recipients = recipients;
    }

    @Override
    public void sent(int index, Reply reply) {
      Recipient recipient = recipients.get(index);
      left.remove(recipient);
      taken++;
      if (taken == 1 && !hops.isFirst()) {
        context.info(
            request.queueId()
                + ": taken by "
                + (account().isEmpty() ? session.target().label() : "account " + account())
                + " instead, because: "
                + hops.reason());
      }
      if (!context.refusals().allWork()) {
        diagnostics
            .account(session.target().host(), session.target().site())
            .ifPresent(context.refusals()::worked);
      }
      sink.report(
          recipient,
          new DeliveryStatus.Sent(
              Failure.codeOf(reply),
              reply.oneLine(),
              attempt(session.target(), reply),
              completion()));
    }

    @Override
    public void failed(int index, Failure failure) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      Attempt attempt = attempt(session.target(), failure.reply());
      Diagnosis diagnosis = diagnostics.of(failure, attempt, session.target());
      FailurePolicy.Decision decision = decide(diagnosis, anotherHost);
      Recipient recipient = recipients.get(index);
      if (decision.next() == FailurePolicy.Next.NEXT_HOST) {
        leave(recipient, diagnosis);
        if (!failure.equals(lastLogged)) {
          lastLogged = failure;
          context.info(request.queueId() + ": " + failure.text());
        }
        return;
      }
      left.remove(recipient);
      hops.note(diagnosis);
      report(recipient, decision, diagnosis);
    }

    private String account() {
      return session.user().isEmpty()
          ? ""
          : new AccountKeys(session.user(), session.target().host(), session.target().site())
              .name()
              .toString();
    }

    private DeliveryStatus.Completion completion() {
      if (session.features().dsn()) {
        return DeliveryStatus.Completion.PASSED_ON;
      }
      return context.settings().assumesFinal
          ? DeliveryStatus.Completion.DELIVERED
          : DeliveryStatus.Completion.RELAYED;
    }

    private Attempt attempt(Target target, @Nullable Reply reply) {
      return new Attempt(
          context.process(),
          target.labelWithPort(),
          target.host(),
          reply == null ? null : reply.oneLine(),
          session.uses(),
          begun,
          connected,
          account(),
          hops.reason());
    }
  }

  private void fail(Failure failure, @Nullable Target target, boolean anotherHost)
      throws InterruptedException {
    fail(failure, target, target, anotherHost);
  }

  /**
   * A failure before any message: it concerns everybody who is left.
   *
   * @param target the server that answered, or null
   * @param place the server that was tried, or null if it did not come to that
   */
  private void fail(
      Failure failure, @Nullable Target target, @Nullable Target place, boolean anotherHost)
      throws InterruptedException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedException("stopping");
    }
    Reply reply = failure.reply();
    Attempt attempt =
        new Attempt(
            context.process(),
            target == null ? "none" : target.labelWithPort(),
            target == null ? null : target.host(),
            reply == null ? null : reply.oneLine(),
            1,
            begun,
            // No session came about: by this the queue knows that the next message would hardly
            // fare
            // better, and does not try a refused password a thousand times.
            begun);
    Diagnosis diagnosis = diagnostics.of(failure, attempt, place);
    if (failure.stage() == Stage.CONNECT) {
      context.info(failure.text());
    } else if (decide(diagnosis, anotherHost).next() == FailurePolicy.Next.NEXT_HOST) {
      context.info(request.queueId() + ": " + failure.text());
    }
    settle(diagnosis, anotherHost);
  }

  /** Leaves a recipient to the next host. */
  private void leave(Recipient recipient, Diagnosis diagnosis) {
    hops.note(diagnosis);
    diagnostics.passedOver(diagnosis);
    postponed.put(recipient, moreTelling(recipient, diagnosis));
  }

  /** Leaves everybody to the next host, or reports them. */
  private void settle(Diagnosis diagnosis, boolean anotherHost) {
    FailurePolicy.Decision decision = decide(diagnosis, anotherHost);
    if (decision.next() == FailurePolicy.Next.NEXT_HOST) {
      left.forEach(recipient -> leave(recipient, diagnosis));
      return;
    }
    hops.note(diagnosis);
    List<Recipient> all = List.copyOf(left);
    left.clear();
    for (Recipient recipient : all) {
      Diagnosis told = moreTelling(recipient, diagnosis);
      report(recipient, told.equals(diagnosis) ? decision : decide(told, false), told);
    }
  }

  /**
   * What a server that answered has said tells a person more than that another address of it was
   * not reached: localhost is ::1 too, and a certificate at fault is not mended by reading
   * "refused".
   */
  private Diagnosis moreTelling(Recipient recipient, Diagnosis now) {
    Diagnosis before = postponed.get(recipient);
    return before != null
            && now.failure().stage() == Stage.CONNECT
            && before.failure().stage() != Stage.CONNECT
        ? before
        : now;
  }

  private void report(Recipient recipient, FailurePolicy.Decision decision, Diagnosis diagnosis) {
    parts.adviser().advise(request.queueId(), diagnosis);
    EnhancedStatusCode code = decision.code();
    String text = diagnosis.failure().text();
    sink.report(
        recipient,
        decision.next() == FailurePolicy.Next.BOUNCE
            ? new DeliveryStatus.Bounced(code, text, diagnosis.attempt(), diagnosis.advice())
            : new DeliveryStatus.Deferred(
                code, text, diagnosis.attempt(), retry(diagnosis), diagnosis.advice()));
  }

  /** The mail goes as soon as any of its next hops may take it. */
  private Retry retry(Diagnosis diagnosis) {
    return hops.isFirst() ? diagnostics.retry(diagnosis) : diagnostics.retry(hops.all());
  }
}
