package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Stream;

/**
 * Looks for secrets where they must not be: while something runs in the arguments of every process
 * of the machine, afterwards in files. Those that only their owner can read may hold one.
 */
final class SecretSearch implements AutoCloseable {
  private static final Path PROC = Path.of("/proc");

  private final List<String> secrets;
  private final Set<String> seen = new ConcurrentSkipListSet<>();
  private final Thread looking;
  private volatile boolean over;
  private volatile int looks;

  SecretSearch(String... secrets) {
    this.secrets = List.of(secrets);
    this.looking = Thread.ofPlatform().name("secret-search").start(this::look);
  }

  private void look() {
    while (!over) {
      try (Stream<Path> all = Files.list(PROC)) {
        all.filter(path -> path.getFileName().toString().matches("[0-9]+")).forEach(this::look);
      } catch (IOException _) {
        // Processes come and go.
      }
      looks++;
    }
  }

  private void look(Path process) {
    try {
      String line = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      secrets.stream()
          .filter(line::contains)
          .forEach(secret -> seen.add(secret + " in " + line.replace('\0', ' ')));
    } catch (IOException _) {
      // It has ended.
    }
  }

  /** What was found in arguments, and in files that others can read. */
  void assertNothingIn(Path directory, Path... never) throws IOException {
    List<String> found = new ArrayList<>(seen);
    int files = 0;
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file :
          all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).toList()) {
        files++;
        boolean isPrivate =
            Files.getPosixFilePermissions(file).stream().allMatch(SecretSearch::isOwners);
        boolean mayNever = Stream.of(never).anyMatch(file::startsWith);
        if (!isPrivate || mayNever) {
          String content = Files.readString(file, StandardCharsets.ISO_8859_1);
          secrets.stream()
              .filter(content::contains)
              .forEach(secret -> found.add(secret + " in " + file));
        }
      }
    }
    assertThat(found).isEmpty();
    assertThat(files).isGreaterThan(3);
    assertThat(looks).isGreaterThan(1);
  }

  private static boolean isOwners(PosixFilePermission permission) {
    return permission.name().startsWith("OWNER_");
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    looking.join();
  }
}
