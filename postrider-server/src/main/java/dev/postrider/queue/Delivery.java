package dev.postrider.queue;

import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.Transport;
import dev.postrider.log.MailLog;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.spool.StoredMessage;
import java.util.ArrayList;
import java.util.List;

/** Runs one job's transport and makes sure that every recipient has a fate, or stays as it was. */
final class Delivery {
  private static final EnhancedStatusCode UNKNOWN = EnhancedStatusCode.of("4.3.0");

  private Delivery() {}

  static JobResult run(Job job, JobReport report, MailLog log) {
    MessageAttempt attempt = job.attempt();
    StoredMessage message = attempt.message;
    Transport transport =
        attempt.rules.setup.transports().get(job.destination().key.nextHop().transport());
    if (transport == null) {
      report.reportRest(deferred("mail transport unavailable"));
      attempt.unreached(Destination.NONE.key);
      return new JobResult.Unknown();
    }
    List<Recipient> recipients = new ArrayList<>(job.recipients().length);
    for (int index : job.recipients()) {
      recipients.add(attempt.recipient(index));
    }
    try {
      DeliveryRequest request =
          new DeliveryRequest(
              attempt.id,
              message.arrival(),
              message.envelope(),
              recipients,
              job.destination().key.nextHop(),
              message.content());
      switch (message.envelope().purpose()) {
        case DELIVERY, TRACED_DELIVERY -> transport.deliver(request, report);
        case PROBE -> transport.probe(request, report);
      }
    } catch (InterruptedException _) {
      // The daemon stops. Whoever has no fate yet is tried after the next start. The interrupt is
      // not passed on: this thread has records to write still, and writing to a channel while
      // interrupted would close it.
      return report.result();
    } catch (RuntimeException | Error e) {
      log.bug(QueueManager.PROCESS, attempt.id + ": delivery", e);
      report.reportRest(unexpected());
      return new JobResult.Malfunction(attempt.rules.transportRetry);
    }
    if (!report.isComplete()) {
      log.error(QueueManager.PROCESS, attempt.id + ": a transport left recipients without a word");
      report.reportRest(deferred("delivery ended without a result"));
    }
    JobResult result = report.result();
    if (result instanceof JobResult.NotReached) {
      attempt.unreached(job.destination().key);
    }
    return result;
  }

  /** A bug of ours delays mail and never returns it. */
  static DeliveryStatus unexpected() {
    return deferred("unknown mail system error; the mail log says more");
  }

  private static DeliveryStatus deferred(String text) {
    return new DeliveryStatus.Deferred(UNKNOWN, text, DeliveryStatus.Attempt.here("error", "none"));
  }
}
