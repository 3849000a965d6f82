package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon that may not take as much memory, or address space, as there is. */
@Timeout(180)
class MemoryLimitTest {
  private Instance host;

  @BeforeEach
  void aFreshMachine() throws IOException {
    host = Instance.create();
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    host.close();
  }

  @Test
  void tooLittleAddressSpaceIsSaidWithTheLimitAndTheRemedy()
      throws IOException, InterruptedException {
    Shell.Result result = host.shell.run("ulimit -v 300000; mailq");

    assertThat(result.code()).isEqualTo(75);
    assertThat(result.err())
        .startsWith(
            "postrider: fatal: mailq: the limit of address space is 300000 KB (ulimit -v, LimitAS=")
        .contains("raise the limit to 650000 KB or more");
    assertThat(host.shell.run("ulimit -v 900000; postfix start").err())
        .contains("postrider: fatal: daemon: the limit of address space is 900000 KB");
  }

  @Test
  void aGigabyteOfAddressSpaceIsEnoughForTheDaemonAndItsHelper()
      throws IOException, InterruptedException {
    Shell.Result started = host.shell.run("ulimit -v 1000000; postfix start");
    assertThat(started.code()).as(started.all()).isZero();
    String user = Instance.isRoot() ? "games" : System.getProperty("user.name");

    assertThat(host.shell.run("echo x | sendmail " + user + "@localhost").code()).isZero();

    Path mailbox = host.directory.resolve("mailboxes").resolve(user);
    host.await("the mailbox", () -> Files.exists(mailbox));
    host.awaitLog("status=sent (delivered to mailbox)");
  }

  @Test
  void inAControlGroupTheHeapIsAThirdOfItsLimit() throws IOException, InterruptedException {
    boolean old = Files.exists(Path.of("/sys/fs/cgroup/memory/cgroup.procs"));
    Path top = Path.of(old ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup");
    assumeTrue(
        Files.isWritable(top.resolve("cgroup.procs")), "needs root and control groups of memory");
    Path group = top.resolve("prt" + ProcessHandle.current().pid());
    Shell.Result made =
        host.shell.run(
            "mkdir "
                + group
                + " && echo 314572800 >"
                + group
                + (old ? "/memory.limit_in_bytes" : "/memory.max"));
    try {
      assumeTrue(made.code() == 0, "no control group can be made: " + made.err());
      Shell.Result started = host.shell.run("echo $$ >" + group + "/cgroup.procs && postfix start");
      assertThat(started.code()).as(started.all()).isZero();
      String pid = Files.readString(host.directory.resolve("q/pid/master.pid")).strip();

      assertThat(Files.readString(Path.of("/proc", pid, "cmdline")).split("\0"))
          .contains("-Xmx100m", "-Xms64m");
      assertThat(host.shell.run("postfix stop").code()).isZero();
    } finally {
      host.await("the control group to be empty", () -> isEmpty(group.resolve("cgroup.procs")));
      host.shell.run("rmdir " + group);
    }
  }

  private static boolean isEmpty(Path file) {
    try {
      return Files.readString(file).isEmpty();
    } catch (IOException e) {
      return true;
    }
  }
}
