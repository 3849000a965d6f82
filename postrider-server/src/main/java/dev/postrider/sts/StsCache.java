package dev.postrider.sts;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Policies on disk, a file for each domain, so that a restart does not forget what a domain asked
 * for: whoever could then hide its TXT record would have won. Safe on any thread.
 */
final class StsCache {
  private final Path dataDirectory;
  private final Path directory;
  private final Consumer<String> warn;

  /**
   * A policy that was fetched.
   *
   * @param id of the TXT record that it was fetched for
   */
  record Kept(String id, Instant fetched, StsPolicy policy) {
    boolean isFresh(Instant now) {
      return now.isBefore(fetched.plus(policy.maxAge()));
    }
  }

  /**
   * @param dataDirectory of the mail system; what is kept is in a directory below
   */
  StsCache(Path dataDirectory, Consumer<String> warn) {
    this.dataDirectory = dataDirectory;
    this.directory = dataDirectory.resolve("mta-sts");
    this.warn = warn;
  }

  Optional<Kept> read(String domain) {
    Path file = directory.resolve(domain);
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      String[] parts = text.split("\n", 3);
      if (parts.length == 3) {
        return Optional.of(
            new Kept(
                parts[0],
                Instant.ofEpochSecond(Long.parseLong(parts[1])),
                StsPolicy.parse(parts[2])));
      }
      warn.accept(file + ": not a policy that was kept; it is fetched anew");
    } catch (NoSuchFileException _) {
      // None was fetched.
    } catch (IOException | NumberFormatException | StsPolicy.BadPolicyException e) {
      warn.accept(file + ": " + e.getMessage() + "; the policy is fetched anew");
    }
    return Optional.empty();
  }

  void write(String domain, Kept kept) {
    Path file = directory.resolve(domain);
    Path beside = directory.resolve("." + domain);
    try {
      // Root asks too, by postrider explain, and must not write where another user may put links.
      if (!OwnUser.owns(dataDirectory)) {
        return;
      }
      Files.createDirectories(directory);
      Files.writeString(
          beside,
          kept.id + "\n" + kept.fetched.getEpochSecond() + "\n" + kept.policy.text(),
          StandardCharsets.UTF_8);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      warn.accept("MTA-STS policy of " + domain + " is forgotten at the next start: " + e);
    }
  }
}
