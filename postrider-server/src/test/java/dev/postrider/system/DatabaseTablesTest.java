package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Octets;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Real databases and directories, asked by Debian's postmap and by ours: the same answers. Long,
 * because each server needs its settings, its data and its failures spelled out, and all of them
 * are asked the same hostile keys in the same ways.
 */
final class DatabaseTablesTest {
  /** Keys that would do harm if anything in them were taken for more than text. */
  private static final List<String> HOSTILE =
      List.of(
          "'",
          "\\",
          "\\'",
          "''",
          "' OR '1'='1",
          "x' UNION SELECT v FROM secret --",
          "\\' UNION SELECT v FROM secret -- ",
          "\" OR \"1\"=\"1",
          "`; DROP TABLE m; --",
          "a@example.com'; DELETE FROM m; --",
          "*",
          "*)(uid=*",
          "(",
          ")",
          "a@example.com)(|(uid=*",
          "alice@exam*",
          "%",
          "%s",
          "%d@%u",
          "_",
          "a_example.com",
          "$1",
          "{d '2020-01-01'}",
          "?",
          "a@example.com?",
          ",",
          "a+b@example.com",
          "<x>",
          "a@b@example.com",
          "@example.com",
          "a@",
          "#x",
          "/* */",
          "-- x",
          "tab\there",
          "x".repeat(3_000) + "@example.com");

  private static final List<String> PLAIN =
      List.of(
          "A@example.com",
          "a@example.com",
          "user",
          "o'brien@example.com",
          "back\\slash@example.com",
          "100%@example.com",
          "nobody@example.com",
          "many@example.com",
          "other@other.example");

  /** Backslashes as standard SQL has them; {@link #mysql} doubles them. */
  private static final String DATA =
      """
      CREATE TABLE m (k varchar(200) PRIMARY KEY, v varchar(300));
      INSERT INTO m VALUES ('a@example.com','x@example.net'),('user','plain'),
        ('o''brien@example.com','quote'),('back\\slash@example.com','a\\b'),
        ('100%@example.com','pct'),('other@other.example','elsewhere'),
        ('@example.com','catchall');
      CREATE TABLE wide (k varchar(200), v varchar(300));
      INSERT INTO wide VALUES ('é@example.com','ünder');
      CREATE TABLE multi (k varchar(200), v varchar(300), w varchar(300));
      INSERT INTO multi VALUES ('a@example.com','one','eins'),('a@example.com','two',NULL),
        ('a@example.com','','vier'),('many@example.com','1','2'),('many@example.com','3','4');
      CREATE TABLE secret (v varchar(100));
      INSERT INTO secret VALUES ('leak');
      """;

  private PrivateServers servers;
  private final List<String> logged = new ArrayList<>();

  @BeforeEach
  void prepare() throws Exception {
    servers = new PrivateServers();
    old(Files.writeString(servers.directory.resolve("main.cf"), "compatibility_level = 3.6\n"));
  }

  @AfterEach
  void end() throws Exception {
    servers.close();
  }

  /** Debian's waits until a file that it reads was not changed for some seconds. */
  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - 10_000));
  }

  private LookupTable ours(String spec) throws Exception {
    return new Tables(
            Config.of(servers.directory, Map.of()),
            (severity, process, text) -> logged.add(severity + " " + text))
        .open(spec);
  }

  private String write(String type, String name, String text) throws IOException {
    return type + ":" + old(Files.writeString(servers.directory.resolve(name + ".cf"), text));
  }

  /** What Debian's postmap says to each key: the value, "" for none, or that it failed. */
  private List<String> theirs(String spec, List<String> keys) throws Exception {
    String type = spec.substring(0, spec.indexOf(':'));
    assumeTrue(
        type.equals("memcache")
            || Files.exists(Path.of("/usr/lib/postfix/postfix-" + type + ".so")),
        "Debian's postfix-" + type + " is not installed");
    List<String> answers = new ArrayList<>();
    if (postmap("-", String.join("\n", keys) + "\n", spec)) {
      List<String> lines = new ArrayList<>(out().lines().toList());
      for (String key : keys) {
        boolean found = !lines.isEmpty() && lines.getFirst().startsWith(key + "\t");
        answers.add(found ? lines.removeFirst().substring(key.length() + 1) : "");
      }
      assertThat(lines).isEmpty();
      return answers;
    }
    // The first failure ends it, so each key needs a call of its own.
    for (String key : keys) {
      answers.add(postmap(key, "", spec) ? out().replaceFirst("\n$", "") : "failed");
    }
    return answers;
  }

  /** Whether it came to its end. */
  private boolean postmap(String key, String in, String spec) throws Exception {
    Path err = servers.directory.resolve("err");
    Process process =
        new ProcessBuilder("/usr/sbin/postmap", "-c", "" + servers.directory, "-q", key, spec)
            .redirectInput(Files.writeString(servers.directory.resolve("in"), in).toFile())
            .redirectOutput(servers.directory.resolve("out").toFile())
            .redirectError(err.toFile())
            .start();
    int code = process.waitFor();
    return code == 0 || !Octets.decode(Files.readAllBytes(err)).contains("fatal:");
  }

  private String out() throws IOException {
    return Octets.decode(Files.readAllBytes(servers.directory.resolve("out")));
  }

  private List<String> mine(String spec, List<String> keys) throws Exception {
    LookupTable table = ours(spec);
    List<String> answers = new ArrayList<>();
    for (String key : keys) {
      answers.add(
          switch (table.lookup(key)) {
            case Lookup.Found(String value) -> value;
            case Lookup.NotFound() -> "";
            case Lookup.Unavailable(_) -> "failed";
          });
    }
    return answers;
  }

  private void same(String spec) throws Exception {
    List<String> keys = new ArrayList<>(PLAIN);
    keys.addAll(HOSTILE);
    List<String> mine = mine(spec, keys);
    assertThat(mine).as(spec).isEqualTo(theirs(spec, keys)).doesNotContain("leak");
    assertThat(mine).as("something is found").anyMatch(one -> !one.isEmpty());
  }

  /** The same questions to each kind of database. */
  private void sameForEachQuery(String type, String server) throws Exception {
    List<String> queries =
        List.of(
            "query = SELECT v FROM m WHERE k='%s'\n",
            "query = SELECT v FROM m WHERE k='%u@%d'\nresult_format = %s,%u:%S\n",
            "query = SELECT v, w FROM multi WHERE k='%s' ORDER BY v, w\n",
            "query = SELECT v FROM multi WHERE k='%s' ORDER BY v\nexpansion_limit = 1\n",
            "query = SELECT v FROM m WHERE k = '%s' AND '%2' = 'example' AND '%1' = 'com'\n",
            "query = SELECT v FROM m WHERE k='%s'\ndomain = example.com\nresult_format = %%%s%%\n",
            "query = SELECT v FROM m WHERE k LIKE '%%%d' ORDER BY k\nresult_format = [%s]\n",
            "table = m\nselect_field = v\nwhere_field = k\nadditional_conditions = AND 1=1\n",
            "query = SELECT nonsense FROM nowhere WHERE k='%s'\n");
    for (int i = 0; i < queries.size() - 1; i++) {
      same(write(type, "t" + i, server + queries.get(i)));
    }
    String broken = write(type, "broken", server + queries.getLast());
    assertThat(ours(broken).lookup("a@example.com"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer ->
                assertThat(answer.reason())
                    .startsWith("table " + broken + ": ")
                    .contains("query failed: ")
                    .contains("nowhere"));
    unquoted(type, server);
  }

  /** A query without quotes is harmless too, which Postfix's is not. */
  private void unquoted(String type, String server) throws Exception {
    String spec = write(type, "unquoted", server + "query = SELECT v FROM m WHERE k = %s\n");
    assertThat(
            mine(spec, List.of("a@example.com", "o'brien@example.com", "back\\slash@example.com")))
        .containsExactly("x@example.net", "quote", "a\\b");
    assertThat(mine(spec, HOSTILE)).allMatch(one -> one.isEmpty() || one.equals("catchall"));
    // Debian's says LATIN1 to PostgreSQL, so that there is nothing to compare with.
    String wide = write(type, "wide", server + "query = SELECT v FROM wide WHERE k = '%s'\n");
    assertThat(mine(wide, List.of("É@example.com", "\udcff@example.com")))
        .containsExactly("ünder", "");
  }

  /** The built image has what the driver needs of Java. */
  private void inTheImage(String spec, String key, String value) throws Exception {
    Path postmap =
        Path.of(System.getProperty("postrider.root", ".."))
            .toAbsolutePath()
            .resolve("target/postrider/bin/postmap");
    assumeTrue(Files.isExecutable(postmap), "the image is not built: run ./postrider build");
    Process process =
        new ProcessBuilder("" + postmap, "-c", "" + servers.directory, "-q", key, spec)
            .redirectErrorStream(true)
            .redirectOutput(servers.directory.resolve("out").toFile())
            .start();
    process.waitFor();
    assertThat(out()).isEqualTo(value + "\n");
  }

  private void manyAtOnce(String spec) throws Exception {
    inTheImage(spec, "a@example.com", "x@example.net");
    LookupTable table = ours(spec);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Lookup>> answers = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        answers.add(threads.submit(() -> table.lookup("a@example.com")));
      }
      for (Future<Lookup> answer : answers) {
        assertThat(answer.get()).isEqualTo(new Lookup.Found("x@example.net"));
      }
    }
  }

  private static void needDriver(String jar, String debianPackage) {
    assumeTrue(
        Files.exists(Path.of("/usr/share/java/" + jar)),
        "Debian's package " + debianPackage + " is not installed");
  }

  @Test
  void sqliteAnswersAsForPostfix() throws Exception {
    needDriver("sqlite-jdbc.jar", "libxerial-sqlite-jdbc-java");
    PrivateServers.need("/usr/bin/sqlite3", "sqlite3");
    Path file = servers.directory.resolve("mail.sqlite");
    Process process =
        new ProcessBuilder("/usr/bin/sqlite3", file.toString())
            .redirectInput(Files.writeString(servers.directory.resolve("sql"), DATA).toFile())
            .start();
    assertThat(process.waitFor()).isZero();

    String server = "dbpath = " + file + "\n";
    sameForEachQuery("sqlite", server);
    manyAtOnce(write("sqlite", "many", server + "query = SELECT v FROM m WHERE k='%s'\n"));
    String none =
        write("sqlite", "none", "dbpath = " + file + "x\nquery = SELECT v FROM m WHERE k='%s'\n");
    assertThat(ours(none).lookup("a"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer ->
                assertThat(answer.reason())
                    .startsWith("table " + none + ": connect to " + file + "x: "));
    assertThat(Path.of(file + "x")).doesNotExist();
  }

  @Test
  void postgresqlAnswersAsForPostfix() throws Exception {
    needDriver("postgresql.jar", "libpostgresql-jdbc-java");
    PrivateServers.need("/usr/lib/postgresql", "postgresql");
    int port = servers.postgres(DATA);
    String login = "user = prt\npassword = secret\ndbname = postgres\n";
    String server = "hosts = 127.0.0.1:" + port + "\n" + login;

    sameForEachQuery("pgsql", server);
    String query = "query = SELECT v FROM m WHERE k='%s'\n";
    same(write("pgsql", "unix", "hosts = unix:" + servers.directory + "\n" + login + query));
    same(
        write(
            "pgsql",
            "uri",
            "hosts = postgresql://prt:secret@127.0.0.1:" + port + "/postgres\n" + login + query));
    // Here Debian's hands out the secret, so it is no measure.
    String escaped = write("pgsql", "escaped", server + "query = SELECT v FROM m WHERE k=E'%s'\n");
    assertThat(mine(escaped, PLAIN)).contains("quote", "a\\b");
    assertThat(mine(escaped, HOSTILE))
        .as("only what is no attack is found")
        .allMatch(one -> one.isEmpty() || one.equals("catchall"));
    manyAtOnce(write("pgsql", "many", server + query));
    failing("pgsql", server.replace("secret", "wrong") + query, port);
    whileAway(write("pgsql", "away", server + query));
  }

  @Test
  void mariadbAnswersAsForPostfix() throws Exception {
    needDriver("mariadb-java-client.jar", "libmariadb-java");
    PrivateServers.need("/usr/sbin/mariadbd", "mariadb-server");
    int port =
        servers.mariadb(
            "CREATE DATABASE mail CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE mail;\n"
                + DATA.replace("\\", "\\\\")
                + "CREATE USER prt@'%' IDENTIFIED BY 'secret'; GRANT ALL ON mail.* TO prt@'%';\n"
                + "CREATE PROCEDURE mail.p(x varchar(4000)) SELECT v FROM m WHERE k=x;\n");
    String login = "user = prt\npassword = secret\ndbname = mail\n";
    String server = "hosts = inet:127.0.0.1:" + port + "\n" + login;

    sameForEachQuery("mysql", server);
    String query = "query = SELECT v FROM m WHERE k='%s'\n";
    same(write("mysql", "call", server + "query = CALL p('%s')\n"));
    same(write("mysql", "double", server + "query = SELECT v FROM m WHERE k=\"%s\"\n"));
    needDriver("jna.jar", "libjna-java");
    String socket = servers.directory.resolve("my.sock").toString();
    same(write("mysql", "unix", "hosts = unix:" + socket + "\n" + login + query));
    Path options =
        Files.writeString(
            servers.directory.resolve("my.cnf"),
            "[client]\nuser = prt\npassword = \"secret\"\nsocket = " + socket + "\n");
    String optional = "option_file = " + options + "\ndbname = mail\n" + query;
    same(write("mysql", "options", optional + "password = secret\n"));
    assertThat(mine(write("mysql", "all", optional), List.of("a@example.com")))
        .as("Debian's does not take the password from there")
        .containsExactly("x@example.net");
    manyAtOnce(write("mysql", "many", server + query));
    failing("mysql", server.replace("secret", "wrong") + query, port);
    whileAway(write("mysql", "away", server + query));
  }

  /** A wrong password is not shown, and another server is asked where there is one. */
  private void failing(String type, String parameters, int port) throws Exception {
    String wrong = write(type, "wrong", parameters);
    Lookup answer = ours(wrong).lookup("a@example.com");
    assertThat(answer)
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            failure ->
                assertThat(failure.reason())
                    .startsWith("table " + wrong + ": connect to ")
                    .contains(":" + port + ": ")
                    .doesNotContain("wrong\n")
                    .doesNotContain("password = "));
    int dead = Instance.freePort();
    String both =
        write(
            type,
            "both",
            parameters
                .replace("wrong", "secret")
                .replace(":" + port, ":" + dead + ", 127.0.0.1:" + port));
    LookupTable table = ours(both);
    for (int i = 0; i < 5; i++) {
      assertThat(table.lookup("a@example.com")).isEqualTo(new Lookup.Found("x@example.net"));
    }
    String none = write(type, "none", parameters.replace(":" + port, ":" + dead));
    assertThat(ours(none).lookup("a@example.com"))
        .isEqualTo(
            new Lookup.Unavailable(
                "table %s: connect to %s127.0.0.1:%d: Connection refused"
                    .formatted(none, parameters.contains("inet:") ? "inet:" : "", dead)));
  }

  /** Mail waits while the server is away. */
  private void whileAway(String spec) throws Exception {
    LookupTable table = ours(spec);
    assertThat(table.lookup("a@example.com")).isEqualTo(new Lookup.Found("x@example.net"));
    servers.endLast();
    assertThat(table.lookup("a@example.com")).isInstanceOf(Lookup.Unavailable.class);
  }

  private static final String ENTRIES =
      """
      dn: dc=example,dc=com
      objectClass: domain
      dc: example

      dn: uid=alice,dc=example,dc=com
      objectClass: inetOrgPerson
      uid: alice
      cn: Alice
      sn: A
      mail: a@example.com
      mail: al@example.com
      description: one
      description: two

      dn: uid=star,dc=example,dc=com
      objectClass: inetOrgPerson
      uid: star
      cn: Star
      sn: S
      mail: *
      mail: (
      mail: a+b@example.com
      description: starred

      dn: uid=o'brien,dc=example,dc=com
      objectClass: inetOrgPerson
      uid: o'brien
      cn: user
      sn: O
      mail: o'brien@example.com
      description: three

      dn: cn=list,dc=example,dc=com
      objectClass: groupOfURLs
      cn: list
      description: of a list
      memberURL: ldap:///dc=example,dc=com??sub?(uid=alice)

      dn: cn=nested,dc=example,dc=com
      objectClass: groupOfNames
      cn: nested
      description: of a group
      member: cn=list,dc=example,dc=com
      member: uid=star,dc=example,dc=com
      member: uid=gone,dc=example,dc=com

      dn: cn=loop,dc=example,dc=com
      objectClass: groupOfNames
      cn: loop
      member: cn=loop,dc=example,dc=com
      """;

  private String slapdConf() {
    return """
    include /etc/ldap/schema/core.schema
    include /etc/ldap/schema/cosine.schema
    include /etc/ldap/schema/inetorgperson.schema
    include /etc/ldap/schema/dyngroup.schema
    modulepath /usr/lib/ldap
    moduleload back_mdb
    pidfile %1$s/slapd.pid
    TLSCertificateFile %1$s/cert.pem
    TLSCertificateKeyFile %1$s/key.pem
    database mdb
    maxsize 10485760
    suffix "dc=example,dc=com"
    rootdn "cn=admin,dc=example,dc=com"
    rootpw secret
    directory %1$s/ldap
    """
        .formatted(servers.directory);
  }

  @Test
  void openldapAnswersAsForPostfix() throws Exception {
    PrivateServers.need("/usr/sbin/slapd", "slapd");
    PrivateServers.need("/usr/bin/ldapsearch", "ldap-utils");
    servers.certificate();
    int port = servers.slapd(slapdConf(), ENTRIES);
    String host = "server_host = ldap://127.0.0.1:" + port + "\nversion = 3\n";
    String server = host + "bind = no\nsearch_base = dc=example,dc=com\n";
    String mail = "query_filter = (mail=%s)\nresult_attribute = description\n";

    same(write("ldap", "plain", server + mail));
    inTheImage(write("ldap", "plain", server + mail), "a@example.com", "one,two");
    same(
        write(
            "ldap",
            "parts",
            server + "query_filter = (&(uid=%u)(mail=*))\nresult_attribute = mail\n"));
    same(write("ldap", "format", server + mail + "result_format = <%s>\ndomain = example.com\n"));
    same(write("ldap", "limit", server + mail + "expansion_limit = 1\n"));
    same(
        write(
            "ldap",
            "base",
            host
                + "bind = no\nsearch_base = uid=%u,dc=example,dc=com\nscope = base\n"
                + "query_filter = (objectClass=*)\nresult_attribute = mail\n"));
    String login = host + "bind_dn = cn=admin,dc=example,dc=com\nsearch_base = dc=example,dc=com\n";
    same(write("ldap", "bound", login + "bind_pw = secret\n" + mail));
    same(write("ldap", "tls", login + "bind_pw = secret\nstart_tls = yes\n" + mail));
    same(
        write(
            "ldap",
            "socket",
            server.replaceFirst(
                    "server_host = .*",
                    "server_host = ldapi://"
                        + servers.directory.resolve("ldapi").toString().replace("/", "%2F"))
                + mail));
    groups(server);

    String wrong = write("ldap", "wrong", login + "bind_pw = incorrect\n" + mail);
    assertThat(ours(wrong).lookup("a@example.com"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer ->
                assertThat(answer.reason())
                    .startsWith("table " + wrong + ": connect to ldap://127.0.0.1:" + port + ": ")
                    .contains("Invalid Credentials")
                    .doesNotContain("incorrect"));
    String untrusted =
        write(
            "ldap",
            "untrusted",
            login + "bind_pw = secret\nstart_tls = yes\ntls_require_cert = yes\n" + mail);
    assertThat(ours(untrusted).lookup("a@example.com")).isInstanceOf(Lookup.Unavailable.class);
    String trusted =
        write(
            "ldap",
            "trusted",
            login.replace("127.0.0.1", "localhost")
                + "bind_pw = secret\nstart_tls = yes\ntls_require_cert = yes\ntls_ca_cert_file = "
                + servers.directory.resolve("cert.pem")
                + "\n"
                + mail);
    assertThat(ours(trusted).lookup("a@example.com")).isEqualTo(new Lookup.Found("one,two"));
    int dead = Instance.freePort();
    String both =
        write(
            "ldap",
            "both",
            ("server_host = 127.0.0.1:" + dead + " 127.0.0.1:" + port)
                + server.replaceFirst("server_host = .*", "")
                + mail);
    assertThat(ours(both).lookup("a@example.com")).isEqualTo(new Lookup.Found("one,two"));
    String noBase = write("ldap", "nobase", server.replace("dc=com", "dc=org") + mail);
    assertThat(mine(noBase, List.of("a")))
        .isEqualTo(theirs(noBase, List.of("a")))
        .containsExactly("failed");

    LookupTable table = ours(write("ldap", "away", server + mail));
    assertThat(table.lookup("a@example.com")).isEqualTo(new Lookup.Found("one,two"));
    servers.endLast();
    assertThat(table.lookup("a@example.com"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer -> assertThat(answer.reason()).contains("ldap://127.0.0.1:" + port));
  }

  private void groups(String server) throws Exception {
    String special = "query_filter = (cn=%s)\nspecial_result_attribute = member, memberURL\n";
    List<String> keys = List.of("list", "nested", "loop", "Alice", "nix");
    List<String> variants =
        List.of(
            "result_attribute = mail\n",
            "result_attribute = mail\nrecursion_limit = 2\n",
            "result_attribute = mail\nleaf_result_attribute = description\n",
            "result_attribute = mail\nterminal_result_attribute = description\n",
            "result_attribute = uid\nsize_limit = 1\n");
    for (int i = 0; i < variants.size(); i++) {
      String spec =
          write("ldap", "group" + i, server + special + "recursion_limit = 5\n" + variants.get(i));
      // The JDK does not keep the order of an entry's attributes.
      assertThat(mine(spec, keys).stream().map(DatabaseTablesTest::sorted))
          .as(spec + " " + logged)
          .containsExactlyElementsOf(
              theirs(spec, keys).stream().map(DatabaseTablesTest::sorted).toList());
    }
  }

  private static List<String> sorted(String list) {
    return List.of(list.split(",")).stream().sorted().toList();
  }

  @Test
  void memcachedIsFilledFromTheTableBehindIt() throws Exception {
    PrivateServers.need("/usr/bin/memcached", "memcached");
    Path socket = servers.memcached();
    String server = "memcache = unix:" + socket + "\nkey_format = t:%s\n";
    String alone = write("memcache", "alone", server);
    assertThat(mine(alone, List.of("a@example.com"))).containsExactly("");

    String backed = write("memcache", "backed", server + "backup = inline:{a@example.com=x}\n");
    assertThat(mine(backed, List.of("A@example.com", "b"))).containsExactly("x", "");
    assertThat(mine(alone, List.of("a@example.com"))).containsExactly("x");
    List<String> keys = new ArrayList<>(HOSTILE);
    keys.removeLast();
    keys.add("a@example.com");
    assertThat(mine(alone, keys)).isEqualTo(theirs(alone, keys));
    servers.endLast();
    assertThat(mine(alone, List.of("a"))).containsExactly("failed");
  }
}
