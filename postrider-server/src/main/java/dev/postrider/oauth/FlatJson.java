package dev.postrider.oauth;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the texts, numbers and truth values of one object of JSON, within bounds; what is nested
 * deeper is passed over. Functions only.
 */
public final class FlatJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(256L << 10)
                  .maxNestingDepth(16)
                  .maxNumberLength(30)
                  .maxStringLength(64 << 10)
                  .maxNameLength(200)
                  .build())
          .build();

  private FlatJson() {}

  /**
   * Reads one.
   *
   * @throws IOException if it is no object of JSON, or too large; quotes nothing of it
   */
  public static Map<String, String> read(String text) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no object of JSON");
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        switch (parser.nextToken()) {
          case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> {
            String value = parser.getString();
            if (name != null && value != null) {
              fields.put(name, value);
            }
          }
          case START_OBJECT, START_ARRAY -> {
            JsonParser _ = parser.skipChildren();
          }
          case null, default -> {
            // null has no text.
          }
        }
      }
      if (parser.currentToken() != JsonToken.END_OBJECT) {
        throw new IOException("it is no whole object of JSON");
      }
      return fields;
    } catch (JacksonException _) {
      throw new IOException("it is no JSON");
    }
  }
}
