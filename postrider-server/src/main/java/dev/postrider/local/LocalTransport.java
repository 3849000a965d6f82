package dev.postrider.local;

import dev.postrider.agent.DeliveredTo;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.Parts;
import dev.postrider.delivery.StatusFilter;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.helper.Helper;
import dev.postrider.intake.Intake;
import dev.postrider.io.Accounts;
import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Delivers mail for this machine's own names [local]. First it finds out what is to happen ({@link
 * Planner}), then that is done ({@link Carrier}) or, of a probe, only said. Safe on any thread.
 */
public final class LocalTransport implements Transport {
  static final String PROCESS = "local";

  /**
   * What local delivery needs.
   *
   * @param log the mail log
   * @param tables opens alias_maps and others
   * @param intake takes what is sent on
   * @param helper acts with the rights of recipients
   * @param rights reads the lists that root names
   * @param destinations says where addresses go
   * @param transports the transport of a service of master.cf, or null
   * @param clock the time
   */
  public record Surroundings(
      MailLog log,
      Tables tables,
      Intake intake,
      Helper helper,
      ReadRights rights,
      Destinations destinations,
      Function<String, @Nullable Transport> transports,
      InstantSource clock) {}

  private final Surroundings around;
  private final Planner.Surroundings planning;
  private final Deliveries deliveries;
  private final Progress progress = new Progress();
  private final StatusFilter filter;

  /**
   * Reads the settings of one service of master.cf.
   *
   * @throws ConfigException for a table that cannot be
   */
  public LocalTransport(Config config, Surroundings around) throws ConfigException {
    this.around = around;
    LocalSettings settings = new LocalSettings(config);
    Accounts accounts = new Accounts();
    this.planning =
        new Planner.Surroundings(
            settings,
            new AliasTables(config, around.tables(), around.rights()),
            MailboxMaps.open(config, around.tables()),
            accounts,
            new UserFiles(around.helper(), around.rights()),
            around.destinations());
    this.deliveries = new Deliveries(settings, accounts, around);
    this.filter =
        StatusFilter.of(
            config,
            "local_delivery_status_filter",
            around.tables(),
            text -> around.log().warning(PROCESS, text));
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    for (Recipient recipient : request.recipients()) {
      String key = request.queueId() + " " + recipient.mailbox().internal();
      Progress.Done done = progress.of(key);
      if (run(request, recipient, filter.around(sink), new Delivering(request, deliveries), done)) {
        progress.forget(key);
      } else {
        progress.keep(key, done);
      }
    }
  }

  /** Looks aliases, lists and users up, as delivery would. */
  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    for (Recipient recipient : request.recipients()) {
      boolean _ =
          run(
              request,
              recipient,
              filter.around(sink),
              new Probing(request, deliveries),
              new Progress.Done());
    }
  }

  /** Tells which lists lead where, and the mailbox, file or command at the end. */
  @Override
  public Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace)
      throws InterruptedException {
    try {
      Plan plan =
          new Planner(
                  planning,
                  null,
                  DeliveredTo.NOBODY,
                  warning -> around.log().warning(PROCESS, warning))
              .plan(Recipient.of(recipient), sender);
      return new Explaining(trace).tell(plan);
    } catch (IOException e) {
      trace.step(new Trace.Step("fails", recipient.external(), "waits: 4.3.0 " + e.getMessage()));
      return Outlook.WAITS;
    }
  }

  /** Serves one recipient; answers whether it is done with. */
  private boolean run(
      DeliveryRequest request,
      Recipient recipient,
      StatusSink sink,
      Carrier.Deed deed,
      Progress.Done done)
      throws InterruptedException {
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(PROCESS, "local");
    try {
      Plan plan = plan(request, recipient);
      List<Parts.Part> parts = new Carrier(request, recipient, deed, done).carry(plan);
      return report(recipient, plan, parts, sink);
    } catch (IOException e) {
      sink.report(recipient, Outcome.deferred("local delivery: " + e.getMessage(), attempt));
    } catch (RuntimeException e) {
      around.log().bug(PROCESS, request.queueId() + ": to=<" + recipient.mailbox() + ">", e);
      sink.report(recipient, Outcome.deferred("internal error; see the log", attempt));
    }
    return false;
  }

  /** What is to happen to the mail of a recipient. Changes nothing. */
  Plan plan(DeliveryRequest request, Recipient recipient) throws IOException, InterruptedException {
    // A probe brings a message of its own, which says nothing of those that are meant.
    boolean probe = request.envelope().purpose() == Envelope.Purpose.PROBE;
    return new Planner(
            planning,
            probe ? null : request.content(),
            DeliveredTo.of(request.content()),
            warning -> around.log().warning(PROCESS, request.queueId() + ": " + warning))
        .plan(recipient, request.envelope().sender());
  }

  private static boolean report(
      Recipient recipient, Plan plan, List<Parts.Part> parts, StatusSink sink) {
    if (plan instanceof Plan.Leaf && parts.size() == 1 && parts.getFirst().owner() == null) {
      DeliveryStatus status = parts.getFirst().status();
      sink.report(recipient, status);
      return !(status instanceof DeliveryStatus.Deferred);
    }
    // RFC 3461 §5.2.7: a list takes the mail for its own, an alias passes it on.
    boolean list =
        plan instanceof Plan.Branch(_, Plan.ListName.Alias alias, _) && alias.owner() != null;
    Parts all =
        new Parts(
            parts,
            plan instanceof Plan.Branch && !list && !isKept(plan)
                ? DeliveryStatus.Completion.EXPANDED
                : DeliveryStatus.Completion.DELIVERED);
    sink.report(recipient, all);
    return all.waiting() == null;
  }

  /**
   * Whether a script put all of it into the user's own folders: that is a delivery like another.
   */
  private static boolean isKept(Plan plan) {
    return plan instanceof Plan.Branch(_, Plan.ListName.Sieve _, List<List<Plan>> steps)
        && steps.stream()
            .flatMap(List::stream)
            .noneMatch(each -> each instanceof Plan.Leaf(_, Act.SendOn()));
  }
}
