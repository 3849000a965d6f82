package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.ActingAs;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.util.List;

/**
 * Works on the spool as its owner, also where root asks: what root would write, the daemon could
 * not read later. Functions only.
 */
final class AsOwner {
  private AsOwner() {}

  /** What is to be done. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Runs it: on this thread, or for root on one that is mail_owner's. */
  static void run(Config config, Work work) throws IOException, InterruptedException {
    if (!OwnUser.isRoot()) {
      work.run();
      return;
    }
    String owner = config.text("mail_owner");
    Account account =
        new Accounts()
            .find(owner)
            .orElseThrow(() -> new IOException("mail_owner: there is no account " + owner));
    boolean _ =
        ActingAs.ofCaller()
            .run(
                account.uid(),
                account.gid(),
                List.of(),
                () -> {
                  work.run();
                  return true;
                });
  }
}
