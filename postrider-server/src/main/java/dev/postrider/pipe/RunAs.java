package dev.postrider.pipe;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.helper.Identity;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.Groups;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds whose rights a command has: those of {@code user=}, and of no other group than that user's
 * or the one that is named. Never root's, and never the mail system's own. Safe on any thread.
 */
final class RunAs {
  private final Accounts accounts = new Accounts();
  private final Groups groups = new Groups();
  private final String owner;
  private final String submitGroup;

  RunAs(Config config) {
    this.owner = config.text("mail_owner");
    this.submitGroup = config.text("setgid_group");
  }

  /**
   * Looks the names up, anew each time: users come and go.
   *
   * @throws ConfigException naming what cannot be
   * @throws IOException if nobody knows
   */
  Identity of(PipeAttributes attributes) throws ConfigException, IOException, InterruptedException {
    String name = attributes.user();
    Optional<Account> user = accounts.find(name);
    if (user.isEmpty()) {
      throw new ConfigException(
          "unknown username: " + name + " (make that user, or name another in user=)");
    }
    long gid = user.get().gid();
    if (!attributes.group().isEmpty()) {
      OptionalLong group = groups.find(attributes.group());
      if (group.isEmpty()) {
        throw new ConfigException(
            "unknown group: " + attributes.group() + " (make it, or name another in user=)");
      }
      gid = group.getAsLong();
    }
    refuse(name, user.get().uid(), gid);
    return new Identity("", user.get().uid(), gid);
  }

  private void refuse(String name, long uid, long gid)
      throws ConfigException, IOException, InterruptedException {
    if (uid == 0) {
      throw new ConfigException("user=" + name + " specifies root privileges (name another user)");
    }
    if (gid == 0) {
      throw new ConfigException(
          "user=" + name + " specifies privileged group id 0 (name another group)");
    }
    Optional<Account> system = accounts.find(owner);
    if (system.isPresent() && uid == system.get().uid()) {
      throw new ConfigException(
          "user=" + name + " specifies mail system owner " + owner + " (name another user)");
    }
    if (system.isPresent() && gid == system.get().gid()) {
      throw new ConfigException(
          "user=%s specifies mail system owner %s group id %d (name another group)"
              .formatted(name, owner, gid));
    }
    OptionalLong submit = groups.find(submitGroup);
    if (submit.isPresent() && gid == submit.getAsLong()) {
      throw new ConfigException(
          "user=%s specifies mail system %s group id %d (name another group)"
              .formatted(name, submitGroup, gid));
    }
  }
}
