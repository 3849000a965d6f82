package dev.postrider.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/** Whether the mail system runs, or is started when it is needed. */
final class DaemonCheck implements Check {
  private static final Duration LATE = Duration.ofMinutes(5);
  private static final List<String> UNIT_PLACES =
      List.of("etc/systemd/system", "lib/systemd/system", "usr/lib/systemd/system");

  private final Subject subject;
  private final DaemonState daemon;
  private final InstantSource clock;
  private final Path root;

  DaemonCheck(Subject subject, DaemonState daemon, InstantSource clock, Path root) {
    this.subject = subject;
    this.daemon = daemon;
    this.clock = clock;
    this.root = root;
  }

  @Override
  public Area area() {
    return Area.SYSTEM;
  }

  @Override
  public String subject() {
    return "the mail system's process";
  }

  @Override
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    found.add(running());
    Instant now = clock.instant();
    daemon
        .due()
        .filter(due -> !daemon.isRunning() && due.plus(LATE).isBefore(now))
        .ifPresent(due ->
            found.add(
                Finding.error(
                    "wake-up-missed",
                    "deferred mail was due at " + due + ", and nobody started the mail system",
                    "it waits until somebody does",
                    start())));
    service(found);
    return found;
  }

  private Finding running() {
    String version =
        subject.config().text("mail_name") + " " + subject.config().text("mail_version");
    if (daemon.pid().isPresent()) {
      return Finding.ok(
          "daemon",
          version
              + " runs as process "
              + daemon.pid().get()
              + daemon
                  .since()
                  .map(since -> " since " + since.truncatedTo(ChronoUnit.SECONDS))
                  .orElse(""));
    }
    if (daemon.waiter().isPresent()) {
      return Finding.ok(
          "daemon", version + " is started when needed, by process " + daemon.waiter().get());
    }
    if (subject.config().flag("postrider_autostart")) {
      return Finding.ok(
          "daemon", version + " is started by the next message (postrider_autostart)");
    }
    if (subject.option().isEmpty() && isEnabled("postrider.path")) {
      return Finding.ok("daemon", version + " is started by systemd when needed (postrider.path)");
    }
    return Finding.error(
        "not-running",
        "the mail system does not run (queue_directory = " + subject.queueDirectory() + ")",
        "mail that is handed over waits, and nobody listens",
        start());
  }

  private String start() {
    return subject.option().isEmpty() && hasSystemd() && hasUnit()
        ? "systemctl start postrider"
        : subject.command("postfix", "start");
  }

  /** Whether a start of the machine starts it. */
  private void service(List<Finding> found) {
    if (!subject.option().isEmpty() || !hasSystemd()) {
      return;
    }
    if (!hasUnit()) {
      found.add(
          Finding.note(
              "no-service",
              "systemd has no unit postrider.service",
              "the mail system is not started with this machine (docs/install.md)"));
    } else if (!isEnabled("postrider.service") && !isEnabled("postrider.path")) {
      found.add(
          Finding.warning(
              "service-not-enabled",
              "postrider.service is not enabled",
              "the mail system is not started with this machine",
              "systemctl enable --now postrider"));
    } else {
      found.add(Finding.ok("service-enabled", "systemd starts it with this machine"));
    }
  }

  private boolean hasSystemd() {
    return Files.isDirectory(root.resolve("run/systemd/system"));
  }

  private boolean hasUnit() {
    return UNIT_PLACES.stream()
        .anyMatch(place -> Files.exists(root.resolve(place).resolve("postrider.service")));
  }

  private boolean isEnabled(String unit) {
    return Files.exists(
        root.resolve("etc/systemd/system/multi-user.target.wants").resolve(unit),
        java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }
}
