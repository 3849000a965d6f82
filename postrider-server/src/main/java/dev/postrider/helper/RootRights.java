package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.ActingAs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Acts in this process, which is root's, with the rights of any user but root and the mail system's
 * own. Whoever asks is not believed: all is checked here. Safe on any thread.
 */
public final class RootRights implements Helper {
  private final InstantSource clock;
  private final ActingAs actingAs;
  private final MboxFile mbox;
  private final Maildir maildir;
  private final Journal journal;
  private final Commands commands;
  private volatile MailboxRules rules;
  private volatile Identities identities;

  /**
   * Reads main.cf.
   *
   * @param actingAs whose threads may take any identity
   * @param directory nobody else's, for what is under way
   */
  public RootRights(Config config, InstantSource clock, ActingAs actingAs, Path directory)
      throws IOException, InterruptedException {
    this.clock = clock;
    this.rules = MailboxRules.of(config);
    this.identities = Identities.of(config);
    this.actingAs = actingAs;
    this.mbox = new MboxFile(clock);
    this.maildir = new Maildir(clock);
    this.journal = new Journal(directory);
    this.commands = new Commands(directory);
  }

  @Override
  public void reload(Config config) throws IOException, InterruptedException {
    identities = Identities.of(config);
    rules = MailboxRules.of(config);
  }

  /**
   * Takes back what an earlier process left half done, when that has ended. Called before anything
   * else.
   */
  void undoLeft(Consumer<String> warnings) throws IOException, InterruptedException {
    journal.awaitClaim();
    LeftAppends.undo(
        journal,
        rules,
        clock,
        (entry, work) -> actingAs.run(entry.uid(), entry.gid(), entry.groups(), work),
        warnings);
  }

  @Override
  public void append(Identity as, Append to, Payload payload)
      throws IOException, InterruptedException {
    refusePath(to.file());
    List<Long> groups = identities.groups(as, to);
    MailboxRules now = rules;
    SpoolPlace place =
        to.kind() == Append.Kind.SPOOL_MAILBOX
            ? SpoolPlace.of(now.spoolDirectory(), to.file(), as)
            : new SpoolPlace(as.uid(), as.gid());
    boolean forUser = place.uid() != as.uid();
    JournalEntry entry =
        new JournalEntry(
            to.file(),
            place.uid(),
            place.gid(),
            forUser ? List.of(place.gid()) : groups,
            null,
            null);
    try (Journal.Slot slot = journal.take()) {
      boolean _ =
          as(
              as,
              entry.uid(),
              entry.gid(),
              entry.groups(),
              () -> {
                if (forUser) {
                  SpoolPlace.provide(to.file(), as);
                }
                mbox.append(new MboxFile.Work(now.under(to), as, to, slot, entry), payload);
                return true;
              });
    }
  }

  @Override
  public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
      throws IOException, InterruptedException {
    refusePath(maildir);
    MailboxRules now = rules;
    boolean _ =
        as(
            as,
            identities.groups(as),
            () -> {
              this.maildir.add(now, maildir, largest, payload);
              return true;
            });
  }

  @Override
  public CommandEnd run(Identity as, CommandCall call, Payload payload)
      throws IOException, InterruptedException {
    List<Long> groups = identities.groups(as);
    @Nullable Path root = call.root();
    if (root != null) {
      JailPath.check(root);
    }
    return commands.run(CommandLine.of(as.uid(), as.gid(), groups), call, payload);
  }

  @Override
  public UserFile read(Identity as, Path file, int most) throws IOException, InterruptedException {
    refusePath(file);
    return as(as, identities.groups(as), () -> UserFiles.read(file, most));
  }

  private <T> T as(Identity as, List<Long> groups, ActingAs.Work<T> work)
      throws IOException, InterruptedException {
    return as(as, as.uid(), as.gid(), groups, work);
  }

  private <T> T as(Identity as, long uid, long gid, List<Long> groups, ActingAs.Work<T> work)
      throws IOException, InterruptedException {
    try {
      return actingAs.run(uid, gid, groups, work);
    } catch (ActingAs.Refused e) {
      throw new DeliveryFailure("4.3.0", "delivery for user " + as.user() + ": " + e.getMessage());
    }
  }

  private static void refusePath(Path path) throws DeliveryFailure {
    if (!path.isAbsolute()) {
      throw new DeliveryFailure("4.3.0", "not an absolute path: \"" + path + "\"");
    }
  }
}
