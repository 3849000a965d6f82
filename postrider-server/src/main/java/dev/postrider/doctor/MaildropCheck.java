package dev.postrider.doctor;

import dev.postrider.pickup.WaitingSubmission;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Whether somebody takes what was handed over. */
final class MaildropCheck implements Check {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Subject subject;
  private final DaemonState daemon;
  private final InstantSource clock;

  MaildropCheck(Subject subject, DaemonState daemon, InstantSource clock) {
    this.subject = subject;
    this.daemon = daemon;
    this.clock = clock;
  }

  @Override
  public Area area() {
    return Area.QUEUE;
  }

  @Override
  public String subject() {
    return "the maildrop";
  }

  @Override
  public List<Finding> look() throws IOException {
    Path directory = subject.queueDirectory().resolve("maildrop");
    if (Files.exists(directory) && !Files.isReadable(directory)) {
      throw new AccessDeniedException(directory.toString());
    }
    List<WaitingSubmission> waiting = WaitingSubmission.list(subject.config());
    if (waiting.isEmpty()) {
      return List.of(Finding.ok("maildrop", "nothing waits in " + directory));
    }
    Instant oldest = waiting.getFirst().handedOver().truncatedTo(ChronoUnit.SECONDS);
    if (oldest.plus(PATIENCE).isAfter(clock.instant())) {
      return List.of(
          Finding.ok("maildrop", "what waits in " + directory + " was handed over just now"));
    }
    String what =
        "%d message%s in %s, the oldest handed over at %s"
            .formatted(waiting.size(), waiting.size() == 1 ? "" : "s", directory, oldest);
    return List.of(
        daemon.isRunning()
            ? Finding.error(
                "maildrop-stuck",
                what + ", and the mail system does not take them",
                "they are not sent",
                "look for a line \"pickup unix …\" in master.cf, and into the log")
            : Finding.warning(
                "maildrop-waiting",
                what,
                "they are sent when the mail system is started",
                subject.command("postfix", "start")));
  }
}
