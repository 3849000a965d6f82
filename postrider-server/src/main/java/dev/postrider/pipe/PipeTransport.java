package dev.postrider.pipe;

import dev.postrider.agent.CommandFate;
import dev.postrider.agent.DeliveredTo;
import dev.postrider.agent.ExportedEnvironment;
import dev.postrider.agent.MailText;
import dev.postrider.agent.TopLines;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.StatusFilter;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.helper.CommandCall;
import dev.postrider.helper.CommandEnd;
import dev.postrider.helper.Helper;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.RecipientDelimiter;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Delivers by running a command with the message on its standard input [pipe]. One for each pipe
 * service of master.cf. Safe on any thread.
 *
 * <p>A service whose line is wrong is no reason not to start: its mail waits, and says why.
 */
public final class PipeTransport implements Transport {
  private static final String PROGRAM = "pipe";

  /** What of a command's output is read at most; a report has room for no more. */
  private static final int MOST_OUTPUT = 4096;

  /** What of it the log has after a success. */
  private static final int MOST_SHOWN = 100;

  private final String service;
  private final String place;
  private final @Nullable PipeAttributes attributes;
  private final String fault;
  private final Arguments arguments;
  private final StatusFilter filter;
  private final RunAs runAs;
  private final Duration limit;
  private final Path queueDirectory;
  private final Map<String, String> environment;
  private final boolean tellsOriginal;
  private final Surroundings surroundings;

  /**
   * The world around it.
   *
   * @param process name in the log
   * @param helper runs the command
   */
  public record Surroundings(String process, MailLog log, Helper helper, InstantSource clock) {}

  /**
   * @param config main.cf with the service's own overrides
   * @throws ConfigException for a table that cannot be
   */
  public PipeTransport(Config config, ServiceEntry entry, Tables tables, Surroundings surroundings)
      throws ConfigException {
    this.service = entry.name();
    this.place =
        "%s, line %d: service %s: "
            .formatted(config.directory().resolve("master.cf"), entry.line(), service);
    this.surroundings = surroundings;
    this.filter =
        StatusFilter.of(
            config,
            "pipe_delivery_status_filter",
            tables,
            text -> surroundings.log().warning(surroundings.process(), text));
    PipeAttributes found = null;
    String wrong = "";
    try {
      found = PipeAttributes.parse(entry.arguments());
    } catch (ConfigException e) {
      wrong = place + e.getMessage();
      surroundings.log().error(surroundings.process(), wrong);
    }
    this.attributes = found;
    this.fault = wrong;
    this.arguments = new Arguments(RecipientDelimiter.of(config));
    this.runAs = new RunAs(config);
    String ownLimit = service + "_time_limit";
    this.limit = config.time(config.isSet(ownLimit) ? ownLimit : "command_time_limit");
    this.queueDirectory = Path.of(config.text("queue_directory"));
    this.environment = ExportedEnvironment.of(config);
    this.tellsOriginal = config.flag("enable_original_recipient");
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    each(request, sink, this::run);
  }

  /** Says which command would get the mail. */
  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    each(request, sink, (checked, _) -> "delivers to command: " + checked.command().getFirst());
  }

  /** Tells which command would get the mail, and as whom it runs. */
  @Override
  public Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace) {
    PipeAttributes known = attributes;
    trace.step(
        known == null
            ? new Trace.Step("command", recipient.external(), "waits: " + fault)
            : new Trace.Step(
                "command",
                recipient.external(),
                String.join(" ", known.command()) + " (user=" + known.user() + ")"));
    return known == null ? Outlook.WAITS : Outlook.DELIVERS;
  }

  /** What is done for all recipients at once. */
  @FunctionalInterface
  private interface Step {
    String run(PipeAttributes checked, DeliveryRequest request)
        throws ConfigException, IOException, InterruptedException;
  }

  private void each(DeliveryRequest request, StatusSink sink, Step step)
      throws InterruptedException {
    long begun = System.nanoTime();
    DeliveryStatus status = status(request, step, begun);
    StatusSink filtered = filter.around(sink);
    for (Recipient recipient : request.recipients()) {
      filtered.report(recipient, status);
    }
  }

  private DeliveryStatus status(DeliveryRequest request, Step step, long begun)
      throws InterruptedException {
    DeliveryStatus.Attempt attempt =
        new DeliveryStatus.Attempt(
            surroundings.process(), service, null, null, 1, begun, System.nanoTime());
    try {
      PipeAttributes checked = checked(request);
      String text = step.run(checked, request);
      return new DeliveryStatus.Sent(
          EnhancedStatusCode.of("2.0.0"),
          text,
          attempt,
          checked.has(PipeFlag.FINAL_DELIVERY)
              ? DeliveryStatus.Completion.DELIVERED
              : DeliveryStatus.Completion.RELAYED);
    } catch (DeliveryFailure e) {
      return e.status(attempt);
    } catch (ConfigException e) {
      surroundings.log().warning(surroundings.process(), place + e.getMessage());
      return new DeliveryStatus.Deferred(
          EnhancedStatusCode.of("4.3.5"), "mail system configuration error", attempt);
    } catch (IOException e) {
      return new DeliveryStatus.Deferred(
          EnhancedStatusCode.of("4.3.0"), "Delivery failed: " + e.getMessage(), attempt);
    }
  }

  /** What the line says, if this message may go that way. */
  private PipeAttributes checked(DeliveryRequest request)
      throws ConfigException, DeliveryFailure, IOException {
    if (attributes == null) {
      surroundings.log().warning(surroundings.process(), fault);
      throw new DeliveryFailure("4.3.5", "mail system configuration error");
    }
    for (PipeFlag flag : List.of(PipeFlag.DELIVERED_TO, PipeFlag.ORIGINAL_TO)) {
      if (attributes.has(flag) && request.recipients().size() > 1) {
        throw new ConfigException(
            "pipe flag `%c' requires %s_destination_recipient_limit = 1 (set it in main.cf)"
                .formatted(flag.letter(), service));
      }
    }
    if (attributes.largest() > 0 && request.content().size() > attributes.largest()) {
      throw new DeliveryFailure("5.2.3", "message too large");
    }
    return attributes;
  }

  private String run(PipeAttributes checked, DeliveryRequest request)
      throws ConfigException, IOException, InterruptedException {
    Recipient first = request.recipients().getFirst();
    if (checked.has(PipeFlag.DELIVERED_TO)
        && DeliveredTo.of(request.content()).has(first.mailbox())) {
      throw new DeliveryFailure("5.4.6", "mail forwarding loop for " + first.mailbox().external());
    }
    List<String> line = arguments.of(checked, request);
    CommandEnd end =
        surroundings
            .helper()
            .run(
                runAs.of(checked),
                new CommandCall(
                    line, environment, checked.root(), directory(checked), limit, MOST_OUTPUT, 0),
                text(checked, request));
    String output = CommandFate.check(end, line.getFirst(), PROGRAM).stripTrailing();
    String shown = output.length() > MOST_SHOWN ? output.substring(0, MOST_SHOWN) : output;
    return "delivered via " + service + " service" + (shown.isEmpty() ? "" : " (" + shown + ")");
  }

  private @Nullable Path directory(PipeAttributes checked) {
    Path own = checked.directory();
    return own == null && checked.root() == null ? queueDirectory : own;
  }

  private MailText text(PipeAttributes checked, DeliveryRequest request) {
    Recipient first = request.recipients().getFirst();
    String sender =
        request.envelope().sender().isNull()
            ? checked.nullSender()
            : request.envelope().sender().external();
    List<String> top = new ArrayList<>();
    if (checked.has(PipeFlag.FROM_LINE)) {
      top.add(TopLines.from(sender, surroundings.clock().instant()));
    }
    if (checked.has(PipeFlag.RETURN_PATH)) {
      top.add(TopLines.returnPath(sender));
    }
    if (checked.has(PipeFlag.ORIGINAL_TO) && tellsOriginal) {
      top.add(TopLines.originalTo(first.original()));
    }
    if (checked.has(PipeFlag.DELIVERED_TO)) {
      top.add(TopLines.deliveredTo(first.mailbox()));
    }
    return new MailText(
        top,
        request.content(),
        new MailText.Form(
            checked.lineEnd(),
            checked.has(PipeFlag.QUOTE_FROM),
            checked.has(PipeFlag.STUFF_DOTS),
            checked.has(PipeFlag.EMPTY_LINE_BEHIND)));
  }
}
