package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What postmap and postalias share: options, and which of building, querying, listing and deleting
 * is wanted.
 *
 * @param kind whose tables
 * @param letters the options, as for getopt
 * @param usage the last line after a wrong option
 */
record TableCommand(Kind kind, String letters, String usage) {
  /** Ends the command with {@code name: fatal: message} and exit code 1. */
  static final class Fatal extends Exception {
    @java.io.Serial private static final long serialVersionUID = 1L;

    Fatal(@Nullable String message) {
      super(message);
    }
  }

  int run(Invocation call) throws IOException, InterruptedException {
    try {
      TableOptions options = parse(call);
      Config config = Config.load(ConfigDirectory.of(call, options.directory()));
      if (options.query() != null) {
        return new TableQuery(call, config, options).query(options.query());
      }
      if (options.has('s')) {
        return new TableQuery(call, config, options).list();
      }
      TableBuild build = new TableBuild(call, config, options);
      return options.delete() != null ? build.delete(options.delete()) : build.build();
    } catch (Fatal | ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
  }

  private TableOptions parse(Invocation call) throws Fatal {
    Getopt options = new Getopt(call.arguments(), letters);
    Set<Character> flags = new HashSet<>();
    Optional<String> directory = Optional.empty();
    @Nullable String query = null;
    @Nullable String delete = null;
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      Getopt.Option option = next.get();
      switch (option.letter()) {
        case 'c' -> directory = Optional.of(option.value());
        case 'q', 'd' -> {
          if (flags.contains('s') || query != null || delete != null) {
            throw new Fatal("specify only one of -s -q or -d");
          }
          query = option.letter() == 'q' ? option.value() : query;
          delete = option.letter() == 'd' ? option.value() : delete;
        }
        case 's' -> {
          if (query != null || delete != null) {
            throw new Fatal("specify only one of -s or -q or -d");
          }
          flags.add('s');
        }
        case '?' -> {
          call.err().println(call.name() + ": invalid option -- '" + option.value() + "'");
          throw new Fatal(usage);
        }
        case ':' -> {
          call.err()
              .println(call.name() + ": option requires an argument -- '" + option.value() + "'");
          throw new Fatal(usage);
        }
        default -> flags.add(option.letter());
      }
    }
    TableOptions parsed =
        new TableOptions(kind, flags, directory, query, delete, options.operands());
    if (kind == Kind.MAP) {
      checkMessageKeys(call, parsed);
    }
    if (parsed.tables().isEmpty()) {
      throw new Fatal(usage);
    }
    return parsed;
  }

  private static void checkMessageKeys(Invocation call, TableOptions options) throws Fatal {
    boolean wanted = options.readsMessage() || options.has('m');
    if (wanted && !"-".equals(options.query())) {
      throw new Fatal("specify -b -h or -m only with \"-q -\"");
    }
    if (options.has('m') && !options.readsMessage()) {
      call.warning("ignoring -m option without -b or -h");
    }
  }
}
