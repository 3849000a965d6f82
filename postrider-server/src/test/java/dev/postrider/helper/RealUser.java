package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.OwnUser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A user of this machine, made for a test and removed with it. Needs root. */
record RealUser(Account account) implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Makes one whose home is below a directory. */
  static RealUser in(Path directory, String... options) throws Exception {
    assumeTrue(
        OwnUser.isRoot() && Files.exists(Path.of("/usr/sbin/useradd")),
        "needs root and useradd to make users of its own");
    String name =
        "prt"
            + Long.toString(ProcessHandle.current().pid(), 36)
            + Integer.toString(COUNT.incrementAndGet(), 36);
    List<String> command =
        new java.util.ArrayList<>(
            List.of("useradd", "-m", "-d", directory.resolve(name).toString(), name));
    command.addAll(1, List.of(options));
    run(command);
    return new RealUser(new Accounts().find(name).orElseThrow());
  }

  String name() {
    return account.name();
  }

  Path home() {
    return account.home();
  }

  Identity identity() {
    return new Identity(account.name(), account.uid(), account.gid());
  }

  /** Gives a file away. */
  void own(Path file) throws Exception {
    run(List.of("chown", "-h", account.uid() + ":" + account.gid(), file.toString()));
  }

  @Override
  public void close() throws Exception {
    run(List.of("userdel", "-r", account.name()));
  }

  private static void run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    // userdel says 12 where there is no mail spool to remove.
    assertThat(process.waitFor()).as(String.join(" ", command)).isIn(0, 12);
  }
}
