package dev.postrider.table;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens lookup tables by {@code type:name}. The same name gives the same table, so that a table
 * used by several parameters is in memory once. Safe on any thread.
 *
 * <p>A wrong name is a {@link ConfigException}; a file that is missing or unreadable is a table
 * that answers {@link Lookup.Unavailable} until the file is there, as in Postfix.
 */
public final class Tables {
  /** The suffix of the compiled file by type. */
  private static final Map<String, String> COMPILED =
      Map.of("hash", ".db", "btree", ".db", "lmdb", ".lmdb", "cdb", ".cdb");

  private static final Set<String> OTHERS =
      Set.of(
          "cidr",
          "debug",
          "environ",
          "fail",
          "inline",
          "ldap",
          "memcache",
          "mysql",
          "pcre",
          "pgsql",
          "pipemap",
          "proxy",
          "randmap",
          "regexp",
          "secret",
          "socketmap",
          "sqlite",
          "static",
          "tcp",
          "texthash",
          "unionmap",
          "unix");

  private static final Set<String> NOT_YET = Set.of("internal", "mongodb", "nis", "sdbm", "dbm");

  private final Config config;
  private final MailLog log;
  private final LongSupplier nanos;
  private final ReadRights rights;
  private final Set<String> aliasFiles;
  private final Map<String, LookupTable> opened = new ConcurrentHashMap<>();

  /** How often each table had changed when {@link #changed} looked last. */
  private final Map<String, Integer> seen = new HashMap<>();

  /** Reads files with the process's own rights. */
  public Tables(Config config, MailLog log) {
    this(config, log, ReadRights.own(), System::nanoTime);
  }

  /** Reads files with the rights given. */
  public Tables(Config config, MailLog log, ReadRights rights) {
    this(config, log, rights, System::nanoTime);
  }

  Tables(Config config, MailLog log, LongSupplier nanos) {
    this(config, log, ReadRights.own(), nanos);
  }

  private Tables(Config config, MailLog log, ReadRights rights, LongSupplier nanos) {
    this.rights = rights;
    this.config = config;
    this.log = log;
    this.nanos = nanos;
    this.aliasFiles = aliasFiles(config);
  }

  /** The compiled file of a table, or null when the type has none. */
  public static @Nullable Path compiledFile(TableSpec spec) {
    @Nullable String suffix = COMPILED.get(spec.type());
    return suffix == null ? null : Path.of(spec.name() + suffix);
  }

  /**
   * Opens one table.
   *
   * @param text {@code type:name}; without a type, default_database_type
   * @throws ConfigException for an unknown type or a name that the type cannot take
   */
  public LookupTable open(String text) throws ConfigException {
    @Nullable LookupTable known = opened.get(text);
    if (known != null) {
      return known;
    }
    LookupTable table = make(TableSpec.parse(text, config.text("default_database_type")), true);
    @Nullable LookupTable other = opened.putIfAbsent(text, table);
    return other == null ? table : other;
  }

  /**
   * Opens a table whose results are trusted, as commands and names of transports are: what was
   * looked up comes from strangers, so that a rule that puts a part of it into the result is left
   * out, with a line in the log.
   *
   * @throws ConfigException as {@link #open}
   */
  public LookupTable openFixed(String text) throws ConfigException {
    TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
    return switch (spec.type()) {
      case "regexp" -> fixed(text, spec, PatternSyntax.REGEXP);
      case "pcre" -> fixed(text, spec, PatternSyntax.PCRE);
      case "unionmap" -> new UnionTable(spec.toString(), fixedMembers(spec));
      case "pipemap" -> new PipeTable(spec.toString(), fixedMembers(spec));
      default -> open(text);
    };
  }

  private LookupTable fixed(String text, TableSpec spec, PatternSyntax syntax)
      throws ConfigException {
    String key = "fixed " + text;
    @Nullable LookupTable known = opened.get(key);
    if (known != null) {
      return known;
    }
    LookupTable table = rules(spec, bytes -> PatternTable.parseFixed(spec.name(), bytes, syntax));
    @Nullable LookupTable other = opened.putIfAbsent(key, table);
    return other == null ? table : other;
  }

  private List<LookupTable> fixedMembers(TableSpec spec) throws ConfigException {
    @Nullable String inner = TableSpec.braced(spec.name());
    List<LookupTable> fixed = new ArrayList<>();
    for (String each : inner == null ? List.<String>of() : TableSpec.split(inner)) {
      fixed.add(openFixed(each));
    }
    // Says what is wrong where there are none.
    return fixed.isEmpty() ? members(spec) : fixed;
  }

  /** The tables of a list, asked in turn; each as {@link #openFixed} has it. */
  public LookupTable fixedChain(List<String> specs) throws ConfigException {
    List<LookupTable> tables = new ArrayList<>();
    for (String spec : specs) {
      tables.add(openFixed(spec));
    }
    return new ChainedTable(String.join(" ", specs), tables);
  }

  /**
   * Looks whether files of open tables have changed, and reads those again.
   *
   * @return the names of the tables that have other content than at the last call of this method
   */
  public synchronized List<String> changed() {
    List<String> names = new ArrayList<>(0);
    for (LookupTable each : opened.values()) {
      if (each instanceof Reloading table) {
        int now = table.changes();
        Integer before = seen.put(table.name(), now);
        if (now != (before == null ? 0 : before)) {
          names.add(table.name());
        }
      }
    }
    return names;
  }

  /**
   * Opens one table for a command: what cannot be read is an error at once, in Postfix's words.
   *
   * @param kind how to read the source of a table of fixed strings
   * @param fold whether such tables fold the case of keys (postmap without -f)
   */
  public LookupTable openNow(String text, Kind kind, boolean fold) throws ConfigException {
    TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
    LookupTable table = isFixedStrings(spec) ? strings(spec, kind, fold) : make(spec, fold);
    @Nullable String fault = table instanceof Reloading file ? file.fault() : null;
    if (fault != null) {
      throw new ConfigException(fault);
    }
    return table;
  }

  /**
   * Every entry of a table.
   *
   * @throws ConfigException when it cannot be read or its type has no end
   */
  public Map<String, String> entries(String text, Kind kind, boolean fold) throws ConfigException {
    TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
    if (isFixedStrings(spec)) {
      try {
        return sourceFile(spec, kind, fold).entries(log);
      } catch (IOException e) {
        throw new ConfigException(String.valueOf(e.getMessage()), e);
      }
    }
    return switch (openNow(text, kind, fold)) {
      case InlineTable inline -> inline.entries().entries();
      case FailTable _ ->
          throw new ConfigException("table " + spec + ": sequence error: Application error");
      default ->
          throw new ConfigException("table " + spec + ": sequence operation is not supported");
    };
  }

  /** Whether the table is one of fixed strings: those have no empty key. */
  public static boolean isFixedStrings(TableSpec spec) {
    return COMPILED.containsKey(spec.type()) || spec.type().equals("texthash");
  }

  /** Whether tables of this type can be opened. */
  public static boolean isKnown(String type) {
    return COMPILED.containsKey(type) || OTHERS.contains(type);
  }

  /** The types that can be opened, sorted. */
  public static List<String> types() {
    return Stream.concat(COMPILED.keySet().stream(), OTHERS.stream()).sorted().toList();
  }

  /** A key as tables of fixed strings keep it. */
  public static String fold(String key) {
    return Keys.fold(key);
  }

  /**
   * Opens several tables to be asked in turn: the first answer counts, and a table that cannot
   * answer stops the search.
   *
   * @param specs for instance {@code config.list("canonical_maps")}; none gives an empty table
   */
  public LookupTable chain(List<String> specs) throws ConfigException {
    if (specs.size() == 1) {
      return open(specs.getFirst());
    }
    return new ChainedTable(String.join(" ", specs), openAll(specs));
  }

  /**
   * As {@link #chain}, for tables that may name commands, files or accounts: a type whose server
   * anybody could speak for is not asked.
   */
  public LookupTable chainTrusted(List<String> specs) throws ConfigException {
    List<LookupTable> tables = new ArrayList<>(specs.size());
    for (String spec : specs) {
      tables.add(isTrusted(spec) ? open(spec) : new RefusedTable(spec));
    }
    return tables.size() == 1
        ? tables.getFirst()
        : new ChainedTable(String.join(" ", specs), tables);
  }

  private boolean isTrusted(String text) {
    TableSpec spec = TableSpec.parse(text, config.text("default_database_type"));
    return switch (spec.type()) {
      case "tcp", "socketmap", "memcache" -> false;
      case "debug" -> isTrusted(spec.name());
      case "unionmap", "pipemap" -> {
        @Nullable String inner = TableSpec.braced(spec.name());
        yield inner == null || TableSpec.split(inner).stream().allMatch(this::isTrusted);
      }
      default -> true;
    };
  }

  /** Opens several tables, for who asks them in an order of its own. */
  public List<LookupTable> openAll(List<String> specs) throws ConfigException {
    List<LookupTable> tables = new ArrayList<>(specs.size());
    for (String spec : specs) {
      tables.add(open(spec));
    }
    return tables;
  }

  private LookupTable make(TableSpec spec, boolean fold) throws ConfigException {
    if (spec.name().isEmpty()) {
      throw new ConfigException(
          "open dictionary: expecting \"type:name\" form instead of \"" + spec + "\"");
    }
    return switch (spec.type()) {
      case "hash", "btree", "lmdb", "cdb", "texthash" ->
          strings(spec, aliasFiles.contains(spec.name()) ? Kind.ALIASES : Kind.MAP, true);
      case "regexp" ->
          rules(spec, bytes -> PatternTable.parse(spec.name(), bytes, PatternSyntax.REGEXP));
      case "pcre" ->
          rules(spec, bytes -> PatternTable.parse(spec.name(), bytes, PatternSyntax.PCRE));
      case "cidr" -> rules(spec, bytes -> CidrTable.parse(spec.name(), bytes));
      case "secret" -> secret(spec);
      case "inline" -> InlineTable.of(spec);
      case "static" -> StaticTable.of(spec);
      case "unix" -> new AccountTable(spec.toString(), fold, accountLines(spec));
      case "environ" -> new EnvironTable(spec.toString(), System.getenv(), fold);
      case "randmap" -> RandomTable.of(spec, bound -> ThreadLocalRandom.current().nextInt(bound));
      case "tcp" -> new TcpTable(spec, log);
      case "socketmap" -> new SocketmapTable(spec, log);
      case "memcache" -> described(spec, fold, MemcacheTable.PARAMETERS, MemcacheTable::new);
      case "ldap" -> described(spec, fold, LdapTable.PARAMETERS, LdapTable::new);
      case "sqlite" -> sql(spec, fold, SqlDialect.SQLITE);
      case "mysql" -> sql(spec, fold, SqlDialect.MYSQL);
      case "pgsql" -> sql(spec, fold, SqlDialect.PGSQL);
      case "debug" ->
          new DebugTable(
              fold
                  ? open(spec.name())
                  : make(TableSpec.parse(spec.name(), config.text("default_database_type")), false),
              log);
      case "fail" -> new FailTable(spec.toString());
      case "unionmap" -> new UnionTable(spec.toString(), members(spec));
      case "pipemap" -> new PipeTable(spec.toString(), members(spec));
      default -> throw unsupported(spec);
    };
  }

  private LookupTable sql(TableSpec spec, boolean fold, SqlDialect dialect) throws ConfigException {
    return described(
        spec,
        fold,
        SqlTable.parameters(dialect),
        (table, parameters) -> new SqlTable(table, parameters, dialect));
  }

  /** Makes a table of its parameters. */
  @FunctionalInterface
  private interface Maker {
    Content make(NetworkTable table, ParameterFile parameters) throws IOException, ConfigException;
  }

  /** A table that a file of parameters describes, or by its first form a part of main.cf. */
  private LookupTable described(TableSpec spec, boolean fold, Set<String> known, Maker maker)
      throws ConfigException {
    NetworkTable table = new NetworkTable(spec.toString(), fold, log, this::open, nanos);
    if (spec.name().startsWith("/") || spec.name().startsWith(".")) {
      Path path = Path.of(spec.name());
      return new Reloading(
          spec.toString(),
          List.of(path),
          () -> {
            ParameterFile parameters = ParameterFile.of(spec.name(), readRules(path));
            try {
              return new Loaded(
                  maker.make(table, parameters), List.of(), parameters.faults(spec.type(), known));
            } catch (ConfigException e) {
              throw new IOException(spec.name() + ": " + e.getMessage(), e);
            }
          },
          log,
          rights,
          nanos);
    }
    ParameterFile parameters = ParameterFile.of(config, spec.name());
    parameters.faults(spec.type(), known).forEach(fault -> log.warning("proxymap", fault));
    try {
      return new SettledTable(spec.toString(), maker.make(table, parameters));
    } catch (IOException e) {
      throw new ConfigException(String.valueOf(e.getMessage()), e);
    }
  }

  private static AccountTable.Lines accountLines(TableSpec spec) throws ConfigException {
    Accounts accounts = new Accounts();
    return switch (spec.name()) {
      case "passwd.byname" -> key -> accounts.find(key).map(Account::line);
      case "group.byname" -> accounts::group;
      default -> throw new ConfigException("unknown table: " + spec);
    };
  }

  private static ConfigException unsupported(TableSpec spec) {
    String known =
        NOT_YET.contains(spec.type())
            ? " (Postfix has this type, this version of Postrider does not)"
            : "";
    return new ConfigException("unsupported dictionary type: " + spec.type() + known);
  }

  private LookupTable strings(TableSpec spec, Kind kind, boolean fold) {
    SourceFile file = sourceFile(spec, kind, fold);
    return new Reloading(
        spec.toString(), file.files(), () -> rights.read(file::load), log, rights, nanos);
  }

  /** A table of rules: those in its name, or those of one file, read whole. */
  private LookupTable rules(TableSpec spec, Function<byte[], Loaded> parser)
      throws ConfigException {
    if (spec.name().startsWith("{")) {
      return RulesTable.of(spec, parser, log);
    }
    Path path = Path.of(spec.name());
    return new Reloading(
        spec.toString(),
        true,
        List.of(path),
        () -> parser.apply(readRules(path)),
        log,
        rights,
        nanos);
  }

  private LookupTable secret(TableSpec spec) {
    Path path = Path.of(spec.name());
    boolean utf8 = config.flag("smtputf8_enable");
    return new Reloading(
        spec.toString(),
        List.of(path),
        () -> SecretTable.parse(spec.name(), readRules(path), utf8),
        log,
        rights,
        nanos);
  }

  private byte[] readRules(Path path) throws IOException {
    try {
      return rights.read(() -> Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new IOException("open " + path + ": No such file or directory", e);
    } catch (AccessDeniedException e) {
      throw new IOException("open " + path + ": Permission denied", e);
    }
  }

  private SourceFile sourceFile(TableSpec spec, Kind kind, boolean fold) {
    return new SourceFile(
        Path.of(spec.name()), compiledFile(spec), kind, fold, config.flag("smtputf8_enable"));
  }

  private List<LookupTable> members(TableSpec spec) throws ConfigException {
    @Nullable String inner = TableSpec.braced(spec.name());
    List<String> specs = inner == null ? List.of() : TableSpec.split(inner);
    if (specs.isEmpty()) {
      throw new ConfigException(
          "bad syntax: \"" + spec + "\"; need \"" + spec.type() + ":{type:name...}\"");
    }
    for (String each : specs) {
      if (TableSpec.parse(each, "").type().equals("secret")) {
        // What it answers would be taken for a user and a password, or for a key.
        throw new ConfigException(
            "\"" + spec + "\": " + each + " cannot be a part of another table; list it by itself");
      }
    }
    return openAll(specs);
  }

  private static Set<String> aliasFiles(Config config) {
    Set<String> names = new HashSet<>();
    String type = config.text("default_database_type");
    for (String parameter : List.of("alias_maps", "alias_database")) {
      addFiles(names, TableSpec.split(config.text(parameter)), type);
    }
    return Set.copyOf(names);
  }

  private static void addFiles(Set<String> names, List<String> specs, String type) {
    for (String text : specs) {
      TableSpec spec = TableSpec.parse(text, type);
      @Nullable String inner = TableSpec.braced(spec.name());
      List<String> members = inner == null ? List.of() : TableSpec.split(inner);
      switch (spec.type()) {
        case "debug" -> addFiles(names, List.of(spec.name()), type);
        case "unionmap" -> addFiles(names, members, type);
        // What the others answer is a key.
        case "pipemap" -> addFiles(names, members.reversed().stream().limit(1).toList(), type);
        default -> names.add(spec.name());
      }
    }
  }
}
