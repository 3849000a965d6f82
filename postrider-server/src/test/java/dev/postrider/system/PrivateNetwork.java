package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network with nothing but loopback, and an /etc/resolv.conf that names 127.0.0.1: every port is
 * free there, and nothing of the machine is touched. 192.0.2.2 is this machine too. Lives as long
 * as a process that holds it.
 */
final class PrivateNetwork implements AutoCloseable {
  private final Process holder;

  private PrivateNetwork(Process holder) {
    this.holder = holder;
  }

  /**
   * @param directory where the file resolv.conf is made
   */
  static PrivateNetwork create(Path directory) throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can make a network of its own");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/nsenter"))
            && Files.isDirectory(Path.of("/proc/self/ns")),
        "needs unshare and nsenter (Debian: apt install util-linux iproute2)");
    Path resolvConf = Files.writeString(directory.resolve("resolv.conf"), "nameserver 127.0.0.1\n");
    Process holder =
        new ProcessBuilder(
                "unshare",
                "-mn",
                "sh",
                "-c",
                "mount --make-rprivate / && mount --bind "
                    + resolvConf
                    + " /etc/resolv.conf && ip link set lo up && ip address add 192.0.2.2 dev lo && echo ready && exec cat")
            .redirectErrorStream(true)
            .start();
    String word = holder.inputReader().readLine();
    if (!"ready".equals(word)) {
      holder.destroyForcibly();
      assumeTrue(false, "no network of its own can be made here: " + word);
    }
    return new PrivateNetwork(holder);
  }

  private List<String> inside() {
    return List.of("nsenter", "-t", Long.toString(holder.pid()), "-m", "-n");
  }

  void assumeHas(String program, String debianPackage) {
    boolean found = false;
    for (String directory : List.of("/usr/sbin", "/usr/bin")) {
      found |= Files.isExecutable(Path.of(directory, program));
    }
    assumeTrue(found, "needs " + program + " (Debian: apt install " + debianPackage + ")");
  }

  /** Runs a script in it, which must succeed. */
  void run(Shell shell, String script) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(inside());
    command.addAll(List.of("sh", "-c", script));
    Shell.Result result = shell.run("", command);
    if (result.code() != 0) {
      throw new IOException(script + ": " + result.all());
    }
  }

  /** Starts a program in it, whose output goes to a file. */
  Process start(Path log, String... program) throws IOException {
    List<String> command = new ArrayList<>(inside());
    command.addAll(List.of(program));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Whether somebody listens at its port 53. */
  boolean resolves() {
    try {
      Process process =
          new ProcessBuilder(
                  "nsenter",
                  "-t",
                  Long.toString(holder.pid()),
                  "-n",
                  "bash",
                  "-c",
                  "exec 3<>/dev/tcp/127.0.0.1/53")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets a server of a master.cf listen somewhere else. */
  void masterPort(Path etc, int port, String place) throws IOException {
    Path master = etc.resolve("master.cf");
    Files.writeString(
        master, Files.readString(master).replace("127.0.0.1:" + port + " inet", place + " inet"));
  }

  @Override
  public void close() {
    holder.destroyForcibly();
    holder.onExit().join();
  }
}
