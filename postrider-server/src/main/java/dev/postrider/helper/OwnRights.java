package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * Acts in this process with the rights that it has: its user's. What would need another's waits.
 * Safe on any thread.
 */
public final class OwnRights implements Helper {
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final InstantSource clock;
  private final long ownUid;
  private final MboxFile mbox;
  private final Maildir maildir;
  private final Path directory;
  private final Journal journal;
  private final Commands commands;
  private volatile MailboxRules rules;

  /**
   * Reads main.cf.
   *
   * @param config names data_directory, in which a directory is made at the first append or command
   * @throws IOException if the system does not tell who we are
   */
  public OwnRights(Config config, InstantSource clock) throws IOException {
    this.clock = clock;
    this.rules = MailboxRules.of(config);
    this.ownUid = OwnUser.uid();
    this.mbox = new MboxFile(clock);
    this.maildir = new Maildir(clock);
    this.directory = Path.of(config.text("data_directory"), "own");
    this.journal = new Journal(directory);
    this.commands = new Commands(directory);
  }

  @Override
  public void reload(Config config) {
    rules = MailboxRules.of(config);
  }

  /**
   * Takes back what an earlier process left half done. Called before anything else.
   *
   * @param warnings hears of files that somebody may want to look at
   */
  public void undoLeft(Consumer<String> warnings) throws IOException, InterruptedException {
    makeDirectory();
    if (!journal.claim()) {
      warnings.accept("another process delivers by way of " + directory + " at the same time");
      return;
    }
    LeftAppends.undo(journal, rules, clock, (_, work) -> work.run(), warnings);
  }

  @Override
  public void append(Identity as, Append to, Payload payload)
      throws IOException, InterruptedException {
    refuseOthers(as);
    makeDirectory();
    JournalEntry entry = new JournalEntry(to.file(), as.uid(), as.gid(), List.of(), null, null);
    try (Journal.Slot slot = journal.take()) {
      mbox.append(new MboxFile.Work(rules.under(to), as, to, slot, entry), payload);
    }
  }

  @Override
  public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException {
    refuseOthers(as);
    this.maildir.add(rules, maildir, largest, payload);
  }

  @Override
  public CommandEnd run(Identity as, CommandCall call, Payload payload)
      throws IOException, InterruptedException {
    refuseOthers(as);
    makeDirectory();
    return commands.run(CommandLine.own(), call, payload);
  }

  @Override
  public UserFile read(Identity as, Path file, int most) throws IOException {
    refuseOthers(as);
    return UserFiles.read(file, most);
  }

  private void makeDirectory() throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PRIVATE_DIRECTORY);
    }
  }

  private void refuseOthers(Identity as) throws DeliveryFailure {
    if (as.uid() != ownUid) {
      throw new DeliveryFailure(
          "4.3.0",
          "delivery for "
              + (as.user().isEmpty() ? "uid " + as.uid() : "user " + as.user())
              + " needs other rights than those of uid "
              + ownUid
              + ", as which this instance runs; start it as root");
    }
  }
}
