package dev.postrider.setup;

import dev.postrider.config.MainEdit;
import dev.postrider.io.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes of several files that belong together: collected, shown, and then made or not. What was
 * there is kept, so that {@link Undo} can bring it back. For one thread.
 *
 * <p>Texts are held as Latin-1, a character a byte: what is not changed stays as it is, in whatever
 * encoding it was written.
 */
public final class ChangeSet {
  private static final FileAttribute<?> OWNERS_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final Map<Path, FileChange> changes = new LinkedHashMap<>();

  /** What files begin with that are not there. */
  private final Map<Path, String> usual = new HashMap<>();

  /**
   * @param directory of the configuration, where what was there is kept
   */
  public ChangeSet(Path directory) {
    this.directory = directory;
  }

  /** Gives a file a text; in a file that is there it takes the place of the old one. */
  public void text(Path file, String text) throws IOException {
    changes.put(file, FileChange.of(file, present(file), bytes(text)));
  }

  /** Makes a file that every system has, if it is not there; its lines are not told one by one. */
  public void fresh(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      usual.put(file, bytes(text));
      text(file, text);
    }
  }

  /** Gives a file contents that nobody but its owner may see. */
  public void secret(Path file, byte[] contents) throws IOException {
    changes.put(file, FileChange.secret(file, present(file), contents));
  }

  /** Sets parameters of main.cf. */
  public void settings(Map<String, String> settings) throws IOException {
    Path file = directory.resolve("main.cf");
    Map<String, String> wanted = new LinkedHashMap<>();
    settings.forEach((name, value) -> wanted.put(bytes(name), bytes(value)));
    String edited = MainEdit.of(lines(now(file)), wanted, MainEdit.Kind.SET).text();
    changes.put(file, FileChange.of(file, present(file), edited));
  }

  /**
   * Gives a key of a table its line, in the place of one that it has.
   *
   * @param line begins with the key
   */
  public void tableLine(Path file, String key, String line) throws IOException {
    StringBuilder text = new StringBuilder();
    boolean done = false;
    boolean dropping = false;
    for (String each : lines(now(file))) {
      boolean continued = !each.isBlank() && Character.isWhitespace(each.charAt(0));
      if (!continued) {
        dropping = isFor(bytes(key), each);
      }
      if (!dropping) {
        text.append(each);
      } else if (!continued && !done) {
        text.append(bytes(line)).append('\n');
        done = true;
      }
    }
    if (!done) {
      text.append(bytes(line)).append('\n');
    }
    changes.put(file, FileChange.of(file, present(file), text.toString()));
  }

  private static boolean isFor(String key, String line) {
    if (!line.regionMatches(/* ignoreCase= */ true, 0, key, 0, key.length())) {
      return false;
    }
    return line.length() > key.length()
        && (Character.isWhitespace(line.charAt(key.length())) || line.charAt(key.length()) == ':');
  }

  /** What changes: for each file that does, its lines that go and come. */
  public List<String> described() {
    List<String> out = new ArrayList<>();
    for (FileChange change : changed()) {
      out.add((change.before().isPresent() ? "change " : "new    ") + change.file());
      if (change.isSecret()) {
        out.add("    (a secret: not shown; only its owner may read the file)");
        continue;
      }
      List<String> before =
          lines(change.before().map(ChangeSet::text).orElse(usual.getOrDefault(change.file(), "")));
      List<String> after = lines(text(change.after()));
      for (String line : before) {
        if (!after.contains(line)) {
          out.add("  - " + shown(line));
        }
      }
      for (String line : after) {
        if (!before.contains(line)) {
          out.add("  + " + shown(line));
        }
      }
    }
    return out;
  }

  public boolean isEmpty() {
    return changed().isEmpty();
  }

  /**
   * Makes the changes, each file whole or not at all, after what was there is safe on the disk.
   *
   * @param now names what is kept
   * @throws IOException if a file cannot be written, or is not what it was when it was read: files
   *     that were changed before are as they were again, unless the message says otherwise
   */
  public void make(Instant now) throws IOException {
    List<FileChange> wanted = changed();
    for (FileChange change : wanted) {
      if (!java.util.Arrays.equals(
          change.before().orElse(null), present(change.file()).orElse(null))) {
        throw new IOException(
            change.file() + ": somebody else changes it at this moment; try again");
      }
    }
    Files.createDirectories(directory);
    Undo undo = Undo.keep(directory, now, wanted);
    try {
      for (FileChange change : wanted) {
        if (change.isSecret()) {
          makePrivate(change.file().toAbsolutePath().getParent());
        }
        WholeFile.write(change.file(), change.after(), change.mode());
      }
    } catch (IOException e) {
      undo.run(/* anyway= */ true);
      throw e;
    }
  }

  /** The directory of secrets: nobody else may even see their names. */
  private static void makePrivate(@Nullable Path directory) throws IOException {
    if (directory != null && !Files.exists(directory)) {
      Files.createDirectory(directory, OWNERS_DIRECTORY);
    }
  }

  private List<FileChange> changed() {
    return changes.values().stream().filter(change -> !change.isNothing()).toList();
  }

  /** The text of a file as far as it is decided by now. */
  String now(Path file) throws IOException {
    FileChange change = changes.get(file);
    return text(change != null ? change.after() : present(file).orElse(new byte[0]));
  }

  private static Optional<byte[]> present(Path file) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      lines.add(end < 0 ? text.substring(start) + "\n" : text.substring(start, end + 1));
      start = end < 0 ? text.length() : end + 1;
    }
    return lines;
  }

  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String shown(String line) {
    return new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .stripTrailing();
  }
}
