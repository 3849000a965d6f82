package dev.postrider.oauth;

import dev.postrider.io.DirectoryOwner;
import dev.postrider.io.FileFacts;
import dev.postrider.io.Pause;
import dev.postrider.io.WholeFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The grants, each in a private file of the mail system's: {@code data_directory/oauth}. A new
 * state is on the disk before {@link #save} returns, so that a refresh token that is good for one
 * use is not lost. What root does here is done with the rights of the directory's owner, as that
 * could put a link in the way. Safe on any thread, and in several processes.
 */
public final class TokenStore {
  private static final String SUFFIX = ".json";
  private static final int MOST = 256 << 10;

  /** Longer than who holds it may take to ask the provider. */
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  private final Path data;
  private final Path directory;

  /**
   * @param dataDirectory of main.cf
   */
  public TokenStore(Path dataDirectory) {
    this.data = dataDirectory;
    this.directory = dataDirectory.resolve("oauth");
  }

  /**
   * The grant of an account; empty if nobody has given leave yet.
   *
   * @throws IOException if it cannot be read; says what mends it
   */
  public Optional<Grant> load(String account) throws IOException, InterruptedException {
    Path file = file(account);
    return DirectoryOwner.run(
        data,
        () -> {
          try {
            FileFacts facts = FileFacts.of(file);
            if ((facts.mode() & 0077) != 0) {
              throw new IOException(file + ": others can read it: chmod 600 " + file);
            }
            if (facts.size() > MOST) {
              throw new IOException("it is too large");
            }
            return Optional.of(GrantJson.read(Files.readAllBytes(file)));
          } catch (NoSuchFileException _) {
            return Optional.<Grant>empty();
          } catch (AccessDeniedException e) {
            throw new IOException(
                file + ": may not be read: Permission denied (it must be the mail system's)", e);
          } catch (IOException e) {
            throw new IOException(
                file + ": " + e.getMessage() + " (postrider login " + account + " writes it anew)",
                e);
          }
        });
  }

  /** Writes a grant, in place of what was there. */
  public void save(Grant grant) throws IOException, InterruptedException {
    Path file = file(grant.account());
    Boolean _ =
        DirectoryOwner.run(
            data,
            () -> {
              makeDirectory();
              WholeFile.replace(file, GrantJson.write(grant));
              return true;
            });
  }

  /**
   * Forgets a grant.
   *
   * @return whether there was one
   */
  public boolean remove(String account) throws IOException, InterruptedException {
    return DirectoryOwner.run(data, () -> Files.deleteIfExists(file(account)));
  }

  /** All accounts, sorted. */
  public List<String> accounts() throws IOException, InterruptedException {
    return DirectoryOwner.run(
        data,
        () -> {
          List<String> found = new ArrayList<>();
          if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> name.endsWith(SUFFIX) && !name.startsWith("."))
                  .sorted()
                  .forEach(name ->
                      found.add(decoded(name.substring(0, name.length() - SUFFIX.length()))));
            }
          }
          return found;
        });
  }

  /**
   * Waits until nobody else renews this account, in any process.
   *
   * @return to be closed when it is done
   * @throws IOException if that takes too long
   */
  Closeable lock(String account) throws IOException, InterruptedException {
    FileChannel channel =
        DirectoryOwner.run(
            data,
            () -> {
              makeDirectory();
              return FileChannel.open(
                  directory.resolve("." + encoded(account) + ".lock"),
                  Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rw-------")));
            });
    boolean locked = false;
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!locked) {
        locked = tryLock(channel) != null;
        if (!locked && (System.nanoTime() > deadline || !Pause.of(BETWEEN_TRIES))) {
          throw new IOException("account " + account + ": another process is renewing its token");
        }
      }
      return channel;
    } finally {
      if (!locked) {
        channel.close();
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException _) {
      return null;
    }
  }

  private void makeDirectory() throws IOException {
    if (!Files.isDirectory(data)) {
      // Made here it would be the wrong user's.
      throw new IOException(data + ": there is no such directory (postfix check makes it)");
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
  }

  private Path file(String account) {
    return directory.resolve(encoded(account) + SUFFIX);
  }

  /** Letters, digits and {@code @._+-} as they are, the rest as {@code %XX}; no leading dot. */
  private static String encoded(String account) {
    StringBuilder name = new StringBuilder();
    for (byte octet : account.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "@_+-".indexOf(c) >= 0
              || (c == '.' && !name.isEmpty());
      name.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return name.toString();
  }

  private static String decoded(String name) {
    return java.net.URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
