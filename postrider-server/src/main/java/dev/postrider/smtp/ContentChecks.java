package dev.postrider.smtp;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.MessageContent;
import dev.postrider.log.MailLog;
import dev.postrider.mail.message.ContentEdit;
import dev.postrider.mail.message.ContentEdit.Place;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mail.message.HeaderScanner;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Octets;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What tables make of a message on its way out: {@code smtp_header_checks} and the like. A field or
 * a line is left out, replaced, preceded by another, or only written about in the log; whether a
 * message may pass is not decided here, as in Postfix. Immutable and safe on any thread.
 *
 * <p>The message's own header is seen first, before addresses in it are mapped; all else while it
 * is sent, in the form that the server gets.
 */
final class ContentChecks {
  /** Bytes of a body line that patterns see at once, as line_length_limit of Postfix has it. */
  private static final int MOST_LINE = 2048;

  /** Characters of a field or line that the log shows. */
  private static final int MOST_SHOWN = 60;

  private static final Pattern FIELD = Pattern.compile("[\\x21-\\x39\\x3b-\\x7e]+[ \\t]*:.*");

  private final Map<Place, Table> tables;
  private final MailLog log;
  private final String process;

  /**
   * One list of tables.
   *
   * @param parameter its name, for the log
   */
  record Table(String parameter, LookupTable table) {}

  /**
   * @param tables those that are set
   */
  ContentChecks(Map<Place, Table> tables, MailLog log, String process) {
    this.tables = Map.copyOf(tables);
    this.log = log;
    this.process = process;
  }

  /** Whether any table looks at what {@link #onTheWire} sees. */
  private boolean looksAtBody() {
    return tables.containsKey(Place.MIME_HEADER)
        || tables.containsKey(Place.NESTED_HEADER)
        || tables.containsKey(Place.BODY);
  }

  /**
   * The same request with the message's own header as the tables want it.
   *
   * @throws LocalDataException if a table does not answer
   */
  DeliveryRequest withCheckedHeader(DeliveryRequest request) throws IOException {
    if (!tables.containsKey(Place.HEADER) && !tables.containsKey(Place.MIME_HEADER)) {
      return request;
    }
    return new DeliveryRequest(
        request.queueId(),
        request.arrival(),
        request.envelope(),
        request.recipients(),
        request.nextHop(),
        withCheckedHeader(request.queueId(), request.content()));
  }

  private MessageContent withCheckedHeader(String queueId, MessageContent content)
      throws IOException {
    boolean changed = false;
    long before = 0;
    ByteArrayOutputStream header = new ByteArrayOutputStream(1024);
    try (InputStream in = content.open()) {
      HeaderScanner scanner = new HeaderScanner(in, OutgoingAddresses.MAX_FIELD);
      for (HeaderField field = scanner.next(); field != null; field = scanner.next()) {
        Place place = ContentEdit.isMimeField(field.name()) ? Place.MIME_HEADER : Place.HEADER;
        String text = field.toString();
        before += text.length() + 1L;
        List<String> lines = edit(queueId, place, text);
        changed |= lines.size() != 1 || !lines.getFirst().equals(text);
        for (String line : lines) {
          header.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
      }
      if (!changed) {
        return content;
      }
      long grown = header.size() - before;
      if (scanner.separated()) {
        header.write('\n');
      }
      return new NewHeader(content, header.toByteArray(), content.size() + grown);
    }
  }

  /** Writes a message whose own header has been checked, past the other tables. */
  Body.Source onTheWire(String queueId, Body.Source source) {
    if (!looksAtBody()) {
      return source;
    }
    return out -> {
      // The walk through the parts reads, and what is sent is written.
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      source.writeTo(whole);
      copy(queueId, new ByteArrayInputStream(whole.toByteArray()), out);
    };
  }

  /** The same for content that goes as it is, which need not be held. */
  Body.Source onTheWire(String queueId, MessageContent content, Body.Source asIs) {
    if (!looksAtBody()) {
      return asIs;
    }
    return out -> {
      try (InputStream in = content.open()) {
        copy(queueId, in, out);
      }
    };
  }

  private void copy(String queueId, InputStream in, OutputStream out) throws IOException {
    ContentEdit.copyBody(in, MOST_LINE, (place, text) -> edit(queueId, place, text), out);
  }

  private List<String> edit(String queueId, Place place, String text) throws IOException {
    Table table = tables.get(place);
    if (table == null) {
      return List.of(text);
    }
    String readable = Octets.decode(text.getBytes(StandardCharsets.ISO_8859_1));
    return switch (table.table().lookup(readable)) {
      case Lookup.NotFound _ -> List.of(text);
      case Lookup.Unavailable(var reason) ->
          throw new LocalDataException(table.parameter() + ": " + reason);
      case Lookup.Found(var action) -> {
        List<String> lines = new Call(queueId, table, place, readable).act(action.strip());
        yield lines.stream().map(ContentChecks::bytes).toList();
      }
    };
  }

  /** A char a byte, as the walk through a message has it. */
  private static String bytes(String readable) {
    return new String(Octets.encode(readable), StandardCharsets.ISO_8859_1);
  }

  /** One answer of a table, in text as tables have it. */
  private final class Call {
    private final String queueId;
    private final Table table;
    private final Place place;
    private final String text;

    Call(String queueId, Table table, Place place, String text) {
      this.queueId = queueId;
      this.table = table;
      this.place = place;
      this.text = text;
    }

    List<String> act(String action) {
      String[] words = action.split("\\s+", 2);
      String argument = words.length > 1 ? words[1] : "";
      List<String> unchanged = List.of(text);
      return switch (words[0].toUpperCase(Locale.ROOT)) {
        case "DUNNO", "OK" -> unchanged;
        case "IGNORE" -> List.of();
        case "STRIP" -> {
          note("strip", argument);
          yield List.of();
        }
        case "WARN" -> {
          note("warning", argument);
          yield unchanged;
        }
        case "INFO" -> {
          note("info", argument);
          yield unchanged;
        }
        case "REPLACE" -> fits("REPLACE", argument, "replace") ? List.of(argument) : unchanged;
        case "PREPEND" ->
            fits("PREPEND", argument, "prepend") ? List.of(argument, text) : unchanged;
        default -> {
          log.warning(
              process,
              "unsupported command in "
                  + table.parameter()
                  + " map: "
                  + action
                  + " (known here: DUNNO, IGNORE, INFO, PREPEND, REPLACE, STRIP, WARN)");
          yield unchanged;
        }
      };
    }

    private boolean fits(String word, String argument, String logged) {
      if (argument.isEmpty()) {
        log.warning(process, word + " action without text in " + table.parameter() + " map");
        return false;
      }
      if (place != Place.BODY && !FIELD.matcher(argument).matches()) {
        log.warning(
            process,
            "bad "
                + word
                + " header text \""
                + argument
                + "\" in "
                + table.parameter()
                + " map -- need \"headername: headervalue\"");
        return false;
      }
      note(logged, argument);
      return true;
    }

    private void note(String logged, String argument) {
      String shown = text.substring(0, Math.min(MOST_SHOWN, text.length()));
      log.info(
          process,
          queueId
              + ": "
              + logged
              + (place == Place.BODY ? ": body " : ": header ")
              + shown
              + (argument.isEmpty() ? "" : ": " + argument));
    }
  }
}
