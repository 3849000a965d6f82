package dev.postrider.doctor;

import dev.postrider.spool.SegmentSpool;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whether damaged parts of the spool were set aside. */
final class DamageCheck implements Check {
  private final Subject subject;

  DamageCheck(Subject subject) {
    this.subject = subject;
  }

  @Override
  public Area area() {
    return Area.QUEUE;
  }

  @Override
  public String subject() {
    return "damage of the spool";
  }

  @Override
  public List<Finding> look() throws IOException {
    Path spool = subject.queueDirectory().resolve("spool");
    if (Files.exists(spool) && !Files.isReadable(spool)) {
      throw new AccessDeniedException(spool.toString());
    }
    long files = SegmentSpool.quarantined(subject.queueDirectory());
    return List.of(
        files == 0
            ? Finding.ok("spool", "no part of the spool was found damaged")
            : Finding.warning(
                "spool-damaged",
                files
                    + (files == 1 ? " damaged part is" : " damaged parts are")
                    + " set aside in "
                    + spool.resolve("quarantine"),
                "messages may be lost in it",
                subject.command("postrider spool salvage", "")));
  }
}
