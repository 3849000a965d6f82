package dev.postrider.setup;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.postrider.config.Config;
import dev.postrider.table.TableSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The alias file that a person edits. Immutable. */
public final class AliasFile {
  private static final Pattern ROOT = Pattern.compile("root[ \\t]*:", Pattern.CASE_INSENSITIVE);
  private static final List<String> TYPES =
      List.of("hash", "btree", "dbm", "cdb", "lmdb", "texthash");

  private final Config config;
  private final Path root;

  /**
   * @param root where the system's files are, {@code /} but in tests
   */
  public AliasFile(Config config, Path root) {
    this.config = config;
    this.root = root;
  }

  /** Its path; nothing where aliases are in no such file. */
  Optional<Path> path() {
    for (String spec : config.list("alias_maps")) {
      TableSpec table = TableSpec.parse(spec, "");
      if (TYPES.contains(table.type()) && table.name().startsWith("/")) {
        return Optional.of(root.resolve(table.name().substring(1)));
      }
    }
    return Optional.empty();
  }

  /**
   * Adds to some changes who gets root's mail; nothing where aliases are in no such file.
   *
   * @param rootTo nobody new if empty
   */
  void addTo(ChangeSet changes, Optional<String> rootTo) throws IOException {
    Optional<Path> file = path();
    if (rootTo.isPresent() && file.isPresent()) {
      changes.tableLine(file.get(), "root", "root: " + rootTo.get());
    }
  }

  /** Who gets root's mail now; nothing if it says nothing of root. */
  public Optional<String> rootNow() throws IOException {
    Optional<Path> file = path().filter(Files::exists);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder found = new StringBuilder();
    boolean inside = false;
    for (String line : Files.readAllLines(file.get(), ISO_8859_1)) {
      boolean continued = !line.isBlank() && Character.isWhitespace(line.charAt(0));
      if (!continued) {
        inside = ROOT.matcher(line).lookingAt();
      }
      if (inside) {
        found.append(' ').append(continued ? line : line.substring(line.indexOf(':') + 1));
      }
    }
    String value = found.toString().strip().replaceAll("\\s+", " ");
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }
}
