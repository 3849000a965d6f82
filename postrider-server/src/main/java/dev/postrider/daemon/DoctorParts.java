package dev.postrider.daemon;

import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.ServiceEntry;
import dev.postrider.dns.DnsJavaRecords;
import dev.postrider.dns.DnsJavaResolver;
import dev.postrider.dns.HostLookup;
import dev.postrider.doctor.AccountsCheck;
import dev.postrider.doctor.Check;
import dev.postrider.doctor.DaemonState;
import dev.postrider.doctor.HurriedResolver;
import dev.postrider.doctor.ProcPortOwners;
import dev.postrider.doctor.ProviderCheck;
import dev.postrider.doctor.QueueSource;
import dev.postrider.doctor.Room;
import dev.postrider.doctor.Subject;
import dev.postrider.doctor.Surroundings;
import dev.postrider.doctor.TcpConnector;
import dev.postrider.doctor.UsualChecks;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Accounts;
import dev.postrider.io.Programs;
import dev.postrider.oauth.TokenStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Hands the machine to those who look for what is wrong. Functions only. */
final class DoctorParts {
  private static final Path ROOT = Path.of("/");
  private static final Duration QUESTION = Duration.ofSeconds(6);

  private DoctorParts() {}

  /** All checks. */
  static List<Check> of(Subject subject, DaemonState daemon, QueueSource queue) throws IOException {
    Path home =
        Path.of(System.getenv().getOrDefault("POSTRIDER_HOME", ".")).toAbsolutePath().normalize();
    Accounts accounts = new Accounts();
    List<Check> checks = new ArrayList<>();
    checks.addAll(
        UsualChecks.of(
            subject,
            new Surroundings(
                ROOT,
                home,
                built(home),
                InstantSource.system(),
                new HurriedResolver(
                    new DnsJavaResolver(
                        HostLookup.parse(subject.config().list("smtp_host_lookup"))),
                    QUESTION),
                new DnsJavaRecords(),
                new TcpConnector(),
                new ProcPortOwners(ROOT.resolve("proc")),
                DoctorParts::measure,
                name -> accounts.find(name).isPresent(),
                addresses(),
                commandLines(),
                listeners(subject),
                daemon,
                queue,
                rules(subject)),
            (warnings, errors) -> ConfigProblems.check(subject.config(), warnings, errors)));
    AccountsCheck.Source kept = new KeptAccounts(subject.config());
    checks.add(new AccountsCheck(subject, kept, rules(subject)));
    checks.add(new ProviderCheck(subject, new ProviderTrial(subject), kept, rules(subject)));
    return checks;
  }

  private static FailureRules rules(Subject subject) {
    try {
      return FailureRules.of(subject.config());
    } catch (ConfigException _) {
      // ConfigProblems says the same, as a finding.
      return FailureRules.shipped();
    }
  }

  /** From the files of the daemon; empty where the caller may not read them. */
  private record KeptAccounts(Config config) implements AccountsCheck.Source {
    private Path data() {
      return Path.of(config.text("data_directory"));
    }

    @Override
    public List<AccountState> stopped() throws IOException {
      List<String> faults = new ArrayList<>();
      List<AccountState> found =
          AccountStates.look(data(), InstantSource.system(), faults::add).stopped();
      if (!faults.isEmpty()) {
        throw new AccessDeniedException(faults.getFirst());
      }
      return found;
    }

    @Override
    public List<dev.postrider.oauth.AccountState> tokens()
        throws IOException, InterruptedException {
      return dev.postrider.oauth.AccountState.all(new TokenStore(data()));
    }
  }

  private static Instant built(Path home) throws IOException {
    Path program = home.resolve("lib/postrider-server.jar");
    return Files.exists(program) ? Files.getLastModifiedTime(program).toInstant() : Instant.EPOCH;
  }

  private static List<InetAddress> addresses() {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    } catch (SocketException _) {
      // A machine without any interface, not even loopback: others tell what comes of that.
      return List.of();
    }
  }

  private static List<String> commandLines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path file = Path.of("/proc/" + process.pid() + "/cmdline");
      try {
        lines.add(Files.readString(file, StandardCharsets.ISO_8859_1).replace('\0', ' '));
      } catch (IOException _) {
        // Not Linux, or it has ended.
        lines.add(process.info().command().orElse(""));
      }
    }
    return lines;
  }

  /** One address for each service that greets; of a service that cannot be read others tell. */
  private static Map<String, List<InetSocketAddress>> listeners(Subject subject) {
    Map<String, List<InetSocketAddress>> found = new LinkedHashMap<>();
    try {
      Assembly.listeners(subject.config(), subject.master().enabled(subject.config()))
          .forEach((ServiceEntry service, List<InetSocketAddress> addresses) -> {
            boolean wrapped =
                service.overrides().getOrDefault("smtpd_tls_wrappermode", "no").equals("yes");
            if (!wrapped && !addresses.isEmpty()) {
              found.put(service.name(), addresses);
            }
          });
    } catch (ConfigException _) {
      // ConfigProblems says the same, as a finding.
      return Map.of();
    }
    return found;
  }

  /**
   * What is free for a directory, or for the nearest one above that exists.
   *
   * @throws IOException naming it
   */
  static Room measure(Path directory) throws IOException, InterruptedException {
    Path existing = directory;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    FileStore store = Files.getFileStore(existing);
    return new Room(store.getUsableSpace(), store.getTotalSpace(), freeFiles(existing));
  }

  /** By df(1), since Java has no word for it; -1 where it cannot be told. */
  private static long freeFiles(Path directory) throws InterruptedException {
    try {
      Process process =
          Programs.start(
              new ProcessBuilder("df", "-Pi", directory.toString())
                  .redirectError(ProcessBuilder.Redirect.DISCARD));
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String[] lines = output.strip().split("\n", -1);
      String[] columns = lines[lines.length - 1].split("\\s+", -1);
      if (process.waitFor() != 0 || columns.length < 6 || columns[1].equals("0")) {
        return -1;
      }
      return Long.parseLong(columns[3]);
    } catch (IOException | NumberFormatException _) {
      // No df here, or one that speaks otherwise.
      return -1;
    }
  }
}
