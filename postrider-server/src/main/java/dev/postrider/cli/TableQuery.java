package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Octets;
import dev.postrider.table.TableSpec;
import dev.postrider.table.Tables;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The querying side of postmap and postalias: -q and -s. For one call. */
final class TableQuery {
  /** A longer line on standard input is no key. */
  private static final int LINE_LIMIT = 1 << 24;

  private final Invocation call;
  private final TableOptions options;
  private final Tables tables;
  private final TableOutput output;
  private final List<LookupTable> opened = new ArrayList<>();

  TableQuery(Invocation call, Config config, TableOptions options) {
    this.call = call;
    this.options = options;
    this.tables = new Tables(config, new TableLog(call));
    this.output = new TableOutput(call.out(), options.kind(), options.has('j'));
  }

  /** Looks up one key, or for {@code -} each line of standard input. */
  int query(String key) throws IOException, ConfigException, TableCommand.Fatal {
    if (!key.equals("-")) {
      @Nullable String value = find(key);
      if (value == null) {
        return 1;
      }
      output.value(key, value);
      return 0;
    }
    boolean found = false;
    BufferedInputStream in = new BufferedInputStream(call.in());
    if (options.readsMessage()) {
      for (String line : MessageKeys.read(in, options)) {
        found |= show(line);
      }
      return found ? 0 : 1;
    }
    for (@Nullable String line = line(in); line != null; line = line(in)) {
      found |= show(line);
    }
    return found ? 0 : 1;
  }

  /** Prints every entry of the first table. */
  int list() throws IOException, ConfigException, TableCommand.Fatal {
    String text = options.tables().getFirst();
    for (var entry : tables.entries(text, options.kind(), options.folds()).entrySet()) {
      output.entry(entry.getKey(), entry.getValue());
    }
    return 0;
  }

  private boolean show(String key) throws IOException, ConfigException, TableCommand.Fatal {
    @Nullable String value = find(key);
    if (value == null) {
      return false;
    }
    output.entry(key, value);
    return true;
  }

  private @Nullable String find(String key) throws ConfigException, TableCommand.Fatal {
    for (int i = 0; i < options.tables().size(); i++) {
      if (i == opened.size()) {
        opened.add(tables.openNow(options.tables().get(i), options.kind(), options.folds()));
      }
      LookupTable table = opened.get(i);
      if (key.isEmpty() && Tables.isFixedStrings(TableSpec.parse(table.name(), ""))) {
        continue;
      }
      switch (table.lookup(key)) {
        case Lookup.Found(String value) -> {
          if (value.isEmpty()) {
            call.warning(
                "table " + table.name() + ": key " + key + ": empty string result is not allowed");
            call.warning("table " + table.name() + " should return NO RESULT in case of NOT FOUND");
          }
          return options.has('F') ? decoded(table, key, value) : value;
        }
        case Lookup.NotFound() -> {}
        case Lookup.Unavailable(String reason) -> throw new TableCommand.Fatal(reason);
      }
    }
    return null;
  }

  private static String decoded(LookupTable table, String key, String value)
      throws TableCommand.Fatal {
    try {
      return Octets.decode(Base64.getDecoder().decode(value.getBytes(StandardCharsets.ISO_8859_1)));
    } catch (IllegalArgumentException e) {
      throw new TableCommand.Fatal(
          "table " + table.name() + ": key " + key + ": malformed BASE64 value: " + value);
    }
  }

  /** One line without its end, or null when there is none. */
  static @Nullable String line(BufferedInputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c = in.read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      if (line.size() == LINE_LIMIT) {
        throw new IOException("a line on standard input is longer than " + LINE_LIMIT + " bytes");
      }
      line.write(c);
      c = in.read();
    }
    return Octets.decode(line.toByteArray());
  }
}
