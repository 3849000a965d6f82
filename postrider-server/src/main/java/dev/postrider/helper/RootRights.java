package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.ActingAs;
import dev.postrider.io.FileFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Acts in this process with the rights of any user, which root's threads may take. Safe on any
 * thread.
 */
public final class RootRights implements Helper {
  private static final int GROUP_MAY_WRITE = 020;
  private static final int OTHERS_MAY_WRITE = 02;

  private final MailboxRules rules;
  private final ActingAs actingAs;
  private final MboxFile mbox;
  private final Maildir maildir;
  private final Commands commands;

  /**
   * Reads main.cf.
   *
   * @param directory nobody else's, for payloads of commands
   */
  public RootRights(Config config, InstantSource clock, ActingAs actingAs, Path directory) {
    this.rules = MailboxRules.of(config);
    this.actingAs = actingAs;
    this.mbox = new MboxFile(clock);
    this.maildir = new Maildir(clock);
    this.commands = new Commands(directory);
  }

  @Override
  public void append(Identity as, Append to, Payload payload)
      throws IOException, InterruptedException {
    long gid = to.kind() == Append.Kind.SPOOL_MAILBOX ? spoolGroup(as.gid()) : as.gid();
    boolean _ =
        as(
            as,
            gid,
            () -> {
              mbox.append(rules, as, to, payload);
              return true;
            });
  }

  @Override
  public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException, InterruptedException {
    boolean _ =
        as(
            as,
            as.gid(),
            () -> {
              this.maildir.add(rules, maildir, largest, payload);
              return true;
            });
  }

  @Override
  public CommandEnd run(Identity as, CommandCall call, Payload payload)
      throws IOException, InterruptedException {
    return commands.run(CommandLine.of(as.uid(), as.gid(), List.of(as.gid())), call, payload);
  }

  @Override
  public UserFile read(Identity as, Path file, int most) throws IOException, InterruptedException {
    return as(as, as.gid(), () -> UserFiles.read(file, most));
  }

  private <T> T as(Identity as, long gid, ActingAs.Work<T> work)
      throws IOException, InterruptedException {
    List<Long> groups = new ArrayList<>(List.of(as.gid()));
    try {
      return actingAs.run(as.uid(), gid, groups, work);
    } catch (ActingAs.Refused e) {
      throw new DeliveryFailure("4.3.0", "delivery for user " + as.user() + ": " + e.getMessage());
    }
  }

  /** The group whose members may make files in mail_spool_directory, as Postfix takes it on. */
  private long spoolGroup(long own) throws IOException {
    FileFacts spool;
    try {
      spool = FileFacts.of(rules.spoolDirectory());
    } catch (IOException _) {
      return own;
    }
    boolean byGroup =
        (spool.mode() & GROUP_MAY_WRITE) != 0 && (spool.mode() & OTHERS_MAY_WRITE) == 0;
    return byGroup ? spool.gid() : own;
  }
}
