package dev.postrider.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON field by field as the caller expects it, within bounds; everything else is refused,
 * with line and field. For one file.
 */
final class JsonFields implements AutoCloseable {
  /** Of one text, in characters: reasons repeat what servers said. */
  static final int MOST_TEXT = 20_000;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(64L << 20)
                  .maxNestingDepth(8)
                  .maxNumberLength(20)
                  .maxStringLength(MOST_TEXT)
                  .maxNameLength(100)
                  .build())
          .build();

  private final JsonParser parser;
  private String field = "";

  JsonFields(InputStream from) throws BadExportException {
    try {
      parser = FACTORY.createParser(ObjectReadContext.empty(), from);
    } catch (JacksonException e) {
      throw new BadExportException("cannot be read: " + e.getOriginalMessage());
    }
  }

  /** Takes one field: reads its value. */
  @FunctionalInterface
  interface Field {
    void read(String name) throws BadExportException;
  }

  /** Takes one element of a list. */
  @FunctionalInterface
  interface Element {
    void read() throws BadExportException;
  }

  /** Reads the object that comes next. */
  void object(Field each) throws BadExportException {
    if (field.isEmpty()) {
      expect(next(), JsonToken.START_OBJECT, "is no object (it must begin with a brace)");
    }
    for (JsonToken token = next(); token != JsonToken.END_OBJECT; token = next()) {
      field = name();
      each.read(field);
    }
  }

  /** Reads the object that is the value of the field in hand. */
  void nested(Field each) throws BadExportException {
    String outer = field;
    expect(next(), JsonToken.START_OBJECT, "is no object (it must begin with a brace)");
    object(each);
    field = outer;
  }

  /** Reads a list of objects; each call of {@code each} reads one by {@link #object}. */
  void objects(int most, Element each) throws BadExportException {
    String list = field;
    expect(next(), JsonToken.START_ARRAY, "is no list");
    int count = 0;
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      field = list;
      expect(token, JsonToken.START_OBJECT, "has something else than objects in it");
      if (++count > most) {
        throw bad("has more than " + most + " elements (split the message)");
      }
      each.read();
    }
    field = list;
  }

  /** Behind the last brace there is nothing but space. */
  void end() throws BadExportException {
    field = "";
    if (next() != JsonToken.NOT_AVAILABLE) {
      throw bad("something follows the object (one message a file)");
    }
  }

  /** A text without control characters. */
  String text(int most) throws BadExportException {
    expect(next(), JsonToken.VALUE_STRING, "is no text in quotes");
    return checkedText(most);
  }

  private String checkedText(int most) throws BadExportException {
    String text = string();
    if (text.length() > most) {
      throw bad("is longer than " + most + " characters");
    }
    if (!AddressText.isPlain(text)) {
      throw bad("has a line break or another control character, or half a character, in it");
    }
    return text;
  }

  /** A list of texts. */
  List<String> texts(int most) throws BadExportException {
    List<String> all = new ArrayList<>();
    expect(next(), JsonToken.START_ARRAY, "is no list");
    for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
      expect(token, JsonToken.VALUE_STRING, "has something else than texts in it");
      all.add(checkedText(MOST_TEXT));
      if (all.size() > most) {
        throw bad("has more than " + most + " elements");
      }
    }
    return all;
  }

  boolean flag() throws BadExportException {
    return switch (next()) {
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> throw bad("is neither true nor false");
    };
  }

  /** A whole number from 0 on. */
  long number(long most) throws BadExportException {
    expect(next(), JsonToken.VALUE_NUMBER_INT, "is no whole number");
    try {
      long value = parser.getLongValue();
      if (value >= 0 && value <= most) {
        return value;
      }
    } catch (JacksonException _) {
      // Too long for any number of ours.
    }
    throw bad("is no number from 0 to " + most);
  }

  /** The value that a word means. */
  <T> T oneOf(T[] all, Function<T, String> word, String text) throws BadExportException {
    return Words.find(all, word, text)
        .orElseThrow(() -> bad("\"" + text + "\" is none of: " + Words.list(all, word)));
  }

  /** For a field that nobody expects. */
  BadExportException unknown() {
    return bad("is not known (misspelled, or of a newer version: correct or delete it)");
  }

  /** Says where. */
  BadExportException bad(String fault) {
    int line = parser.currentTokenLocation().getLineNr();
    return new BadExportException(
        "line " + line + ": " + (field.isEmpty() ? "" : "field \"" + field + "\": ") + fault);
  }

  private BadExportException bad(JacksonException e) {
    if (e.getCause() instanceof IOException cause) {
      return new BadExportException(String.valueOf(cause.getMessage()));
    }
    int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
    if (line < 1) {
      line = parser.currentLocation().getLineNr();
    }
    String text = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return new BadExportException(
        "line "
            + line
            + ": is no JSON that can be read: "
            + text
            + " (restore the file, or correct it)");
  }

  private void expect(JsonToken token, JsonToken wanted, String fault) throws BadExportException {
    if (token != wanted) {
      throw bad(fault);
    }
  }

  private JsonToken next() throws BadExportException {
    try {
      JsonToken token = parser.nextToken();
      return token == null ? JsonToken.NOT_AVAILABLE : token;
    } catch (JacksonException e) {
      throw bad(e);
    }
  }

  private String name() {
    return parser.currentName();
  }

  private String string() throws BadExportException {
    try {
      return parser.getString();
    } catch (JacksonException e) {
      throw bad(e);
    }
  }

  @Override
  public void close() {
    parser.close();
  }
}
