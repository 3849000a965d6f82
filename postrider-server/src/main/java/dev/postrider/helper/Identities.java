package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which identities may be taken, and what groups go with them: whoever asks is not believed. Safe
 * on any thread.
 */
final class Identities {
  private static final long LARGEST_ID = 0xffff_fffeL;

  private final Accounts accounts = new Accounts();
  private final MailboxRules rules;

  /** The mail system's own, which read the spool. */
  private final long ownerUid;

  private final Set<Long> ownGroups;

  private Identities(MailboxRules rules, long ownerUid, Set<Long> ownGroups) {
    this.rules = rules;
    this.ownerUid = ownerUid;
    this.ownGroups = ownGroups;
  }

  static Identities of(Config config) throws IOException, InterruptedException {
    String owner = config.text("mail_owner");
    Account account =
        new Accounts()
            .find(owner)
            .orElseThrow(() -> new IOException("mail_owner: there is no account " + owner));
    return new Identities(MailboxRules.of(config), account.uid(), Set.of(account.gid()));
  }

  /**
   * The supplementary groups to take on, with the own one.
   *
   * @throws DeliveryFailure if the identity must not be taken
   */
  List<Long> groups(Identity as) throws IOException, InterruptedException {
    refuseNumbers(as);
    if (as.user().isEmpty()) {
      return List.of(as.gid());
    }
    Account account = account(as);
    Set<Long> groups = new LinkedHashSet<>(accounts.groups(account));
    if (account.gid() != as.gid() && !groups.contains(as.gid())) {
      throw refusal(as, "is not in group " + as.gid());
    }
    groups.add(as.gid());
    groups.removeAll(ownGroups);
    groups.remove(0L);
    return List.copyOf(groups);
  }

  /**
   * The same for an append. Root's own mailbox is the one thing that is done as root, as there is
   * nobody else to do it.
   */
  List<Long> groups(Identity as, Append to) throws IOException, InterruptedException {
    if (to.kind() == Append.Kind.VIRTUAL_MAILBOX && as.uid() < rules.virtualMinimumUid()) {
      throw refusal(as, "has a number below virtual_minimum_uid = " + rules.virtualMinimumUid());
    }
    if (as.uid() != 0 || to.kind() != Append.Kind.SPOOL_MAILBOX) {
      return groups(as);
    }
    Account account = account(as);
    boolean mailbox =
        !account.name().contains("/")
            && to.file().equals(rules.spoolDirectory().resolve(account.name()));
    if (!mailbox || as.gid() != account.gid()) {
      throw refusal(as, "is root");
    }
    return List.of(as.gid());
  }

  private Account account(Identity as) throws IOException, InterruptedException {
    Optional<Account> account = accounts.find(as.user());
    if (account.isEmpty()) {
      throw refusal(as, "is no user of this machine");
    }
    if (account.get().uid() != as.uid()) {
      throw refusal(as, "has the number " + account.get().uid());
    }
    return account.get();
  }

  private void refuseNumbers(Identity as) throws DeliveryFailure {
    if (as.uid() == 0 || as.gid() == 0) {
      throw refusal(as, "is root or of root's group");
    }
    if (Stream.of(as.uid(), as.gid()).anyMatch(id -> id < 0 || id > LARGEST_ID)) {
      throw refusal(as, "is no number that the system has");
    }
    if (as.uid() == ownerUid || ownGroups.contains(as.gid())) {
      throw refusal(as, "is the mail system's own (mail_owner)");
    }
  }

  private static DeliveryFailure refusal(Identity as, String why) {
    String who =
        as.user().isEmpty()
            ? "uid " + as.uid() + ", gid " + as.gid()
            : "user " + as.user() + " (uid " + as.uid() + ", gid " + as.gid() + ")";
    return new DeliveryFailure(
        "4.3.0", "the helper does nothing with the rights of " + who + ", which " + why);
  }
}
