package dev.postrider.table;

import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table of fixed strings with its source text and, for the compiled types, the compiled file
 * beside it. The source is read when it is newer than the compiled file, or when the compiled file
 * is missing or of another program's format that is not known here. Safe on any thread.
 *
 * @param source the text
 * @param compiled the compiled file, or null for texthash
 * @param kind how to read the source
 * @param fold whether the case of keys does not matter
 * @param utf8 whether lines that are not UTF-8 are left out
 */
record SourceFile(Path source, @Nullable Path compiled, Kind kind, boolean fold, boolean utf8) {
  /** Largest source that is read; beyond it something else must be wrong. */
  private static final long LIMIT = 1L << 30;

  List<Path> files() {
    return compiled == null ? List.of(source) : List.of(source, compiled);
  }

  /** Reads whichever file counts. */
  Loaded load() throws IOException {
    @Nullable StoredStrings table = current();
    return table == null
        ? fromSource()
        : new Loaded(
            new WithPlaces(this, key -> table.lookup(fold ? Keys.fold(key) : key)),
            List.of(),
            List.of());
  }

  /** Every entry of whichever file counts, with warnings for what was left out. */
  Map<String, String> entries(MailLog log) throws IOException {
    Map<String, String> entries = new LinkedHashMap<>();
    @Nullable StoredStrings table = current();
    if (table != null) {
      // The first entry of a key counts in a lookup, and so it does here.
      table.forEach(entries::putIfAbsent);
      return entries;
    }
    Parsed parsed = parsed();
    parsed.faults().forEach(fault -> log.warning("postmap", fault));
    parsed.notes().forEach(note -> log.warning("postmap", note));
    return parsed.entries();
  }

  /** The compiled file, or null when the source counts. */
  private @Nullable StoredStrings current() throws IOException {
    if (compiled == null) {
      return null;
    }
    @Nullable FileTime built = modified(compiled);
    @Nullable FileTime written = modified(source);
    if (built == null) {
      if (written == null) {
        throw new IOException("open database " + compiled + ": No such file or directory");
      }
      return null;
    }
    boolean older = written != null && written.compareTo(built) > 0;
    if (!CompiledTable.isOurs(compiled)) {
      @Nullable PeerFile peers = older ? null : PeerFile.read(compiled);
      if (peers != null) {
        return peers;
      }
      if (written == null) {
        throw new IOException(
            compiled
                + " was written by another program and its source "
                + source
                + " is missing; write the source, then run postmap or postalias on it");
      }
      return null;
    }
    return older ? null : CompiledTable.read(compiled);
  }

  private record Parsed(Map<String, String> entries, List<String> faults, List<String> notes) {}

  private Loaded fromSource() throws IOException {
    Parsed parsed = parsed();
    if (kind == Kind.ALIASES && parsed.entries().isEmpty() && !parsed.faults().isEmpty()) {
      // In a form that is not known here: a table without entries would return everybody's mail.
      throw new IOException("no line of it is an alias: " + parsed.faults().getFirst());
    }
    return new Loaded(
        new WithPlaces(this, new MemoryTable(parsed.entries(), fold)),
        parsed.faults(),
        parsed.notes());
  }

  /** A table that looks into its source again when somebody asks for the line of an entry. */
  private record WithPlaces(SourceFile file, Content content) implements Content {
    @Override
    public Lookup lookup(String key) {
      return content.lookup(key);
    }

    @Override
    public int line(String key) {
      return file.line(key);
    }
  }

  private int line(String key) {
    String wanted = fold ? Keys.fold(key) : key;
    try {
      for (SourceEntry entry : text().entries()) {
        if ((fold ? Keys.fold(entry.key()) : entry.key()).equals(wanted)) {
          return entry.line();
        }
      }
    } catch (IOException _) {
      // The compiled file answers without its source: then there is no line to name.
    }
    return 0;
  }

  private Parsed parsed() throws IOException {
    SourceText text = text();
    Map<String, String> entries = LinkedHashMap.newLinkedHashMap(text.entries().size());
    List<String> notes = new ArrayList<>(text.notes());
    for (SourceEntry entry : text.entries()) {
      String key = fold ? Keys.fold(entry.key()) : entry.key();
      if (entries.putIfAbsent(key, entry.value()) != null) {
        notes.add(source + ", line " + entry.line() + ": duplicate entry: \"" + entry.key() + "\"");
      }
    }
    return new Parsed(entries, text.faults().stream().map(SourceFile::ignored).toList(), notes);
  }

  /** Postfix says this of a line that a lookup leaves out, and not of one that postmap does. */
  private static String ignored(String fault) {
    return fault.endsWith(MapSource.NO_PAIR) ? fault + " -- ignoring this line" : fault;
  }

  private SourceText text() throws IOException {
    byte[] bytes;
    try {
      if (Files.size(source) > LIMIT) {
        throw new IOException(source + ": larger than " + LIMIT + " bytes");
      }
      bytes = Files.readAllBytes(source);
    } catch (NoSuchFileException e) {
      throw new IOException("open database " + source + ": No such file or directory", e);
    } catch (AccessDeniedException e) {
      throw new IOException("open database " + source + ": Permission denied", e);
    }
    return switch (kind) {
      case MAP -> MapSource.parse(source.toString(), bytes, utf8);
      case ALIASES ->
          isOfPostmap()
              ? LooseAliasSource.parse(source.toString(), bytes, utf8)
              : AliasSource.parse(source.toString(), bytes, utf8);
    };
  }

  /** Whether the table's lines need not be those of an alias file. */
  private boolean isOfPostmap() throws IOException {
    return compiled == null || (Files.exists(compiled) && CompiledTable.isOfPostmap(compiled));
  }

  private static @Nullable FileTime modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (AccessDeniedException e) {
      throw new IOException("open database " + file + ": Permission denied", e);
    }
  }
}
