package dev.postrider.table;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds JDBC drivers, which do not come with Postrider: in {@code lib/drivers} of the installation,
 * else where Debian's packages put them. A driver's classes are loaded when the first table of its
 * kind connects, and stay: SQLite's native part cannot be loaded twice. Safe on any thread.
 */
final class JdbcDrivers {
  /**
   * What a database's driver is called.
   *
   * @param jars how the files' names begin, the preferred one first
   * @param classes of the drivers, in the same order
   * @param helpers how the names of files begin that a driver uses when they are there
   * @param install what to tell who has none
   */
  private record Kind(
      List<String> jars, List<String> classes, List<String> helpers, String install) {}

  private static final Map<SqlDialect, Kind> KINDS =
      Map.of(
          SqlDialect.SQLITE,
          new Kind(
              List.of("sqlite-jdbc"),
              List.of("org.sqlite.JDBC"),
              List.of("slf4j-api"),
              "libxerial-sqlite-jdbc-java"),
          SqlDialect.MYSQL,
          new Kind(
              List.of("mariadb-java-client", "mysql-connector-j"),
              List.of("org.mariadb.jdbc.Driver", "com.mysql.cj.jdbc.Driver"),
              List.of("jna", "slf4j-api"),
              "libmariadb-java"),
          SqlDialect.PGSQL,
          new Kind(
              List.of("postgresql"),
              List.of("org.postgresql.Driver"),
              List.of("ongres-", "scram-", "saslprep", "stringprep"),
              "libpostgresql-jdbc-java"));

  private static final Path DEBIAN = Path.of("/usr/share/java");
  private static final Map<SqlDialect, Driver> LOADED = new ConcurrentHashMap<>();

  private JdbcDrivers() {}

  /**
   * The driver.
   *
   * @throws IOException naming what to install, when there is none
   */
  static Driver of(SqlDialect dialect) throws IOException {
    @Nullable Driver known = LOADED.get(dialect);
    if (known != null) {
      return known;
    }
    synchronized (LOADED) {
      @Nullable Driver first = LOADED.get(dialect);
      if (first == null) {
        first = load(dialect);
        LOADED.put(dialect, first);
      }
      return first;
    }
  }

  private static List<Path> places() {
    @Nullable String home = System.getenv("POSTRIDER_HOME");
    return home == null
        ? List.of(DEBIAN)
        : List.of(Path.of(home).toAbsolutePath().normalize().resolve("lib/drivers"), DEBIAN);
  }

  private static Driver load(SqlDialect dialect) throws IOException {
    Kind kind = KINDS.get(dialect);
    for (Path place : places()) {
      for (int i = 0; kind != null && i < kind.jars().size(); i++) {
        List<Path> jars = jars(place, kind.jars().get(i));
        if (!jars.isEmpty()) {
          List<Path> all = new ArrayList<>(jars);
          for (String helper : kind.helpers()) {
            all.addAll(jars(place, helper));
          }
          return instance(all, kind.classes().get(i));
        }
      }
    }
    throw new IOException(
        "there is no JDBC driver for %s in %s: install Debian's package %s, or put the driver's jar into the first of them"
            .formatted(
                dialect.type(),
                String.join(" or ", places().stream().map(Path::toString).toList()),
                kind == null ? "" : kind.install()));
  }

  private static List<Path> jars(Path place, String beginning) throws IOException {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(place)) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(place, beginning + "*.jar")) {
        jars.forEach(found::add);
      }
    }
    return found;
  }

  /**
   * Debian's jar does not bring the native part of SQLite's driver: it lies among the libraries.
   */
  private static Optional<Path> debiansNativePart() throws IOException {
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(Path.of("/usr/lib"), path -> hasNativePart(path.resolve("jni")))) {
      for (Path path : found) {
        return Optional.of(path.resolve("jni"));
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return Optional.empty();
    }
    return hasNativePart(Path.of("/usr/lib/jni"))
        ? Optional.of(Path.of("/usr/lib/jni"))
        : Optional.empty();
  }

  private static boolean hasNativePart(Path directory) {
    return Files.isReadable(directory.resolve("libsqlitejdbc.so"));
  }

  private static Driver instance(List<Path> jars, String name) throws IOException {
    if (name.startsWith("org.sqlite.") && System.getProperty("org.sqlite.lib.path") == null) {
      debiansNativePart()
          .ifPresent(found -> System.setProperty("org.sqlite.lib.path", found.toString()));
    }
    try {
      URL[] urls = new URL[jars.size()];
      for (int i = 0; i < urls.length; i++) {
        urls[i] = jars.get(i).toRealPath().toUri().toURL();
      }
      // Never closed: the driver loads classes as long as it is used.
      ClassLoader loader = new URLClassLoader("jdbc", urls, JdbcDrivers.class.getClassLoader());
      return Class.forName(name, true, loader)
          .asSubclass(Driver.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (MalformedURLException e) {
      throw new IOException(jars + ": " + e.getMessage(), e);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IOException(jars.getFirst() + ": the driver cannot be loaded: " + e, e);
    }
  }
}
