package dev.postrider.setup;

import dev.postrider.io.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What was there before some changes were made, kept in the configuration directory where only its
 * owner can look: enough to take them back as a whole. Immutable.
 */
public final class Undo {
  private static final String DIRECTORY = ".postrider-undo";
  private static final String LIST = "list";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<?> OWNERS_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

  /**
   * One file of them.
   *
   * @param file which
   * @param copy of what it had, empty if it was not there
   * @param after the hash of what it was given
   */
  private record Kept(Path file, Optional<Path> copy, String after) {}

  private final Path directory;
  private final List<Kept> files;

  private Undo(Path directory, List<Kept> files) {
    this.directory = directory;
    this.files = List.copyOf(files);
  }

  /** Keeps what some files have now. */
  static Undo keep(Path configuration, Instant now, List<FileChange> changes) throws IOException {
    Path top = configuration.resolve(DIRECTORY);
    if (!Files.isDirectory(top)) {
      Files.createDirectory(top, OWNERS_DIRECTORY);
    }
    Path directory = top.resolve(STAMP.format(now));
    Files.createDirectory(directory, OWNERS_DIRECTORY);
    List<Kept> files = new ArrayList<>();
    StringBuilder list = new StringBuilder();
    for (FileChange change : changes) {
      Optional<Path> copy = Optional.empty();
      if (change.before().isPresent()) {
        copy = Optional.of(directory.resolve(Integer.toString(files.size())));
        WholeFile.write(copy.get(), change.before().get(), PRIVATE);
      }
      Kept kept = new Kept(change.file().toAbsolutePath(), copy, hash(change.after()));
      files.add(kept);
      list.append(copy.isPresent() ? "was " : "new ")
          .append(kept.after)
          .append(' ')
          .append(kept.file)
          .append('\n');
    }
    // Last: what has no list was never begun.
    WholeFile.write(
        directory.resolve(LIST), list.toString().getBytes(StandardCharsets.UTF_8), PRIVATE);
    WholeFile.force(top);
    return new Undo(directory, files);
  }

  /** The changes that were made last and not taken back. */
  public static Optional<Undo> last(Path configuration) throws IOException {
    Path top = configuration.resolve(DIRECTORY);
    if (!Files.isDirectory(top)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(top)) {
      Optional<Path> newest =
          all.filter(each -> Files.exists(each.resolve(LIST))).max(Comparator.naturalOrder());
      return newest.isPresent() ? Optional.of(read(newest.get())) : Optional.empty();
    }
  }

  private static Undo read(Path directory) throws IOException {
    List<Kept> files = new ArrayList<>();
    for (String line : Files.readAllLines(directory.resolve(LIST))) {
      String[] words = line.split(" ", 3);
      if (words.length < 3) {
        throw new IOException(directory.resolve(LIST) + ": cannot be understood: " + line);
      }
      Optional<Path> copy =
          words[0].equals("was")
              ? Optional.of(directory.resolve(Integer.toString(files.size())))
              : Optional.empty();
      files.add(new Kept(Path.of(words[2]), copy, words[1]));
    }
    return new Undo(directory, files);
  }

  /** When they were made: a word. */
  public String stamp() {
    return String.valueOf(directory.getFileName());
  }

  /** The files that are brought back, or taken away. */
  public List<Path> files() {
    return files.stream().map(Kept::file).toList();
  }

  /** Whether a file goes away, as it was not there before. */
  public boolean removes(Path file) {
    return files.stream()
        .anyMatch(each -> each.copy.isEmpty() && each.file.equals(file.toAbsolutePath()));
  }

  /** Those that somebody has changed since: bringing them back would lose that. */
  public List<Path> changedSince() throws IOException {
    List<Path> changed = new ArrayList<>();
    for (Kept each : files) {
      boolean exists = Files.exists(each.file);
      String now = exists ? hash(Files.readAllBytes(each.file)) : "";
      // As it was before: brought back already, by a run that was broken off.
      String before = each.copy.isPresent() ? hash(Files.readAllBytes(each.copy.get())) : "";
      if (!now.equals(each.after) && !now.equals(before)) {
        changed.add(each.file);
      }
    }
    return changed;
  }

  /**
   * Brings everything back and forgets the record; one that is broken off can be run again.
   *
   * @param anyway also over what somebody has changed since
   * @throws IOException if something cannot be brought back, or was changed since
   */
  public void run(boolean anyway) throws IOException {
    List<Path> changed = anyway ? List.of() : changedSince();
    if (!changed.isEmpty()) {
      throw new IOException(changed.getFirst() + " was changed since " + stamp());
    }
    for (Kept each : files) {
      if (each.copy.isPresent()) {
        WholeFile.write(each.file, Files.readAllBytes(each.copy.get()), PRIVATE);
      } else {
        WholeFile.delete(each.file);
      }
    }
    WholeFile.delete(directory.resolve(LIST));
    for (Kept each : files) {
      if (each.copy.isPresent()) {
        Files.deleteIfExists(each.copy.get());
      }
    }
    WholeFile.delete(directory);
  }

  private static String hash(byte[] contents) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(contents));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
