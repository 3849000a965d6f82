package dev.postrider.pickup;

import dev.postrider.delivery.MessageContent;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Submission;
import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An intake that keeps what it is given. Safe on any thread. */
public final class StoredSubmissions implements Intake {
  /** One message as it came. */
  public record Message(Submission submission, String content) {}

  private final List<Message> messages = new ArrayList<>();
  private @Nullable Reply refusal;

  /** From now on everything but notices is refused. */
  synchronized void refuse(@Nullable Reply reply) {
    refusal = reply;
  }

  @Override
  public IntakeOutcome store(Submission submission, InputStream content) throws IOException {
    byte[] bytes = content.readAllBytes();
    synchronized (this) {
      if (refusal != null && !submission.envelope().sender().isNull()) {
        return new IntakeOutcome.Refused(refusal);
      }
      messages.add(new Message(submission, new String(bytes, StandardCharsets.UTF_8)));
      notifyAll();
      Instant now = Instant.EPOCH;
      return new IntakeOutcome.Stored(
          new StoredMessage(
              new QueueId(1_800_000_000_000_000L + messages.size()),
              now,
              submission.envelope(),
              List.of(),
              false,
              false,
              Set.of(),
              0,
              now,
              bytes.length,
              new Bytes(bytes)));
    }
  }

  /** All so far, once there are that many; fails after ten seconds. */
  public synchronized List<Message> await(int count) throws InterruptedException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    while (messages.size() < count) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(messages.size() + " of " + count + " messages: " + messages);
      }
      wait(left);
    }
    return List.copyOf(messages);
  }

  public synchronized List<Message> messages() {
    return List.copyOf(messages);
  }

  private record Bytes(byte[] bytes) implements MessageContent {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(bytes);
    }
  }
}
