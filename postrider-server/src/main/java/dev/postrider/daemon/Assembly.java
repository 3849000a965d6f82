package dev.postrider.daemon;

import dev.postrider.account.AccountStates;
import dev.postrider.account.Causes;
import dev.postrider.bounce.BounceNotifier;
import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.delivery.FixedFate;
import dev.postrider.delivery.Transport;
import dev.postrider.dns.DnsJavaResolver;
import dev.postrider.dns.NameCompletion;
import dev.postrider.dns.RecordFilter;
import dev.postrider.event.Events;
import dev.postrider.intake.Intake;
import dev.postrider.io.SteadyClock;
import dev.postrider.local.LocalTransport;
import dev.postrider.pipe.PipeTransport;
import dev.postrider.queue.QueueSetup;
import dev.postrider.route.Router;
import dev.postrider.smtp.ClientConfig;
import dev.postrider.smtp.Dialect;
import dev.postrider.smtp.DnsSupport;
import dev.postrider.smtp.SmtpTables;
import dev.postrider.smtp.SmtpTransport;
import dev.postrider.smtpd.SessionSettings;
import dev.postrider.table.Tables;
import dev.postrider.virtual.VirtualTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * All that is made from one reading of the configuration; a reload makes another, and what is in
 * hand goes on with the one it began with. Immutable.
 *
 * @param config main.cf
 * @param listeners where each inet service of master.cf listens
 * @param sessions the settings of each inet service, by its name
 * @param transports the delivery agents, by their service's name
 * @param queue what the queue takes from it
 */
record Assembly(
    Config config,
    Map<ServiceEntry, List<InetSocketAddress>> listeners,
    Map<String, SessionSettings> sessions,
    Map<String, Transport> transports,
    QueueSetup queue) {
  /** The programs of master.cf that deliver. */
  private static final Set<String> AGENTS =
      Set.of("smtp", "lmtp", "local", "virtual", "pipe", "error", "discard");

  /**
   * What is known from before, over reloads and restarts.
   *
   * @param accounts that are not to be used now
   * @param causes that people were told of
   */
  record Memory(AccountStates accounts, Causes causes) {}

  /** Reads no more than what decides where to listen: that much happens as root. */
  static Map<ServiceEntry, List<InetSocketAddress>> listeners(Config config, MasterConfig master)
      throws ConfigException {
    Map<ServiceEntry, List<InetSocketAddress>> found = new LinkedHashMap<>();
    for (ServiceEntry service : master.services()) {
      if (service.type().equals("inet") && service.command().equals("smtpd")) {
        found.put(service, ListenAddresses.of(config.forService(service), service));
      }
    }
    return found;
  }

  /** Makes everything. */
  static Assembly of(
      Config config,
      MasterConfig master,
      Tables tables,
      Shared shared,
      Memory memory,
      Intake intake,
      Events events)
      throws ConfigException, IOException {
    Map<ServiceEntry, List<InetSocketAddress>> listeners = listeners(config, master);
    Set<InetAddress> own = ListenAddresses.own(listeners.values());
    Map<String, SessionSettings> sessions = new HashMap<>();
    for (ServiceEntry service : listeners.keySet()) {
      Config settings = config.forService(service);
      String process = process(config, settings, "smtpd");
      sessions.put(
          service.name(),
          SessionSettings.of(
              settings,
              process,
              tables::open,
              own,
              SessionNotices.of(
                  settings,
                  SessionNotices.Side.SERVER,
                  intake,
                  shared.log(),
                  process,
                  shared.clock())));
    }
    Router router = new Router(config, agents(master)::contains, tables::open);
    Map<String, Transport> transports = new HashMap<>();
    for (ServiceEntry service : master.services()) {
      if (!service.type().equals("inet")) {
        Config settings = config.forService(service);
        switch (service.command()) {
          case "smtp" ->
              transports.put(
                  service.name(),
                  client(
                      config,
                      new ClientConfig(settings, Dialect.SMTP),
                      tables,
                      shared,
                      memory.accounts(),
                      intake,
                      transports::get));
          case "lmtp" ->
              transports.put(
                  service.name(),
                  client(
                      config,
                      new ClientConfig(settings, Dialect.LMTP),
                      tables,
                      shared,
                      memory.accounts(),
                      intake,
                      transports::get));
          case "local" ->
              transports.put(
                  service.name(),
                  new LocalTransport(
                      settings,
                      new LocalTransport.Surroundings(
                          shared.log(),
                          tables,
                          intake,
                          shared.helper(),
                          shared.rights(),
                          (sender, mailbox) -> router.resolve(sender, mailbox).route(),
                          transports::get,
                          shared.clock())));
          case "virtual" ->
              transports.put(
                  service.name(),
                  new VirtualTransport(
                      settings,
                      service.name(),
                      tables,
                      new VirtualTransport.Surroundings(
                          process(config, settings, "virtual"),
                          shared.log(),
                          shared.helper(),
                          shared.clock())));
          case "pipe" ->
              transports.put(
                  service.name(),
                  new PipeTransport(
                      settings,
                      service,
                      tables,
                      new PipeTransport.Surroundings(
                          process(config, settings, "pipe"),
                          shared.log(),
                          shared.helper(),
                          shared.clock())));
          case "error" ->
              transports.put(
                  service.name(),
                  service.name().equals("retry") ? new FixedFate.Defer() : new FixedFate.Bounce());
          case "discard" -> transports.put(service.name(), new FixedFate.Discard());
          default -> {
            // Postfix's other daemons are parts of this process, or agents of a later version:
            // routing to one of those defers with a sentence.
          }
        }
      }
    }
    BounceNotifier notifier =
        new BounceNotifier(
            config, intake, shared.log(), shared.clock(), ZoneId.systemDefault(), memory.causes());
    QueueSetup queue =
        new QueueSetup(
            config,
            master.services(),
            transports,
            router,
            notifier,
            new Surroundings(tables, shared.network()),
            events);
    return new Assembly(config, listeners, Map.copyOf(sessions), Map.copyOf(transports), queue);
  }

  /** The services of master.cf that deliver. */
  private static Set<String> agents(MasterConfig master) {
    Set<String> names = new HashSet<>();
    for (ServiceEntry service : master.services()) {
      if (AGENTS.contains(service.command()) && !service.type().equals("inet")) {
        names.add(service.name());
      }
    }
    return names;
  }

  private static Transport client(
      Config common,
      ClientConfig settings,
      Tables tables,
      Shared shared,
      AccountStates accounts,
      Intake intake,
      Function<String, @Nullable Transport> transports)
      throws ConfigException {
    Dialect dialect = settings.dialect();
    String process = process(common, settings.main(), dialect.program());
    return new SmtpTransport(
        settings,
        SmtpTables.open(settings, tables),
        new SmtpTransport.Surroundings(
            process,
            resolver(settings, shared, tables, process),
            shared.log(),
            new SteadyClock(shared.clock()),
            SessionNotices.of(
                settings.main(), dialect.side(), intake, shared.log(), process, shared.clock()),
            transports,
            accounts,
            shared.logins()));
  }

  private static DnsJavaResolver resolver(
      ClientConfig settings, Shared shared, Tables tables, String process) throws ConfigException {
    DnsSupport support = DnsSupport.of(settings);
    DnsJavaResolver resolver =
        support.usesDnssec()
            ? DnsJavaResolver.validated(
                support.hostLookup(),
                settings.main().text("dnssec_probe"),
                text -> shared.log().warning(process, text))
            : new DnsJavaResolver(support.hostLookup());
    String filter = settings.dialect().parameter("smtp_dns_reply_filter");
    return resolver.with(
        new RecordFilter(
            filter,
            tables.openAll(settings.list("smtp_dns_reply_filter")),
            text -> shared.log().info(process, text),
            text -> shared.log().warning(process, text)),
        NameCompletion.parse(settings.list("smtp_dns_resolver_options")));
  }

  /**
   * The name in the log: syslog_name and program, of which the log itself adds the common part
   * (master.cf gives relay the syslog_name postfix/relay, which makes postfix/relay/smtp).
   */
  private static String process(Config common, Config service, String program) {
    String prefix = common.text("syslog_name") + "/";
    String own = service.text("syslog_name");
    return own.startsWith(prefix) ? own.substring(prefix.length()) + "/" + program : program;
  }
}
