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

/**
 * Acts in this process with the rights that it has: its user's. What would need another's waits.
 * Safe on any thread.
 */
public final class OwnRights implements Helper {
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final MailboxRules rules;
  private final long ownUid;
  private final MboxFile mbox;
  private final Maildir maildir;
  private final Path directory;
  private final Commands commands;

  /**
   * Reads main.cf.
   *
   * @param config names data_directory, in which a directory is made when a command is run first
   * @throws IOException if the system does not tell who we are
   */
  public OwnRights(Config config, InstantSource clock) throws IOException {
    this.rules = MailboxRules.of(config);
    this.ownUid = OwnUser.uid();
    this.mbox = new MboxFile(clock);
    this.maildir = new Maildir(clock);
    this.directory = Path.of(config.text("data_directory"), "own");
    this.commands = new Commands(directory);
  }

  @Override
  public void append(Identity as, Append to, Payload payload)
      throws IOException, InterruptedException {
    refuseOthers(as);
    mbox.append(rules, as, to, payload);
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
    Files.createDirectories(directory, PRIVATE_DIRECTORY);
    return commands.run(CommandLine.own(), call, payload);
  }

  @Override
  public UserFile read(Identity as, Path file, int most) throws IOException {
    refuseOthers(as);
    return UserFiles.read(file, most);
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
