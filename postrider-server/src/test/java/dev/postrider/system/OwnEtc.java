package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A shell for which /etc/postfix is a test's own directory: in a mount namespace, so that nothing
 * of the machine changes. Processes that it leaves behind see the same.
 */
final class OwnEtc {
  private OwnEtc() {}

  static void assumePossible(Shell shell) throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can put another directory on /etc/postfix");
    assumeTrue(shell.has("unshare"), "needs unshare (Debian: apt install util-linux)");
    assumeTrue(
        shell.run("test -d /etc/postfix").code() == 0,
        "there is no /etc/postfix to put another directory on (Debian: apt install postfix)");
  }

  /** Runs a script there, without MAIL_CONFIG: as an administrator works on the machine's mail. */
  static Shell.Result run(Shell shell, Path etc, String script)
      throws IOException, InterruptedException {
    return shell.run(
        script,
        List.of(
            "unshare",
            "-m",
            "sh",
            "-c",
            "mount --make-rprivate / && mount --bind "
                + etc
                + " /etc/postfix && cd / && unset MAIL_CONFIG && exec sh -s"));
  }
}
