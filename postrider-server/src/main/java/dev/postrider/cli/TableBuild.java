package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.table.AliasSource;
import dev.postrider.table.CompiledTable;
import dev.postrider.table.CompiledTable.Kind;
import dev.postrider.table.MapSource;
import dev.postrider.table.Octets;
import dev.postrider.table.SourceEntry;
import dev.postrider.table.SourceText;
import dev.postrider.table.TableFile;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The writing side of postmap and postalias: building, -i, -d, -u. For one call. */
final class TableBuild {
  private final Invocation call;
  private final Config config;
  private final TableOptions options;

  TableBuild(Invocation call, Config config, TableOptions options) {
    this.call = call;
    this.config = config;
    this.options = options;
  }

  /** Builds every table from its source, or with -i adds what standard input has. */
  int build() throws IOException, InterruptedException, TableCommand.Fatal {
    for (String text : options.tables()) {
      TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
      if (options.has('u')) {
        // Nothing to upgrade: there is one version of the format.
        read(spec);
      } else if (options.has('i')) {
        add(spec);
      } else {
        if (text.startsWith("proxy:")) {
          throw new TableCommand.Fatal("can't create maps via the proxy service");
        }
        create(spec);
      }
    }
    return 0;
  }

  /** Deletes one key, or for {@code -} each line of standard input, from every table. */
  int delete(String key) throws IOException, InterruptedException, TableCommand.Fatal {
    int found = 0;
    Map<String, Boolean> keys = new LinkedHashMap<>();
    if (key.equals("-")) {
      BufferedInputStream in = new BufferedInputStream(call.in());
      for (@Nullable String line = TableQuery.line(in); line != null; line = TableQuery.line(in)) {
        keys.put(line, true);
      }
    } else {
      keys.put(key, true);
    }
    for (String text : options.tables()) {
      TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
      if (!Tables.isKnown(spec.type())) {
        throw new TableCommand.Fatal("unsupported dictionary type: " + spec.type());
      }
      if (Tables.compiledFile(spec) == null) {
        throw new TableCommand.Fatal(spec + " map requires O_RDONLY access mode");
      }
      Map<String, String> entries = read(spec);
      int before = entries.size();
      keys.keySet().forEach(one -> entries.remove(folded(one)));
      if (entries.size() < before) {
        found += before - entries.size();
        warnOfNewerSource(spec);
        write(spec, entries, compiled(spec));
      }
    }
    return found > 0 ? 0 : 1;
  }

  private void create(TableSpec spec) throws IOException, InterruptedException, TableCommand.Fatal {
    Path source = Path.of(spec.name());
    if (spec.name().isEmpty()) {
      throw new TableCommand.Fatal("open : No such file or directory");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(source);
    } catch (IOException e) {
      if (Files.isDirectory(source)) {
        bytes = new byte[0];
      } else {
        throw new TableCommand.Fatal("open " + spec.name() + ": " + reason(e));
      }
    }
    compiled(spec);
    Map<String, String> entries = new LinkedHashMap<>();
    put(spec, entries, parse(spec.name(), bytes), options.has('r'));
    if (options.kind() == Kind.ALIASES) {
      entries.putIfAbsent("@", "@");
      entries.put("YP_LAST_MODIFIED", Long.toString(System.currentTimeMillis() / 1000));
      entries.put("YP_MASTER_NAME", config.text("myhostname"));
    }
    write(spec, entries, source);
  }

  private void add(TableSpec spec) throws IOException, InterruptedException, TableCommand.Fatal {
    Path compiled = compiled(spec);
    Map<String, String> entries = Files.exists(compiled) ? read(spec) : new LinkedHashMap<>();
    put(spec, entries, parse("stdin", call.in().readAllBytes()), options.has('r'));
    warnOfNewerSource(spec);
    write(spec, entries, Files.exists(compiled) ? compiled : Path.of(spec.name()));
  }

  /** Until now lookups used the newer source; the file that is written here will be newer. */
  private void warnOfNewerSource(TableSpec spec) throws IOException, TableCommand.Fatal {
    Path source = Path.of(spec.name());
    Path compiled = compiled(spec);
    if (Files.exists(source)
        && Files.exists(compiled)
        && Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(compiled)) > 0) {
      call.warning(
          source
              + " was changed after "
              + compiled
              + " was made: what changed does not count until the whole file is built again");
    }
  }

  private SourceText parse(String path, byte[] bytes) {
    boolean utf8 = config.flag("smtputf8_enable") && !options.has('U');
    SourceText text =
        switch (options.kind()) {
          case MAP -> MapSource.parse(path, bytes, utf8);
          case ALIASES -> AliasSource.parse(path, bytes, utf8);
        };
    text.faults().forEach(call::warning);
    text.notes().forEach(call::warning);
    return text;
  }

  private void put(TableSpec spec, Map<String, String> entries, SourceText text, boolean replace) {
    for (SourceEntry entry : text.entries()) {
      @Nullable String value = options.has('F') ? fileContent(spec, entry) : entry.value();
      if (value == null) {
        continue;
      }
      String key = folded(entry.key());
      if (replace) {
        entries.put(key, value);
      } else if (entries.putIfAbsent(key, value) != null && !options.has('w')) {
        String place = spec.type().equals("lmdb") ? spec.toString() : compiledName(spec);
        call.warning(place + ": duplicate entry: \"" + key + "\"");
      }
    }
  }

  /** cdb writes to another name and so reports the table's. */
  private static String compiledName(TableSpec spec) {
    return spec.type().equals("cdb") ? spec.name() : String.valueOf(Tables.compiledFile(spec));
  }

  private @Nullable String fileContent(TableSpec spec, SourceEntry entry) {
    try {
      StringBuilder content = new StringBuilder();
      for (String file : entry.value().split("[,\\s]+")) {
        content.append(content.isEmpty() ? "" : "\n");
        content.append(Octets.decode(Files.readAllBytes(Path.of(file))));
      }
      return Base64.getEncoder().encodeToString(Octets.encode(content.toString()));
    } catch (IOException e) {
      call.warning(
          spec.name()
              + ", line "
              + entry.line()
              + ": open "
              + entry.value()
              + ": "
              + reason(e)
              + ": skipping this entry");
      return null;
    }
  }

  private String folded(String key) {
    return options.folds() ? Tables.fold(key) : key;
  }

  private Path compiled(TableSpec spec) throws TableCommand.Fatal {
    @Nullable Path compiled = Tables.compiledFile(spec);
    if (compiled == null) {
      boolean known = Tables.isKnown(spec.type());
      throw new TableCommand.Fatal(
          "unsupported dictionary type: "
              + spec.type()
              + (known ? " does not support bulk-mode creation." : ""));
    }
    return compiled;
  }

  /** The entries of the compiled file. */
  private Map<String, String> read(TableSpec spec) throws TableCommand.Fatal {
    Path compiled = compiled(spec);
    Map<String, String> entries = new LinkedHashMap<>();
    try {
      if (Files.size(compiled) > 0 && !CompiledTable.isOurs(compiled)) {
        throw new TableCommand.Fatal(
            compiled
                + " was written by another program and is left alone; build it from its source"
                + " first: "
                + call.name()
                + " "
                + spec);
      }
      CompiledTable.read(compiled).forEach(entries::put);
      return entries;
    } catch (IOException e) {
      throw new TableCommand.Fatal("open database " + compiled + ": " + reason(e));
    }
  }

  private void write(TableSpec spec, Map<String, String> entries, Path like)
      throws IOException, InterruptedException, TableCommand.Fatal {
    Path compiled = compiled(spec);
    try {
      @Nullable Path kept =
          TableFile.write(
              compiled,
              options.kind(),
              entries,
              TableFile.Ownership.ofSource(like, !options.has('p'), !options.has('o')));
      if (kept != null) {
        call.warning(compiled + " was written by another program; it is kept as " + kept);
      }
    } catch (FileSystemException e) {
      throw new TableCommand.Fatal("open database " + compiled + ": " + reason(e));
    } catch (IOException e) {
      throw new TableCommand.Fatal(String.valueOf(e.getMessage()));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case AccessDeniedException _ -> "Permission denied";
      case FileSystemException failure when failure.getReason() != null -> failure.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
