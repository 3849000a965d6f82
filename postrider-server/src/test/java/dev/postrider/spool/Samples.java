package dev.postrider.spool;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Envelopes and contents for tests. */
final class Samples {
  private Samples() {}

  static Envelope envelope(int recipients) {
    List<Recipient> all = new ArrayList<>();
    for (int i = 0; i < recipients; i++) {
      all.add(Recipient.of(new Mailbox("user" + i, "dest.example")));
    }
    return Envelope.of(ReversePath.of(new Mailbox("sender", "home.example")), all);
  }

  /** Every field set to something that is not its default. */
  static Envelope fullEnvelope() {
    Mailbox alias = new Mailbox("a \"quoted\" @ part", "müller.example");
    return new Envelope(
        ReversePath.of(new Mailbox("bounce+x=y", "[192.0.2.1]")),
        List.of(
            new Recipient(
                new Mailbox("jürgen", "xn--mller-kva.example"),
                alias,
                new DsnRequest(
                    EnumSet.of(DsnRequest.Event.SUCCESS, DsnRequest.Event.DELAY),
                    "rfc822;a@b.example")),
            new Recipient(alias, alias, new DsnRequest(Set.of(DsnRequest.Event.NEVER), null)),
            Recipient.of(new Mailbox("root", ""))),
        BodyType.EIGHT_BIT_MIME,
        true,
        Envelope.ReturnContent.HEADERS,
        "env id+é",
        Envelope.Purpose.PROBE,
        new Client(
            "mx.example",
            "2001:db8::1",
            40_001,
            "hélo.example",
            "ESMTP",
            "PLAIN",
            "user@x.example",
            "a+b@x.example"),
        "älice");
  }

  static byte[] content(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  static StoredMessage store(Spool spool, Envelope envelope, byte[] content) throws IOException {
    try (Draft draft = spool.draft()) {
      draft.content().write(content);
      return draft.commit(envelope);
    }
  }

  static byte[] read(StoredMessage message) throws IOException {
    try (InputStream in = message.content().open()) {
      return in.readAllBytes();
    }
  }
}
