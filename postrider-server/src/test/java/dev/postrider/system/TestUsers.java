package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Real users of this machine that are made for a test and go with it; only root can. Their names
 * begin with {@code prt}, and their homes are in a directory of the test's own.
 */
final class TestUsers implements AutoCloseable {
  private static final String PROCESS = Long.toString(ProcessHandle.current().pid() % 46_656, 36);
  private static final AtomicInteger MADE = new AtomicInteger();

  private final Path homes;
  private final String prefix = "prt" + PROCESS + "x" + MADE.incrementAndGet();
  private final List<String> names;

  private TestUsers(Path homes, List<String> names) {
    this.homes = homes;
    this.names = names;
  }

  /**
   * Makes them.
   *
   * @param names short, such as {@code ann}
   */
  static TestUsers make(String... names) throws IOException, InterruptedException {
    assumeTrue(
        Instance.isRoot() && Files.isExecutable(Path.of("/usr/sbin/useradd")),
        "needs root and useradd to make users of its own");
    Path homes = Files.createTempDirectory("prhomes");
    Files.setAttribute(homes, "unix:mode", 0755);
    TestUsers users = new TestUsers(homes, List.of(names));
    for (String name : names) {
      run(
          "useradd",
          "-M",
          "-U",
          "-s",
          "/bin/sh",
          "-d",
          homes.resolve(name).toString(),
          users.real(name));
      run(
          "install",
          "-d",
          "-m",
          "755",
          "-o",
          users.real(name),
          "-g",
          users.real(name),
          homes.resolve(name).toString());
    }
    return users;
  }

  /** The name on this machine. */
  String real(String name) {
    return prefix + name;
  }

  Path homes() {
    return homes;
  }

  /** With the real names in place of {@code @name@}, and the directory in place of {@code @H@}. */
  String named(String text) {
    String result = text.replace("@H@", homes.toString());
    for (String name : names) {
      result = result.replace("@" + name + "@", real(name));
      result =
          result.replace(
              "@" + name.toUpperCase(Locale.ROOT) + "@", real(name).toUpperCase(Locale.ROOT));
    }
    return result;
  }

  /** The reverse, whatever the case of the letters. */
  String unnamed(String text) {
    String home = homes.toString();
    // A second time: as it looks where the characters of a path are not allowed.
    String result = text.replace(home, "@H@").replace(home.replace('/', '_'), "@H@");
    for (String name : names) {
      result =
          result
              .replace(real(name), "@" + name + "@")
              .replaceAll("(?i)" + real(name), "@" + name.toUpperCase(Locale.ROOT) + "@");
    }
    return result;
  }

  /** Empties all homes, and removes what is beside them. */
  void cleanHomes() throws IOException {
    List<Path> kept = new ArrayList<>(List.of(homes));
    names.forEach(name -> kept.add(homes.resolve(name)));
    try (Stream<Path> files = Files.walk(homes)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!kept.contains(file)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(command));
    Process process =
        new ProcessBuilder(line)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = process.waitFor();
    // 12: userdel could not remove a mailbox or home, which the test removes itself.
    if (code != 0 && code != 12) {
      throw new IOException(line + ": exit code " + code);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (String name : names) {
      run("userdel", real(name));
    }
    Instance.delete(homes);
  }
}
