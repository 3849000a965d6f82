package dev.postrider.doctor;

import java.io.StringWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Findings for programs: one object on one line, whose field names stay. */
public final class ReportJson {
  private ReportJson() {}

  /**
   * The line, without its end.
   *
   * @param fixed what was mended before, a sentence each
   */
  public static String line(List<Examination.Located> found, List<String> fixed) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("verdict", ReportText.worst(found).word());
      json.writeName("findings");
      json.writeStartArray();
      for (Examination.Located each : found) {
        json.writeStartObject();
        json.writeStringProperty("id", each.finding().id());
        json.writeStringProperty("severity", each.finding().severity().word());
        json.writeStringProperty("area", each.area().word());
        json.writeStringProperty("what", each.finding().what());
        json.writeStringProperty("follows", each.finding().follows());
        json.writeStringProperty("mend", each.finding().mend());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeName("fixed");
      json.writeStartArray();
      fixed.forEach(json::writeString);
      json.writeEndArray();
      json.writeEndObject();
    }
    return text.toString();
  }
}
