package dev.postrider.smtp;

import dev.postrider.account.AccountStates;
import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.StatusFilter;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.dns.Resolver;
import dev.postrider.failure.Advice;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.EndlessWork;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.sts.StsPolicies;
import dev.postrider.tls.ClientIdentity;
import dev.postrider.tls.NamedGroups;
import dev.postrider.tls.TlsClient;
import dev.postrider.tls.TrustAnchors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers by SMTP [smtp]: to a relay host or to the servers of a domain; or by LMTP [lmtp]: to a
 * host or a Unix socket. With TLS and a login as configured, over connections that later messages
 * use again. Safe on any thread.
 *
 * <p>One transport serves one service of master.cf with one configuration; a reload makes a new one
 * and closes the old one when its last delivery is done.
 */
public final class SmtpTransport implements Transport, AutoCloseable {
  private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);

  private final ClientParts parts;
  private final CacheSweep sweep;
  private final StatusFilter filter;

  /**
   * The world around the client.
   *
   * @param process name in the log: {@code smtp}, {@code relay/smtp}, …
   * @param clock for what is remembered for a while; one that nobody sets
   * @param notices who is told of sessions with trouble
   * @param transports the transport of a service of master.cf, or null: best_mx_transport hands on
   * @param logins where the secrets come from that a table only names
   * @param accounts which logins are not to be used now
   */
  public record Surroundings(
      String process,
      Resolver resolver,
      MailLog log,
      InstantSource clock,
      SessionNotices notices,
      Function<String, @Nullable Transport> transports,
      AccountStates accounts,
      LoginSources logins) {}

  /**
   * @param config main.cf with the service's own overrides
   * @throws ConfigException if the administrator's rules about failures cannot be read
   */
  public SmtpTransport(ClientConfig config, SmtpTables tables, Surroundings surroundings)
      throws ConfigException {
    FailureRules rules =
        config.dialect() == Dialect.SMTP ? FailureRules.of(config.main()) : FailureRules.none();
    String process = surroundings.process();
    MailLog log = surroundings.log();
    ClientSettings settings = new ClientSettings(config);
    ClientContext context =
        new ClientContext(
            settings,
            process,
            log,
            new TlsClient(
                identity(config),
                (int) config.time("smtp_tls_session_cache_timeout").toSeconds(),
                text -> log.warning(process, text),
                groups(config)),
            new TrustAnchors(
                config.text("smtp_tls_CAfile"),
                config.text("smtp_tls_CApath"),
                config.flag("tls_append_default_CA"),
                config.number("smtp_tls_scert_verifydepth")),
            webAnchors(config),
            new Passwords(
                tables.passwords(),
                settings.saslBySender,
                config.text("smtp_sasl_password_result_delimiter")),
            new LoginRefusals(surroundings.accounts(), rules),
            surroundings.logins(),
            new ReplyFilter(
                config.dialect().parameter("smtp_reply_filter"), tables.wire().replyFilter()),
            new ContentChecks(tables.wire().checks(), log, process),
            new IgnoredKeywords(
                config.dialect().parameter("smtp_discard_ehlo_keyword_address_maps"),
                config.list("smtp_discard_ehlo_keywords"),
                tables.wire().ignoredKeywords()),
            new PixWorkarounds(config, tables.wire().pixWorkarounds(), surroundings.clock()),
            LocalOrigin.of(config.main()),
            new RequireTls(
                config.dialect().parameter("smtp_requiretls_policy"),
                tables.wire().requireTls(),
                text -> log.warning(process, text)),
            surroundings.notices());
    Sts sts = sts(config, surroundings);
    parts =
        new ClientParts(
            context,
            new MxWalk(
                config,
                surroundings.resolver(),
                OwnAddresses.of(config.main()),
                new MxWalk.Diagnostics(log, process, new Random())),
            new TlsPolicies(
                config,
                tables,
                new Dane(config, surroundings.resolver(), log, process),
                sts,
                log,
                process),
            new TlsReports(config, surroundings.resolver(), sts, log, process),
            new FailurePolicy(settings),
            rules,
            new Adviser(context, surroundings.clock()),
            new ConnectionCache(settings.cacheIdleNanos),
            new OutgoingAddresses(config, tables.generic(), tables.senders()),
            new LimitTables(tables.limits()),
            config.list("smtp_fallback_relay"),
            config.number("smtp_mx_session_limit"),
            new BestMx(config.main().text("best_mx_transport").strip(), surroundings.transports()));
    filter =
        new StatusFilter(
            config.dialect().parameter("smtp_delivery_status_filter"),
            tables.statusFilter(),
            text -> log.warning(process, text));
    sweep =
        new CacheSweep(
            parts.cache(),
            SWEEP_INTERVAL,
            (why, pause) ->
                log.bug(process, "ending idle connections" + EndlessWork.again(pause), why));
    for (String spec : config.list("smtp_sasl_password_maps")) {
      warnIfWorldReadable(spec, context);
    }
  }

  private static TrustAnchors webAnchors(ClientConfig config) {
    return new TrustAnchors(
        config.text("smtp_tls_CAfile"),
        config.text("smtp_tls_CApath"),
        /* withSystem= */ true,
        config.number("smtp_tls_scert_verifydepth"));
  }

  /** What finds the policies of domains, or null if that is not wanted. */
  private static @Nullable Sts sts(ClientConfig config, Surroundings surroundings) {
    String wanted = config.main().text("postrider_mta_sts");
    if (wanted.equals("no")
        || config.dialect() != Dialect.SMTP
        || !DnsSupport.of(config).usesMx()) {
      return null;
    }
    String process = surroundings.process();
    MailLog log = surroundings.log();
    StsPolicies policies =
        new StsPolicies(
            surroundings.resolver(),
            webAnchors(config),
            Path.of(config.text("data_directory")),
            surroundings.clock(),
            new StsPolicies.Reports(
                text -> log.info(process, text), text -> log.warning(process, text)));
    return new Sts(policies::find, wanted.equals("yes"), log, process);
  }

  /** Those that main.cf names; none if it leaves the choice to us, which is Java's then. */
  private static List<String> groups(ClientConfig config) {
    if (!config.main().isSet("tls_eecdh_auto_curves")
        && !config.main().isSet("tls_ffdhe_auto_groups")) {
      return List.of();
    }
    List<String> names = new ArrayList<>(config.main().list("tls_eecdh_auto_curves"));
    names.addAll(config.main().list("tls_ffdhe_auto_groups"));
    return NamedGroups.of(names);
  }

  private static ClientIdentity identity(ClientConfig config) {
    List<ClientIdentity.Pair> pairs = new ArrayList<>();
    String certificate = config.text("smtp_tls_cert_file");
    if (!certificate.isEmpty()) {
      pairs.add(pair(certificate, config.text("smtp_tls_key_file")));
    }
    String elliptic = config.text("smtp_tls_eccert_file");
    if (!elliptic.isEmpty()) {
      pairs.add(pair(elliptic, config.text("smtp_tls_eckey_file")));
    }
    return new ClientIdentity(
        config.list("smtp_tls_chain_files").stream().map(Path::of).toList(), pairs);
  }

  private static ClientIdentity.Pair pair(String certificate, String key) {
    return new ClientIdentity.Pair(
        Path.of(certificate), Path.of(key.isEmpty() ? certificate : key));
  }

  private static void warnIfWorldReadable(String spec, ClientContext context) {
    int slash = spec.indexOf(":/");
    if (slash < 0 || spec.startsWith("secret:")) {
      return;
    }
    Path file = Path.of(spec.substring(slash + 1));
    try {
      if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
        context.warning(
            file + " holds passwords and everyone on this machine can read it: chmod 600 " + file);
      }
    } catch (IOException | UnsupportedOperationException _) {
      // No such file: the first lookup says so.
    }
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    new Delivery(parts, request, filter.around(sink)).run();
  }

  /** Asks the servers up to RCPT, as the request's envelope says. */
  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    deliver(request, sink);
  }

  /** Tells which servers would be asked, with what protection and which login. */
  @Override
  public Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace) {
    return new SmtpExplanation(parts, trace).explain(sender, recipient, nextHop);
  }

  /**
   * Connects, logs in and names the sender as deliveries do, and ends without having sent anything.
   *
   * @param destination as {@code relayhost} has it
   * @param sender whose login it is, where that matters; the null sender is not named to the server
   * @param say takes each step, a line for people
   */
  public LoginOutcome tryLogin(String destination, ReversePath sender, Consumer<String> say)
      throws InterruptedException {
    return tryLogin(destination, sender, say, advice -> say.accept(advice.sentence()));
  }

  /**
   * The same for somebody who has words of their own for what failed.
   *
   * @param advise takes what the rules know of a failure, after its line
   */
  public LoginOutcome tryLogin(
      String destination, ReversePath sender, Consumer<String> say, Consumer<Advice> advise)
      throws InterruptedException {
    return new LoginTrial(parts, say, advise, /* wantsLogin= */ true).run(destination, sender);
  }

  /** The same, with a login only where one is configured for the server. */
  public LoginOutcome tryServer(String destination, ReversePath sender, Consumer<String> say)
      throws InterruptedException {
    return new LoginTrial(
            parts, say, advice -> say.accept(advice.sentence()), /* wantsLogin= */ false)
        .run(destination, sender);
  }

  /** Tries refused logins again with the next message: somebody asked for a flush. */
  public void forgetRefusedLogins() {
    parts.context().refusals().forgetAll();
    parts.context().sources().tryAgain();
  }

  /** What every delivery works with. */
  ClientParts parts() {
    return parts;
  }

  /** Ends the connections that rest; those in use end when their message is through. */
  @Override
  public void close() {
    parts.cache().close();
    sweep.close();
  }
}
