package dev.postrider.queue;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.StatusSink;
import dev.postrider.delivery.Transport;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import java.util.ArrayList;
import java.util.List;

/** A transport that does as it is told and remembers what it got. Safe on any thread. */
final class FakeTransport implements Transport {
  /** What a test wants done with one request. */
  @FunctionalInterface
  interface Behaviour {
    void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException;
  }

  private final List<DeliveryRequest> requests = new ArrayList<>();
  private volatile Behaviour behaviour = FakeTransport::accept;
  private volatile Behaviour probeBehaviour = Transport.super::probe;

  void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  /** Without it a probe gets the answer of a transport that has none. */
  void behaveWhenProbed(Behaviour newBehaviour) {
    probeBehaviour = newBehaviour;
  }

  @Override
  public void probe(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    probeBehaviour.deliver(request, sink);
  }

  synchronized List<DeliveryRequest> requests() {
    return List.copyOf(requests);
  }

  /** Every recipient of every request, in order. */
  List<String> recipients() {
    return requests().stream()
        .flatMap(request -> request.recipients().stream())
        .map(recipient -> recipient.mailbox().internal())
        .toList();
  }

  @Override
  public void deliver(DeliveryRequest request, StatusSink sink) throws InterruptedException {
    synchronized (this) {
      requests.add(request);
    }
    behaviour.deliver(request, sink);
  }

  static void accept(DeliveryRequest request, StatusSink sink) {
    for (Recipient recipient : request.recipients()) {
      sink.report(recipient, sent());
    }
  }

  static void refuse(DeliveryRequest request, StatusSink sink) {
    for (Recipient recipient : request.recipients()) {
      sink.report(recipient, bounced());
    }
  }

  static void putOff(DeliveryRequest request, StatusSink sink) {
    for (Recipient recipient : request.recipients()) {
      sink.report(recipient, greylisted());
    }
  }

  static void failToConnect(DeliveryRequest request, StatusSink sink) {
    for (Recipient recipient : request.recipients()) {
      sink.report(recipient, refusedConnection());
    }
  }

  static void failToLogIn(DeliveryRequest request, StatusSink sink) {
    long now = System.nanoTime();
    for (Recipient recipient : request.recipients()) {
      sink.report(
          recipient,
          new DeliveryStatus.Deferred(
              EnhancedStatusCode.of("4.7.8"),
              "SASL authentication failed; server mx.test[192.0.2.1] said: 535 5.7.8 no",
              new DeliveryStatus.Attempt(
                  "smtp", "mx.test[192.0.2.1]:587", "mx.test", "535 5.7.8 no", 1, now, now)));
    }
  }

  static DeliveryStatus sent() {
    return new DeliveryStatus.Sent(EnhancedStatusCode.of("2.0.0"), "250 2.0.0 Ok", session());
  }

  static DeliveryStatus bounced() {
    return new DeliveryStatus.Bounced(
        EnhancedStatusCode.of("5.1.1"),
        "host mx.test[192.0.2.1] said: 550 5.1.1 no such user (in reply to RCPT TO command)",
        session());
  }

  static DeliveryStatus greylisted() {
    return new DeliveryStatus.Deferred(
        EnhancedStatusCode.of("4.7.1"),
        "host mx.test[192.0.2.1] said: 451 4.7.1 later (in reply to RCPT TO command)",
        session());
  }

  static DeliveryStatus refusedConnection() {
    long now = System.nanoTime();
    return new DeliveryStatus.Deferred(
        EnhancedStatusCode.of("4.4.1"),
        "connect to mx.test[192.0.2.1]:25: Connection refused",
        new DeliveryStatus.Attempt("smtp", "none", null, null, 1, now, now));
  }

  private static DeliveryStatus.Attempt session() {
    long now = System.nanoTime();
    return new DeliveryStatus.Attempt(
        "smtp", "mx.test[192.0.2.1]:25", "mx.test", "550 5.1.1 no such user", 1, now - 1, now);
  }
}
