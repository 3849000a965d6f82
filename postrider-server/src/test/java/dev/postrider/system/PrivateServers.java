package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Database and directory servers of Debian's packages, started on loopback in a directory of their
 * own as a user without rights. Closing it ends them and removes the directory.
 */
final class PrivateServers implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  final Path directory;
  private final List<Process> running = new ArrayList<>();

  PrivateServers() throws IOException, InterruptedException {
    directory = Files.createTempDirectory("prdb");
    Files.setAttribute(directory, "unix:mode", 0755);
    if (Instance.isRoot()) {
      run("chown", "nobody:nogroup", directory.toString());
    }
  }

  static void need(String program, String debianPackage) {
    assumeTrue(
        Files.isExecutable(Path.of(program)),
        "Debian's package " + debianPackage + " is not installed: no " + program);
  }

  /** PostgreSQL with user prt, password secret; its socket is in the directory too. */
  int postgres(String statements) throws IOException, InterruptedException {
    Path bin;
    try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
      bin = versions.sorted(Collections.reverseOrder()).findFirst().orElseThrow().resolve("bin");
    }
    int port = Instance.freePort();
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    asNobody(
        bin.resolve("initdb").toString(),
        "-D",
        directory.resolve("pg").toString(),
        "-A",
        "scram-sha-256",
        "-U",
        "prt",
        "--pwfile=" + password,
        "-N",
        "--no-locale",
        "-E",
        "UTF8");
    start(
        bin.resolve("postgres").toString(),
        "-D",
        directory.resolve("pg").toString(),
        "-p",
        "" + port,
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=" + directory,
        "-c",
        "fsync=off");
    Path sql = Files.writeString(directory.resolve("pg.sql"), statements);
    await(
        "env",
        "PGPASSWORD=secret",
        bin.resolve("psql").toString(),
        "-h",
        "127.0.0.1",
        "-p",
        "" + port,
        "-U",
        "prt",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        sql.toString(),
        "postgres");
    // Where a client looks that is told the directory only.
    Files.createSymbolicLink(directory.resolve(".s.PGSQL.5432"), Path.of(".s.PGSQL." + port));
    return port;
  }

  /** MariaDB with user prt, password secret, and the socket my.sock. */
  int mariadb(String statements) throws IOException, InterruptedException {
    int port = Instance.freePort();
    Path data = directory.resolve("my");
    asNobody(
        "/usr/bin/mariadb-install-db",
        "--no-defaults",
        "--datadir=" + data,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
        "--skip-name-resolve");
    Path socket = directory.resolve("my.sock");
    start(
        "/usr/sbin/mariadbd",
        "--no-defaults",
        "--datadir=" + data,
        "--socket=" + socket,
        "--port=" + port,
        "--bind-address=127.0.0.1",
        "--innodb-buffer-pool-size=8M",
        "--innodb-flush-log-at-trx-commit=0");
    Path sql = Files.writeString(directory.resolve("my.sql"), statements);
    await(
        "/usr/bin/mariadb",
        "--no-defaults",
        "-S",
        socket.toString(),
        "-u",
        "root",
        "-e",
        "source " + sql);
    return port;
  }

  /** OpenLDAP with the entries; its socket is ldapi. */
  int slapd(String configuration, String entries) throws IOException, InterruptedException {
    int port = Instance.freePort();
    Path conf = Files.writeString(directory.resolve("slapd.conf"), configuration);
    Path ldif = Files.writeString(directory.resolve("entries.ldif"), entries);
    asNobody("mkdir", directory.resolve("ldap").toString());
    asNobody("/usr/sbin/slapadd", "-f", conf.toString(), "-l", ldif.toString());
    start(
        "/usr/sbin/slapd",
        "-d",
        "0",
        "-f",
        conf.toString(),
        "-h",
        "ldap://127.0.0.1:%d ldapi://%s"
            .formatted(port, directory.resolve("ldapi").toString().replace("/", "%2F")));
    await("/usr/bin/ldapsearch", "-x", "-H", "ldap://127.0.0.1:" + port, "-b", "", "-s", "base");
    return port;
  }

  /** Memcached on a socket. */
  Path memcached() throws IOException, InterruptedException {
    Path socket = directory.resolve("memcached");
    start("/usr/bin/memcached", "-s", socket.toString(), "-a", "0777", "-m", "8");
    await("test", "-S", socket.toString());
    return socket;
  }

  private List<String> nobodys(String... command) {
    List<String> whole = new ArrayList<>();
    if (Instance.isRoot()) {
      whole.addAll(List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"));
    }
    whole.addAll(List.of(command));
    return whole;
  }

  private void start(String... command) throws IOException {
    running.add(
        new ProcessBuilder(nobodys(command))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start());
  }

  private void asNobody(String... command) throws IOException, InterruptedException {
    run(nobodys(command).toArray(String[]::new));
  }

  private void run(String... command) throws IOException, InterruptedException {
    assertThat(exitCode(command)).as(log()).isZero();
  }

  private int exitCode(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
        .start()
        .waitFor();
  }

  /** Repeats a command until the server that it needs is there. */
  private void await(String... command) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (exitCode(command) != 0) {
      assertThat(System.nanoTime()).as(log()).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
    }
  }

  private String log() throws IOException {
    return Files.exists(directory.resolve("log")) ? Files.readString(directory.resolve("log")) : "";
  }

  /** A certificate for localhost, cert.pem and key.pem. */
  void certificate() throws IOException, InterruptedException {
    need("/usr/bin/openssl", "openssl");
    asNobody(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "30",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-out",
        "cert.pem",
        "-keyout",
        "key.pem");
  }

  /** Ends one of them, the last that was started. */
  void endLast() throws IOException, InterruptedException {
    Process last = running.removeLast();
    interrupt(last);
    end(last);
  }

  /** At this signal PostgreSQL does not wait for its clients to leave. */
  private void interrupt(Process process) throws IOException, InterruptedException {
    run("kill", "-INT", "" + process.pid());
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      var _ = process.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Process process : running) {
      interrupt(process);
    }
    for (Process process : running) {
      end(process);
    }
    Instance.delete(directory);
  }
}
