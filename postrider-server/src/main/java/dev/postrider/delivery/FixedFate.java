package dev.postrider.delivery;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Recipient;

/**
 * Gives every recipient the same fate, explained by the text that stands where others have the next
 * hop, with a status code in front if one is wanted: {@code error:5.7.1 no mail here} [error,
 * discard]. Immutable.
 */
public sealed interface FixedFate extends Transport {
  /** Returns all mail: the service {@code error}. */
  record Bounce() implements FixedFate {
    @Override
    public DeliveryStatus fate(NextHop nextHop) {
      FateWords words = FateWords.of(nextHop, 5);
      return new DeliveryStatus.Bounced(words.code(), words.text(), FateWords.attempt("error"));
    }
  }

  /** Keeps all mail waiting: the service {@code retry}. */
  record Defer() implements FixedFate {
    @Override
    public DeliveryStatus fate(NextHop nextHop) {
      FateWords words = FateWords.of(nextHop, 4);
      return new DeliveryStatus.Deferred(words.code(), words.text(), FateWords.attempt("error"));
    }
  }

  /** Throws all mail away: the service {@code discard}. */
  record Discard() implements FixedFate {
    @Override
    public DeliveryStatus fate(NextHop nextHop) {
      FateWords words = FateWords.of(nextHop, 2);
      return new DeliveryStatus.Sent(words.code(), words.text(), FateWords.attempt("discard"));
    }
  }

  /** What becomes of mail for {@code nextHop}. */
  DeliveryStatus fate(NextHop nextHop);

  @Override
  default void deliver(DeliveryRequest request, StatusSink sink) {
    DeliveryStatus fate = fate(request.nextHop());
    for (Recipient recipient : request.recipients()) {
      sink.report(recipient, fate);
    }
  }

  @Override
  default Outlook explain(ReversePath sender, Mailbox recipient, NextHop nextHop, Trace trace) {
    DeliveryStatus fate = fate(nextHop);
    String what =
        switch (fate) {
          case DeliveryStatus.Sent _ -> "thrown away";
          case DeliveryStatus.Deferred _ -> "waits";
          case DeliveryStatus.Bounced _ -> "goes back to the sender";
        };
    trace.step(
        new Trace.Step(
            nextHop.transport(),
            recipient.external(),
            what + ": " + fate.code() + " " + fate.text()));
    return Outlook.ofClass(fate.code().klass());
  }

  @Override
  default void probe(DeliveryRequest request, StatusSink sink) {
    deliver(request, sink);
  }
}
