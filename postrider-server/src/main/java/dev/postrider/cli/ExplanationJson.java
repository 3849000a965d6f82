package dev.postrider.cli;

import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Trace;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** An explanation as one line of JSON, for programs. For one thread. */
final class ExplanationJson {
  private final JsonGenerator json;
  private final StringWriter text = new StringWriter();
  private final Function<Trace.Step, String> place;

  /**
   * Begins.
   *
   * @param place where the entry of a step stands, or empty
   */
  ExplanationJson(Function<Trace.Step, String> place) {
    this.json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text);
    this.place = place;
  }

  /** The line, without its end. */
  String line(Explanation explanation) {
    json.writeStartObject();
    json.writeStringProperty("address", explanation.asked());
    json.writeStringProperty("sender", explanation.sender());
    if (explanation.refusal() != null) {
      json.writeStringProperty("refused", explanation.refusal().oneLine());
    }
    steps("sender_steps", explanation.senderSteps());
    steps("recipient_steps", explanation.recipientSteps());
    if (explanation.waiting() != null) {
      json.writeStringProperty("not_taken_now", explanation.waiting());
    }
    json.writeName("recipients");
    json.writeStartArray();
    for (Explanation.End end : explanation.ends()) {
      end(end);
    }
    json.writeEndArray();
    json.writeEndObject();
    json.close();
    return text.toString();
  }

  private void end(Explanation.End end) {
    json.writeStartObject();
    json.writeStringProperty("address", end.recipient());
    json.writeStringProperty("class", end.addressClass());
    json.writeStringProperty("fate", end.fate().name().toLowerCase(Locale.ROOT));
    NextHop nextHop = end.nextHop();
    if (nextHop != null) {
      json.writeStringProperty("transport", nextHop.transport());
      json.writeStringProperty("nexthop", nextHop.destination());
    }
    if (!end.reason().isEmpty()) {
      json.writeStringProperty("reason", end.reason());
    }
    steps("routing", end.routing());
    steps("delivery", end.delivery());
    json.writeEndObject();
  }

  private void steps(String name, List<Trace.Step> steps) {
    json.writeName(name);
    json.writeStartArray();
    for (Trace.Step step : steps) {
      json.writeStartObject();
      json.writeStringProperty("what", step.parameter());
      json.writeStringProperty("subject", step.subject());
      json.writeStringProperty("result", step.result());
      if (!step.table().isEmpty()) {
        json.writeStringProperty("table", step.table());
        json.writeStringProperty("key", step.key());
        String where = place.apply(step);
        if (!where.isEmpty()) {
          json.writeStringProperty("place", where);
        }
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
