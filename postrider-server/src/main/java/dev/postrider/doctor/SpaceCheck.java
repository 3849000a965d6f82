package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether messages still fit on the disk of the queue. */
final class SpaceCheck implements Check {
  /** With less than this many times what is needed, it is time to do something. */
  private static final int SOON = 5;

  private static final long FEW_FILES = 1000;

  private final Subject subject;
  private final Room.Gauge gauge;

  SpaceCheck(Subject subject, Room.Gauge gauge) {
    this.subject = subject;
    this.gauge = gauge;
  }

  @Override
  public Area area() {
    return Area.FILES;
  }

  @Override
  public String subject() {
    return "the free space of the queue";
  }

  @Override
  public List<Finding> look() throws IOException, InterruptedException {
    Path queue = subject.queueDirectory();
    Room room = gauge.measure(queue);
    long message = subject.config().size("message_size_limit");
    long least = Math.max(message / 2 * 3, subject.config().size("queue_minfree"));
    String what =
        "%s is free of %s for %s"
            .formatted(Room.print(room.freeBytes()), Room.print(room.totalBytes()), queue);
    String mend = "make room: du -xh " + queue + " | sort -h | tail";
    List<Finding> found = new ArrayList<>();
    if (room.freeBytes() < least) {
      found.add(
          Finding.error(
              "disk-full",
              "%s, and %s must be (message_size_limit = %d, queue_minfree = %d)"
                  .formatted(
                      what, Room.print(least), message, subject.config().size("queue_minfree")),
              "no mail is accepted",
              mend));
    } else if (room.freeBytes() < SOON * least) {
      found.add(
          Finding.warning(
              "disk-nearly-full",
              what + "; below " + Room.print(least) + " no mail is accepted",
              "soon no mail will be accepted",
              mend));
    }
    if (room.freeFiles() >= 0 && room.freeFiles() < FEW_FILES) {
      found.add(
          Finding.error(
              "no-inodes",
              "only " + room.freeFiles() + " files can still be made on the disk of " + queue,
              "no mail can be stored",
              "remove files: df -i " + queue));
    }
    return found.isEmpty() ? List.of(Finding.ok("disk", what)) : found;
  }
}
