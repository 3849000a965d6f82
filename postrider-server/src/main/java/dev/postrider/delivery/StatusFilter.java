package dev.postrider.delivery;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes fates as tables say, before anybody hears of them ({@code smtp_delivery_status_filter}
 * and the like): from a status code and text to another code and text, from later to never and
 * back, but not from success to failure or the other way. Immutable and safe on any thread.
 *
 * <p>A table that does not answer changes nothing: a fate is known by now, and cannot wait.
 */
public final class StatusFilter {
  private final String parameter;
  private final List<LookupTable> tables;
  private final Consumer<String> warnings;

  /**
   * @param parameter the name of the parameter, for the log
   * @param tables what it names, asked in order
   * @param warnings hears of a table that does not answer, or answers nonsense
   */
  public StatusFilter(String parameter, List<LookupTable> tables, Consumer<String> warnings) {
    this.parameter = parameter;
    this.tables = List.copyOf(tables);
    this.warnings = warnings;
  }

  /**
   * Opens the tables that the parameter names.
   *
   * @throws ConfigException for a table that cannot be
   */
  public static StatusFilter of(
      Config config, String parameter, Tables tables, Consumer<String> warnings)
      throws ConfigException {
    return new StatusFilter(parameter, tables.openAll(config.list(parameter)), warnings);
  }

  /** A sink that tells {@code sink} of changed fates. */
  public StatusSink around(StatusSink sink) {
    return tables.isEmpty() ? sink : new Filtered(sink);
  }

  private final class Filtered implements StatusSink {
    private final StatusSink sink;

    Filtered(StatusSink sink) {
      this.sink = sink;
    }

    @Override
    public void report(Recipient recipient, DeliveryStatus status) {
      sink.report(recipient, changed(recipient, status));
    }

    @Override
    public void report(Recipient recipient, Parts parts) {
      List<Parts.Part> changed = new ArrayList<>(parts.list().size());
      for (Parts.Part part : parts.list()) {
        changed.add(
            new Parts.Part(
                part.recipient(), changed(part.recipient(), part.status()), part.owner()));
      }
      sink.report(recipient, new Parts(changed, parts.completion()));
    }
  }

  private DeliveryStatus changed(Recipient recipient, DeliveryStatus status) {
    String key = status.code() + " " + status.text();
    for (LookupTable table : tables) {
      switch (table.lookup(key)) {
        case Lookup.Found(String value) -> {
          return changed(recipient, status, value.strip());
        }
        case Lookup.Unavailable(String reason) -> {
          warnings.accept(parameter + ": " + reason + "; the status is left as it is");
          return status;
        }
        case Lookup.NotFound _ -> {}
      }
    }
    return status;
  }

  private DeliveryStatus changed(Recipient recipient, DeliveryStatus status, String value) {
    int end = EnhancedStatusCode.prefixLength(value);
    boolean success = status instanceof DeliveryStatus.Sent;
    if (end == 0 || value.startsWith("2") != success) {
      warnings.accept(
          "%s: bad status code: %s for %s (begin with %s)"
              .formatted(
                  parameter,
                  value,
                  recipient.mailbox(),
                  success ? "2.x.x" : "4.x.x or 5.x.x, which a failure can become"));
      return status;
    }
    EnhancedStatusCode code = EnhancedStatusCode.of(value.substring(0, end));
    String text = value.substring(end).strip();
    if (status instanceof DeliveryStatus.Sent sent) {
      return new DeliveryStatus.Sent(code, text, sent.attempt(), sent.completion());
    }
    return code.klass() == 4
        ? new DeliveryStatus.Deferred(code, text, status.attempt())
        : new DeliveryStatus.Bounced(code, text, status.attempt());
  }
}
