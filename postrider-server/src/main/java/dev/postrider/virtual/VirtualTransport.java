package dev.postrider.virtual;

import dev.postrider.agent.MailText;
import dev.postrider.agent.TopLines;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.delivery.StatusFilter;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Trace;
import dev.postrider.delivery.Transport;
import dev.postrider.helper.Append;
import dev.postrider.helper.Helper;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Delivers into mailboxes of people who are no users of this machine [virtual]: no aliases, no
 * {@code .forward}, no commands. One for each virtual service of master.cf. Safe on any thread.
 */
public final class VirtualTransport implements Transport {
  private final String service;
  private final StatusFilter filter;
  private final Places places;
  private final Append.Terms terms;
  private final boolean tellsOriginal;
  private final Surroundings surroundings;

  /**
   * The world around it.
   *
   * @param process name in the log
   * @param helper writes the mailboxes
   */
  public record Surroundings(String process, MailLog log, Helper helper, InstantSource clock) {}

  /**
   * @param config main.cf with the service's own overrides
   * @param service its name in master.cf
   * @throws ConfigException for a filter that cannot be
   */
  public VirtualTransport(Config config, String service, Tables tables, Surroundings surroundings)
      throws ConfigException {
    this.service = service;
    this.places = new Places(config, tables::open);
    this.terms = Append.Terms.of(config);
    this.tellsOriginal = config.flag("enable_original_recipient");
    this.surroundings = surroundings;
    this.filter =
        StatusFilter.of(
            config,
            "virtual_delivery_status_filter",
            tables,
            text -> surroundings.log().warning(surroundings.process(), text));
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    StatusSink filtered = filter.around(sink);
    for (Recipient recipient : request.recipients()) {
      filtered.report(recipient, status(recipient, mailbox -> write(mailbox, request, recipient)));
    }
  }

  /** Looks the tables up. */
  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    StatusSink filtered = filter.around(sink);
    for (Recipient recipient : request.recipients()) {
      filtered.report(
          recipient,
          status(
              recipient,
              mailbox -> mailbox.maildir() ? "delivers to maildir" : "delivers to mailbox"));
    }
  }

  /** Tells which mailbox the tables name. */
  @Override
  public Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace) {
    Place place = places.of(recipient);
    String words =
        switch (place) {
          case Place.Mailbox mailbox ->
              (mailbox.maildir() ? "maildir " : "mailbox ")
                  + mailbox.path()
                  + " of uid "
                  + mailbox.owner().uid()
                  + ", gid "
                  + mailbox.owner().gid();
          case Place.Nowhere() -> "goes back: 5.1.1 unknown user";
          case Place.Unusable(String reason) -> "waits: 4.3.5 " + reason;
        };
    trace.step(new Trace.Step("virtual_mailbox_maps", recipient.external(), words));
    return switch (place) {
      case Place.Mailbox _ -> Outlook.DELIVERS;
      case Place.Nowhere _ -> Outlook.RETURNS;
      case Place.Unusable _ -> Outlook.WAITS;
    };
  }

  /** What is done about a mailbox; returns the text of the log. */
  @FunctionalInterface
  private interface Step {
    String run(Place.Mailbox mailbox) throws IOException, InterruptedException;
  }

  private DeliveryStatus status(Recipient recipient, Step step) throws InterruptedException {
    DeliveryStatus.Attempt attempt = DeliveryStatus.Attempt.here(surroundings.process(), service);
    try {
      String text = step.run(mailbox(recipient));
      return new DeliveryStatus.Sent(EnhancedStatusCode.of("2.0.0"), text, attempt);
    } catch (DeliveryFailure e) {
      return e.status(attempt);
    } catch (IOException e) {
      return new DeliveryStatus.Deferred(
          EnhancedStatusCode.of("4.3.0"), "delivery failed: " + e.getMessage(), attempt);
    }
  }

  private Place.Mailbox mailbox(Recipient recipient) throws DeliveryFailure {
    return switch (places.of(recipient.mailbox())) {
      case Place.Mailbox mailbox -> mailbox;
      case Place.Nowhere() ->
          throw new DeliveryFailure(
              "5.1.1",
              "unknown user: \"" + recipient.mailbox().internal().toLowerCase(Locale.ROOT) + "\"");
      case Place.Unusable(String reason) -> {
        surroundings.log().warning(surroundings.process(), reason);
        throw new DeliveryFailure("4.3.5", "mail system configuration error");
      }
    };
  }

  private String write(Place.Mailbox mailbox, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    String sender = request.envelope().sender().external();
    List<String> top = new ArrayList<>();
    if (!mailbox.maildir()) {
      top.add(TopLines.from(sender, surroundings.clock().instant()));
    }
    top.add(TopLines.returnPath(sender));
    if (tellsOriginal) {
      top.add(TopLines.originalTo(recipient.original()));
    }
    top.add(TopLines.deliveredTo(recipient.mailbox()));
    if (mailbox.maildir()) {
      surroundings
          .helper()
          .addToMaildir(
              mailbox.owner(),
              mailbox.path(),
              terms.largest(),
              new MailText(top, request.content(), MailText.Form.PLAIN));
      return "delivered to maildir";
    }
    surroundings
        .helper()
        .append(
            mailbox.owner(),
            new Append(mailbox.path(), Append.Kind.VIRTUAL_MAILBOX, terms),
            new MailText(top, request.content(), MailText.Form.MBOX));
    return "delivered to mailbox";
  }
}
