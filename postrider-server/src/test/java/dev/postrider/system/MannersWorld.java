package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.CommandOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A fresh machine in a network where the large providers' host names lead to pretend ones, with
 * their ports and with certificates that the machine trusts: namespaces and copies of /etc, /var
 * and /root that go away with it. Closing it ends all that runs in it.
 */
final class MannersWorld implements AutoCloseable {
  private static final String PRELUDE =
      """
      set -eu
      mount --make-rprivate /
      ip link set lo up
      for last in 1 11 12 13 14 15 20; do ip address add 192.0.2.$last/32 dev lo; done
      EXTRA
      OVERLAYS
      hostname nas.home.test
      printf '127.0.0.1 localhost\\n192.0.2.1 nas.home.test nas\\nHOSTS' >/etc/hosts
      rm -f /etc/resolv.conf
      printf 'nameserver 127.0.0.1\\noptions attempts:1 timeout:2\\n' >/etc/resolv.conf
      cd $D
      key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
      openssl req -x509 $key -keyout ca.key -out ca.pem -days 2 -subj '/CN=Pretend Authority' 2>/dev/null
      openssl req $key -keyout key.pem -out csr.pem -subj '/CN=pretend' 2>/dev/null
      printf 'subjectAltName=ALTERNATIVES\\n' >ext
      openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem 2>/dev/null
      cat ca.pem >>/etc/ssl/certs/ca-certificates.crt
      cp IMAGE/runtime/lib/security/cacerts cacerts
      JAVAHOME/bin/keytool -importcert -noprompt -alias pretend -file ca.pem -keystore cacerts -storepass changeit 2>/dev/null
      mount --bind cacerts IMAGE/runtime/lib/security/cacerts
      rm -rf /etc/postfix /etc/aliases.db /var/spool/postrider /var/lib/postrider /var/mail/*
      echo 'postmaster: root' >/etc/aliases
      JAVAHOME/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$CP" \\
        dev.postrider.system.MannersServer $D >$D/server 2>&1 &
      until grep -q ready $D/server; do kill -0 $! || { cat $D/server; exit 1; }; sleep 0.02; done
      echo ready
      exec sleep infinity
      """;

  final Path directory;
  private final Process holder;
  private final Shell shell;

  /** A person at a terminal. */
  static final Path TYPIST =
      CommandOptions.ROOT.resolve("postrider-server/src/test/peers/typist.py").toAbsolutePath();

  private MannersWorld(Path directory, Process holder) {
    this.directory = directory;
    this.holder = holder;
    this.shell =
        new Shell(
            Path.of("/"),
            Map.of(
                "PATH",
                Instance.IMAGE.resolve("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME",
                "/root",
                "TERM",
                "dumb",
                "LC_ALL",
                "C.UTF-8"));
  }

  static MannersWorld create() throws IOException, InterruptedException {
    return create("", "");
  }

  /**
   * With more than usual.
   *
   * @param extra commands that prepare the network
   * @param zone what the DNS has, a master file
   */
  static MannersWorld create(String extra, String zone) throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can make a machine of namespaces");
    assumeTrue(
        Files.isExecutable(Instance.IMAGE.resolve("bin/postrider")),
        "the image is not built: run ./postrider build");
    for (String program : List.of("unshare", "nsenter", "openssl", "python3")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), program + " is not installed");
    }
    Path directory = Files.createTempDirectory("prworld");
    Files.setAttribute(directory, "unix:mode", 0755);
    Files.writeString(directory.resolve("zone"), zone);
    Path script = Files.writeString(directory.resolve("world.sh"), prelude(extra));
    ProcessBuilder builder =
        new ProcessBuilder(
                "unshare", "-mnupf", "--kill-child", "--mount-proc", "sh", script.toString())
            .redirectErrorStream(true);
    builder.environment().put("D", directory.toString());
    builder.environment().put("CP", System.getProperty("java.class.path"));
    Process holder = builder.start();
    List<String> said = new ArrayList<>();
    for (String line = holder.inputReader().readLine();
        !"ready".equals(line);
        line = holder.inputReader().readLine()) {
      if (line == null) {
        throw new IOException("no world: " + said);
      }
      said.add(line);
    }
    return new MannersWorld(directory, holder);
  }

  private static String prelude(String extra) {
    String pages = "login.microsoftonline.com accounts.google.com oauth2.googleapis.com";
    String hosts =
        Stream.of(Manners.values())
                .map(each -> each.address() + " " + each.host() + "\\n")
                .collect(Collectors.joining())
            + "192.0.2.20 "
            + pages
            + "\\n";
    String alternatives =
        Stream.concat(Stream.of(Manners.values()).map(Manners::host), Stream.of(pages.split(" ")))
            .map(name -> "DNS:" + name)
            .collect(Collectors.joining(","));
    return PRELUDE
        .replace("OVERLAYS", overlays("etc var root"))
        .replace("EXTRA", extra)
        .replace("HOSTS", hosts)
        .replace("ALTERNATIVES", alternatives)
        .replace("JAVAHOME", System.getProperty("java.home"))
        .replace("IMAGE", Instance.IMAGE.toString());
  }

  /** Commands by which a namespace writes to copies of directories, under {@code $D}. */
  static String overlays(String names) {
    return """
    for name in NAMES; do
      mkdir -p $D/upper/$name $D/work/$name
      mount -t overlay overlay \\
        -o lowerdir=/$name,upperdir=$D/upper/$name,workdir=$D/work/$name /$name
    done
    """
        .replace("NAMES", names);
  }

  private List<String> inside(String... command) {
    long init = holder.children().findFirst().orElseThrow().pid();
    List<String> all =
        new ArrayList<>(List.of("nsenter", "-t", Long.toString(init), "-m", "-n", "-u", "-p"));
    all.addAll(List.of(command));
    return all;
  }

  /** Runs a script in it, whose standard input is no terminal. */
  Shell.Result run(String input, String script) throws IOException, InterruptedException {
    return shell.run(input, inside("sh", "-c", script));
  }

  /** What a person saw. */
  record Session(int code, String screen, int answers) {}

  /**
   * Has a person run a command at a terminal.
   *
   * @param dialog as typist.py reads it
   */
  Session type(String command, String dialog) throws IOException, InterruptedException {
    Path script = Files.writeString(directory.resolve("dialog"), dialog);
    Shell.Result result =
        shell.run(
            "",
            inside("python3", TYPIST.toString(), script.toString(), "sh", "-c", "exec " + command));
    long answers = dialog.lines().filter(line -> line.startsWith("types ")).count();
    return new Session(
        result.code(), result.out().replace("\r\n", "\n") + result.err(), Math.toIntExact(answers));
  }

  /** The text of one of its files, below /etc, /var or /root; empty if it is not there. */
  String file(String path) throws IOException, InterruptedException {
    return run("", "cat " + path + " 2>/dev/null || true").out();
  }

  /** What a provider has taken, in order, each with a line of its envelope. */
  List<String> received(Manners provider) throws IOException {
    return texts("received-" + provider + "-");
  }

  /** The logins that were tried at a provider: mechanism, and whether it was right. */
  List<String> logins(Manners provider) throws IOException {
    return texts("logins-" + provider).stream().flatMap(String::lines).toList();
  }

  /** Its files that begin so. */
  List<String> texts(String prefix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<String> texts = new ArrayList<>();
      for (Path file :
          files
              .filter(each -> each.getFileName().toString().startsWith(prefix))
              .sorted()
              .toList()) {
        texts.add(Files.readString(file, StandardCharsets.UTF_8));
      }
      return texts;
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = holder.descendants().toList();
    holder.destroyForcibly().onExit().join();
    // The kernel ends them with the first process of their namespace; they write until then.
    all.forEach(each -> each.onExit().join());
    Instance.delete(directory);
  }
}
