package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.event.EventLine;
import dev.postrider.io.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Sends a message by the new way, and waits until somebody has taken it. For one call. */
final class SetupMessage {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int EX_UNAVAILABLE = 69;

  private final Invocation call;
  private final Command sendmail;

  SetupMessage(Invocation call, Command sendmail) {
    this.call = call;
    this.sendmail = sendmail;
  }

  /** Returns the exit code of the whole: 0 if the message was taken. */
  int run(Config config, SetupPlan plan) throws IOException, InterruptedException {
    if (plan.recipient().isEmpty()) {
      call.out().println("No test message was sent: --test-to ADDRESS names who gets it.");
      return 0;
    }
    String from = plan.sender();
    String to = plan.recipient().get();
    String id = "setup." + UUID.randomUUID() + "@" + config.text("myhostname");
    String message =
        """
        From: %1$s
        To: %2$s
        Subject: Mail from %3$s works
        Message-ID: <%4$s>

        This message went from %3$s by Postrider %5$s.
        Cron and other programs of that machine reach you the same way.
        """
            .formatted(from, to, config.text("myhostname"), id, plan.way());
    Invocation handing =
        new Invocation(
            "sendmail",
            List.of("-C", config.directory().toString(), "-oi", "-f", from, "--", to),
            call.environment(),
            new ByteArrayInputStream(message.getBytes(StandardCharsets.UTF_8)),
            call.out(),
            call.err());
    int code = sendmail.run(handing);
    if (code != 0) {
      return code;
    }
    say("test message to " + to + " handed over");
    return await(Path.of(config.text("queue_directory")), id, to);
  }

  private int await(Path queueDirectory, String messageId, String to)
      throws IOException, InterruptedException {
    InstantSource clock = InstantSource.system();
    for (var end = clock.instant().plus(PATIENCE); clock.instant().isBefore(end); ) {
      Optional<EventLine> last =
          TraceSearch.of(queueDirectory, messageId).lines().stream()
              .filter(line -> line.is("event", "attempt"))
              .reduce((_, later) -> later);
      if (last.isPresent()) {
        return told(last.get(), to);
      }
      Thread.sleep(LOOK);
    }
    say("nothing was heard of it in " + PATIENCE.toSeconds() + " s: see mailq and the mail log");
    return EX_UNAVAILABLE;
  }

  private int told(EventLine attempt, String to) {
    String status = attempt.word("status");
    say(
        (status.equals("sent") ? "taken by " + attempt.word("relay") : status)
            + ": "
            + attempt.word("reply"));
    if (status.equals("sent")) {
      call.out().println("Done. Look into the mailbox of " + to + ", and into its junk folder.");
      return 0;
    }
    call.out()
        .println(
            status.equals("deferred")
                ? "The message is kept and tried again; mailq shows it."
                : "The message came back; the reason is above.");
    return EX_UNAVAILABLE;
  }

  private void say(String text) {
    call.out().println("  " + Printable.of(text));
    call.out().flush();
  }
}
