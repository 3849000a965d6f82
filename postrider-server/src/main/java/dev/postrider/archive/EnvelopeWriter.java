package dev.postrider.archive;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.spool.Carried;
import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Writes the JSON file of a message. Functions only. */
final class EnvelopeWriter {
  static final String FORMAT = "postrider message 1";

  private static final JsonFactory FACTORY = new JsonFactory();

  private EnvelopeWriter() {}

  /**
   * A field a line, a recipient a line.
   *
   * @param deepest what is nested deeper stays on its line
   */
  private record Layout(int deepest) implements DefaultPrettyPrinter.Indenter {
    @Override
    public void writeIndentation(JsonGenerator out, int level) {
      out.writeRaw(level <= deepest ? "\n" + "  ".repeat(level) : " ");
    }

    @Override
    public boolean isInline() {
      return false;
    }
  }

  private static final class Context extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
      printer.indentArraysWith(new Layout(2));
      printer.indentObjectsWith(new Layout(1));
      return printer;
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }

  /** Does not close the stream. */
  static void write(ExportedMessage message, OutputStream to) throws IOException {
    try (JsonGenerator out =
        FACTORY.createGenerator(new Context(), new Unclosed(to), JsonEncoding.UTF8)) {
      object(out, message);
    } catch (JacksonException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e);
    }
    to.write('\n');
  }

  private static void object(JsonGenerator out, ExportedMessage message) {
    Envelope envelope = message.envelope();
    Carried carried = message.carried();
    out.writeStartObject();
    out.writeStringProperty("format", FORMAT);
    out.writeStringProperty("id", message.id());
    if (!message.incomplete().isEmpty()) {
      texts(out, "incomplete", message.incomplete());
    }
    if (!message.perhapsDelivered().isEmpty()) {
      out.writeStringProperty("perhaps_delivered", message.perhapsDelivered());
    }
    out.writeStringProperty("arrival", carried.arrival().toString());
    out.writeStringProperty("next_attempt", carried.nextAttempt().toString());
    out.writeNumberProperty("attempts", carried.attempts());
    out.writeBooleanProperty("held", carried.held());
    out.writeBooleanProperty("expired", carried.expired());
    if (!carried.marks().isEmpty()) {
      texts(
          out,
          "marks",
          carried.marks().stream().sorted().map((Mark each) -> Words.of(each)).toList());
    }
    ContentMark content = message.content();
    if (content != null) {
      out.writeNumberProperty("size", content.size());
      out.writeStringProperty("sha256", content.sha256());
    }
    if (envelope.bodyType() != BodyType.UNDECLARED) {
      out.writeStringProperty("body", Words.of(envelope.bodyType()));
    }
    out.writeBooleanProperty("smtputf8", envelope.smtpUtf8());
    if (envelope.returnContent() != Envelope.ReturnContent.UNSPECIFIED) {
      out.writeStringProperty("ret", Words.of(envelope.returnContent()));
    }
    String envelopeId = envelope.envelopeId();
    if (envelopeId != null) {
      out.writeStringProperty("envid", envelopeId);
    }
    if (envelope.purpose() != Envelope.Purpose.DELIVERY) {
      out.writeStringProperty("purpose", Words.of(envelope.purpose()));
    }
    if (!envelope.client().isNone()) {
      client(out, envelope.client());
    }
    if (!envelope.handedOverBy().isEmpty()) {
      out.writeStringProperty("handed_over_by", envelope.handedOverBy());
    }
    out.writeStringProperty("sender", envelope.sender().external());
    recipients(out, envelope.recipients(), carried.pending());
    out.writeEndObject();
  }

  private static void client(JsonGenerator out, Client client) {
    out.writeObjectPropertyStart("client");
    unlessEmpty(out, "name", client.name());
    unlessEmpty(out, "address", client.address());
    if (client.port() > 0) {
      out.writeNumberProperty("port", client.port());
    }
    unlessEmpty(out, "helo", client.helo());
    unlessEmpty(out, "protocol", client.protocol());
    unlessEmpty(out, "sasl_method", client.saslMethod());
    unlessEmpty(out, "sasl_username", client.saslUsername());
    unlessEmpty(out, "sasl_sender", client.saslSender());
    out.writeEndObject();
  }

  private static void unlessEmpty(JsonGenerator out, String name, String text) {
    if (!text.isEmpty()) {
      out.writeStringProperty(name, text);
    }
  }

  private static void texts(JsonGenerator out, String name, List<String> all) {
    out.writeArrayPropertyStart(name);
    all.forEach(out::writeString);
    out.writeEndArray();
  }

  private static void recipients(
      JsonGenerator out, List<Recipient> all, List<StoredMessage.Pending> pending) {
    Iterator<StoredMessage.Pending> waiting = pending.iterator();
    StoredMessage.Pending next = waiting.hasNext() ? waiting.next() : null;
    out.writeArrayPropertyStart("recipients");
    for (int i = 0; i < all.size(); i++) {
      boolean waits = next != null && next.index() == i;
      recipient(out, all.get(i), waits && next != null ? next.reason() : null);
      if (waits) {
        next = waiting.hasNext() ? waiting.next() : null;
      }
    }
    out.writeEndArray();
  }

  /**
   * One of them.
   *
   * @param reason why the recipient waits, empty before the first attempt; null for one who is done
   */
  private static void recipient(
      JsonGenerator out, Recipient recipient, @org.jspecify.annotations.Nullable String reason) {
    Mailbox mailbox = recipient.mailbox();
    out.writeStartObject();
    out.writeStringProperty("address", mailbox.external());
    if (!recipient.original().equals(mailbox)) {
      out.writeStringProperty("original", recipient.original().external());
    }
    out.writeBooleanProperty("done", reason == null);
    if (reason != null && !reason.isEmpty()) {
      out.writeStringProperty("reason", reason);
    }
    if (!recipient.dsn().events().isEmpty()) {
      texts(
          out,
          "notify",
          recipient.dsn().events().stream()
              .sorted()
              .map((DsnRequest.Event each) -> Words.of(each))
              .toList());
    }
    String original = recipient.dsn().originalRecipient();
    if (original != null) {
      out.writeStringProperty("orcpt", original);
    }
    out.writeEndObject();
  }

  /** The generator closes what it writes to; the file has still to be forced. */
  private static final class Unclosed extends java.io.FilterOutputStream {
    Unclosed(OutputStream to) {
      super(to);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
