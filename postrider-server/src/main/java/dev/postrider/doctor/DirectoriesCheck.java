package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the directories of the mail system are there, its own, and closed to others. */
final class DirectoriesCheck implements Check {
  /** Bits of a mode that must not be there. */
  private static final int OTHERS = 0077;

  private static final int OTHERS_WRITE = 0022;

  private final Subject subject;

  DirectoriesCheck(Subject subject) {
    this.subject = subject;
  }

  @Override
  public Area area() {
    return Area.FILES;
  }

  @Override
  public String subject() {
    return "the directories of the queue";
  }

  @Override
  public List<Finding> look() throws IOException {
    Path queue = subject.queueDirectory();
    if (!Files.exists(queue)) {
      return List.of(
          Finding.warning(
              "directory-missing",
              subject.setting("queue_directory") + ": there is no such directory",
              "the mail system has not been started here yet, and no mail can be handed over",
              subject.command("postfix", "start")));
    }
    Map<Path, Integer> forbidden = new LinkedHashMap<>();
    forbidden.put(queue, OTHERS_WRITE);
    forbidden.put(queue.resolve("spool"), OTHERS);
    forbidden.put(queue.resolve("events"), OTHERS);
    forbidden.put(queue.resolve("maildrop"), 0);
    forbidden.put(queue.resolve("public"), OTHERS_WRITE);
    forbidden.put(queue.resolve("private"), OTHERS);
    forbidden.put(queue.resolve("pid"), OTHERS_WRITE);
    forbidden.put(Path.of(subject.config().text("data_directory")), OTHERS);
    String owner = Files.getOwner(queue).getName();
    List<Finding> found = new ArrayList<>();
    for (Map.Entry<Path, Integer> each : forbidden.entrySet()) {
      look(each.getKey(), each.getValue(), owner, found);
    }
    if (found.isEmpty()) {
      found.add(Finding.ok("directories", queue + " and what is in it have the right modes"));
    }
    return found;
  }

  private void look(Path directory, int forbidden, String owner, List<Finding> found)
      throws IOException {
    String mend = subject.command("postfix", "set-permissions");
    int mode;
    String itsOwner;
    try {
      mode = (Integer) Files.getAttribute(directory, "unix:mode") & 07777;
      itsOwner = Files.getOwner(directory).getName();
    } catch (NoSuchFileException _) {
      found.add(
          Finding.error(
              "directory-missing",
              directory + " is not there",
              "the mail system makes it at its next start; until then mail may be refused",
              mend));
      return;
    }
    if (!itsOwner.equals(owner)) {
      found.add(
          Finding.error(
              "directory-owner",
              "%s belongs to %s, and the queue to %s".formatted(directory, itsOwner, owner),
              "the mail system cannot write there",
              mend));
    }
    boolean maildrop = directory.endsWith("maildrop");
    if (maildrop && (mode & 0333) != 0333) {
      found.add(
          Finding.error(
              "directory-mode",
              "%s has the mode %04o instead of 3733".formatted(directory, mode),
              "users cannot hand mail over while the mail system is stopped",
              mend));
    } else if ((mode & 0700) != 0700) {
      found.add(
          Finding.error(
              "directory-mode",
              "%s has the mode %04o".formatted(directory, mode),
              "the mail system cannot work in it",
              mend));
    } else if (maildrop && (mode & 01000) == 0) {
      found.add(
          Finding.warning(
              "directory-mode",
              "%s has the mode %04o, without the sticky bit".formatted(directory, mode),
              "users could take each other's mail away",
              mend));
    } else if ((mode & forbidden) != 0) {
      found.add(
          Finding.warning(
              "directory-mode",
              "%s has the mode %04o: it is open to others".formatted(directory, mode),
              "others could read or change mail",
              mend));
    }
  }
}
