package dev.postrider.cli;

import dev.postrider.mailbox.Change;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends the reading of a mailbox: what was deleted goes, what was read moves on. First to where it
 * moves, then away from where it was, so that a crash leaves a letter twice and never not at all.
 * For one thread.
 */
final class MailClosing {
  private final MailFolder folder;
  private final MailSettings settings;
  private final PrintStream out;

  MailClosing(MailFolder folder, MailSettings settings, PrintStream out) {
    this.folder = folder;
    this.settings = settings;
    this.out = out;
  }

  /**
   * Writes it back.
   *
   * @param mbox where read messages of the system mailbox go
   * @throws IOException if it could not be; then mail is at least where it was
   */
  void run(Path mbox, MailFiler filer) throws IOException, InterruptedException {
    if (!folder.mailbox.isWritable()) {
      if (folder.entries.stream().anyMatch(entry -> entry.deleted || entry.content != null)) {
        out.println("\"" + folder.name + "\": read only; nothing was changed");
      }
      return;
    }
    if (folder.system) {
      system(mbox, filer);
    } else {
      file();
    }
  }

  private void file() throws IOException, InterruptedException {
    List<Change> changes = new ArrayList<>();
    int left = 0;
    for (MailEntry entry : folder.entries) {
      changes.add(entry.deleted ? entry.removed() : entry.kept());
      left += entry.deleted ? 0 : 1;
    }
    boolean changed = changes.stream().anyMatch(Change::changesAnything);
    boolean arrived = folder.mailbox.write(changes);
    if (arrived) {
      out.println("New mail has arrived.");
    }
    if (changed) {
      out.println("\"" + folder.name + "\" " + (left == 0 && !arrived ? "truncated" : "complete"));
    }
  }

  private void system(Path mbox, MailFiler filer) throws IOException, InterruptedException {
    // A maildir is read by other programs too, and its messages say themselves that they were read.
    boolean hold = settings.isSet("hold") || Files.isDirectory(folder.mailbox.path());
    boolean keepSaved = settings.isSet("keepsave");
    List<Change> changes = new ArrayList<>();
    List<MailEntry> moved = new ArrayList<>();
    int held = 0;
    for (MailEntry entry : folder.entries) {
      boolean moves = entry.toMbox;
      boolean stays = entry.held || !entry.touched;
      boolean goes = entry.deleted || (entry.saved && !keepSaved);
      if (!moves && !stays && !goes) {
        moves = !hold;
        stays = hold;
      }
      if (entry.deleted) {
        changes.add(entry.removed());
      } else if (moves) {
        moved.add(entry);
        changes.add(entry.removed());
      } else if (stays) {
        held++;
        changes.add(entry.kept());
      } else {
        changes.add(entry.removed());
      }
    }
    if (!moved.isEmpty()) {
      filer.append(folder, moved, mbox, true);
      out.println("Saved " + messages(moved.size()) + " in " + mbox);
    }
    boolean arrived = folder.mailbox.write(changes);
    if (held > 0) {
      out.println("Held " + messages(held) + " in " + folder.name);
    }
    if (arrived) {
      out.println("New mail has arrived.");
    }
  }

  private static String messages(int count) {
    return count + (count == 1 ? " message" : " messages");
  }
}
