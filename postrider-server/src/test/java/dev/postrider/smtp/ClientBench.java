package dev.postrider.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.account.AccountStates;
import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.MessageContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Transport;
import dev.postrider.event.Events;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.io.ReadRights;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.oauth.LoginAlarm;
import dev.postrider.route.AddressRules;
import dev.postrider.route.LocalDomains;
import dev.postrider.route.Rewriter;
import dev.postrider.spool.RamSpool;
import dev.postrider.table.AddressLookup;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.TableSource;
import dev.postrider.table.Tables;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An SMTP client on the bench: settings in, mail out, fates and log to look at. */
final class ClientBench implements AutoCloseable {
  static final String MESSAGE = "From: a@example.com\nTo: b@example.net\nSubject: hi\n\nhello\n";

  final RememberedLog log = new RememberedLog();
  final FakeDns dns = new FakeDns();

  /** What the postmaster was told. */
  final RamSpool notices = new RamSpool(InstantSource.system());

  final Map<String, String> passwords = new HashMap<>();
  final Map<String, String> generic = new HashMap<>();
  final Map<String, String> senders = new HashMap<>();

  /** How much accounts may send. */
  final Map<String, String> limits = new HashMap<>();

  final Map<String, String> tlsPolicies = new HashMap<>();
  final Map<String, String> tlsPerSite = new HashMap<>();

  /** Fates that become others. */
  final Map<String, String> filters = new HashMap<>();

  Instant now = Instant.parse("2026-11-20T12:00:00Z");
  final AccountStates accounts = AccountStates.inMemory(() -> now);
  private final Map<String, Transport> others = new HashMap<>();
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Dialect dialect;
  private @Nullable LoginSources logins;
  private SmtpTransport transport;

  ClientBench(String... nameThenValue) {
    this(Dialect.SMTP, nameThenValue);
  }

  ClientBench(Dialect dialect, String... nameThenValue) {
    this.dialect = dialect;
    settings.put("myhostname", "client.example.com");
    settings.put("mydomain", "example.com");
    settings.put("smtp_tls_security_level", "none");
    settings.put("inet_interfaces", "loopback-only");
    settings.put(dialect.parameter("smtp_skip_quit_response"), "yes");
    for (String step : List.of("helo", "mail", "rcpt", "data_init", "data_done", "starttls")) {
      settings.put(dialect.parameter("smtp_" + step + "_timeout"), "10s");
    }
    set(nameThenValue);
  }

  /** Changes settings; the next delivery sees them, as after a reload. */
  ClientBench set(String... nameThenValue) {
    for (int i = 0; i < nameThenValue.length; i += 2) {
      settings.put(nameThenValue[i], nameThenValue[i + 1]);
    }
    close();
    return this;
  }

  /** Logins whose secrets are elsewhere: the map has {@code user source}. */
  ClientBench named(LoginSources sources) {
    logins = sources;
    return this;
  }

  /** A transport that best_mx_transport may name. */
  ClientBench other(String name, Transport other) {
    others.put(name, other);
    return this;
  }

  private AddressLookup addresses(Config config, Map<String, String> entries) {
    return AddressLookup.over(
        entries.isEmpty() ? List.of() : List.of(table(entries, false)),
        AddressRules.of(
            config, new LocalDomains(config, TableSource.none()), new Rewriter(config)));
  }

  SmtpTransport transport() {
    if (transport == null) {
      InstantSource clock = () -> now;
      Config config = Config.of(Path.of("/nonexistent"), settings);
      IntakeSource source = IntakeSource.of(config, TableSource.none());
      transport = newTransport(config, source, clock);
    }
    return transport;
  }

  private SmtpTransport newTransport(Config config, IntakeSource source, InstantSource clock) {
    try {
      return new SmtpTransport(
          new ClientConfig(config, dialect),
          new SmtpTables(
              List.of(table(passwords, logins != null)),
              addresses(config, generic),
              addresses(config, senders),
              limits.isEmpty() ? List.of() : List.of(table(limits, false)),
              tlsPolicies.isEmpty() ? List.of() : List.of(table(tlsPolicies, false)),
              tlsPerSite.isEmpty() ? List.of() : List.of(table(tlsPerSite, false)),
              filters.isEmpty() ? List.of() : List.of(table(filters, false)),
              WireTables.open(new ClientConfig(config, dialect), new Tables(config, log))),
          new SmtpTransport.Surroundings(
              dialect.program(),
              dns,
              log,
              clock,
              SessionNotices.of(
                  config,
                  dialect.side(),
                  new MessageIntake(
                      () -> source, notices, log, MessageIntake.Listener.none(), Events.none()),
                  log,
                  dialect.program(),
                  clock),
              others::get,
              accounts,
              logins == null
                  ? LoginSources.of(
                      Path.of("/nonexistent"), ReadRights.own(), clock, LoginAlarm.silent())
                  : logins));
    } catch (ConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  private static LookupTable table(Map<String, String> entries, boolean named) {
    return new LookupTable() {
      @Override
      public boolean namesSecrets() {
        return named;
      }

      @Override
      public String name() {
        return "test:map";
      }

      @Override
      public Lookup lookup(String key) {
        String value = entries.get(key);
        return value == null ? new Lookup.NotFound() : new Lookup.Found(value);
      }
    };
  }

  static Recipient recipient(String address) {
    int at = address.lastIndexOf('@');
    return Recipient.of(new Mailbox(address.substring(0, at), address.substring(at + 1)));
  }

  /** Sends the usual message to one recipient and gives back his fate. */
  DeliveryStatus send(String nextHop) throws InterruptedException {
    return send(nextHop, MESSAGE, "b@example.net").getFirst();
  }

  List<DeliveryStatus> send(String nextHop, String content, String... recipients)
      throws InterruptedException {
    return send(
        nextHop,
        MemoryContent.of(content),
        Envelope.of(
            ReversePath.of(new Mailbox("a", "example.com")),
            Arrays.stream(recipients).map(ClientBench::recipient).toList()));
  }

  /** One fate for each recipient, in the order of the envelope. */
  List<DeliveryStatus> send(String nextHop, MessageContent content, Envelope envelope)
      throws InterruptedException {
    return send(nextHop, content, envelope, _ -> {});
  }

  /**
   * The same.
   *
   * @param told hears of each fate when the client tells it
   */
  List<DeliveryStatus> send(
      String nextHop, MessageContent content, Envelope envelope, Consumer<Recipient> told)
      throws InterruptedException {
    Map<Recipient, DeliveryStatus> fates = new LinkedHashMap<>();
    transport()
        .deliver(
            new DeliveryRequest(
                "4bXyZk1",
                now,
                envelope,
                envelope.recipients(),
                new NextHop(dialect.program(), nextHop),
                content),
            (recipient, status) -> {
              if (fates.put(recipient, status) != null) {
                throw new AssertionError(recipient + " reported twice");
              }
              told.accept(recipient);
            });
    List<DeliveryStatus> inOrder = new ArrayList<>();
    for (Recipient recipient : envelope.recipients()) {
      inOrder.add(fates.get(recipient));
    }
    return inOrder;
  }

  /** The fate of a message for one, as a line, at a server that keeps to these scripts. */
  String fate(String... scripts) throws Exception {
    try (ScriptedServer server = new ScriptedServer(scripts)) {
      String fate = line(send(server.nextHop()));
      assertThat(server.faults()).isEmpty();
      return fate;
    }
  }

  /** {@code sent 2.0.0 250 ok}: a fate as one line. */
  static String line(DeliveryStatus status) {
    String word =
        switch (status) {
          case DeliveryStatus.Sent _ -> "sent";
          case DeliveryStatus.Deferred _ -> "deferred";
          case DeliveryStatus.Bounced _ -> "bounced";
        };
    return word + " " + status.code() + " (" + status.text() + ")";
  }

  @Override
  public void close() {
    if (transport != null) {
      transport.close();
      transport = null;
    }
  }
}
