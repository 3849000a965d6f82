package dev.postrider.secret;

import dev.postrider.io.ReadRights;
import dev.postrider.secret.SecretSource.Stored;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches secrets from their sources. A file is read each time, so that a change counts at once;
 * what a program says is kept for a minute, and asked for by one thread at a time. Safe on any
 * thread.
 */
public final class Secrets {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();

  /** A queue full of mail does not run a broken command a thousand times. */
  private static final long REFUSAL_KEPT_NANOS = Duration.ofSeconds(5).toNanos();

  private static final Path ENCRYPTED = Path.of("/etc/credstore.encrypted");

  private record Kept(SecretAnswer answer, long until) {}

  /** One source of a program's; who holds its lock asks. */
  private static final class Slot {
    final ReentrantLock asking = new ReentrantLock();
    volatile @Nullable Kept kept;
  }

  private final SecretPrograms programs;
  private final Map<String, String> environment;
  private final ReadRights rights;
  private final LongSupplier nanos;
  private final Map<Stored, Slot> slots = new ConcurrentHashMap<>();

  private Secrets(
      SecretPrograms programs,
      Map<String, String> environment,
      ReadRights rights,
      LongSupplier nanos) {
    this.programs = programs;
    this.environment = Map.copyOf(environment);
    this.rights = rights;
    this.nanos = nanos;
  }

  /**
   * With a process's environment.
   *
   * @param rights reads files that only root may read
   */
  public static Secrets of(Map<String, String> environment, ReadRights rights) {
    return new Secrets(
        new SecretPrograms(environment, List.of(), PATIENCE),
        environment,
        rights,
        System::nanoTime);
  }

  /** The same for root, whose programs run as the mail system, as the daemon's do. */
  public Secrets runningAs(long uid, long gid) {
    List<String> identity =
        List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--");
    return new Secrets(
        new SecretPrograms(environment, identity, PATIENCE), environment, rights, nanos);
  }

  /** For tests: another patience and clock. */
  static Secrets of(Map<String, String> environment, Duration patience, LongSupplier nanos) {
    return new Secrets(
        new SecretPrograms(environment, List.of(), patience), environment, ReadRights.own(), nanos);
  }

  /** Fetches one; may wait for a program, half a minute at most. */
  public SecretAnswer fetch(Stored source) {
    return switch (source) {
      case SecretSource.File(var path) -> SecretFiles.read(path, rights);
      case SecretSource.Environment(var name) -> variable(name);
      case SecretSource.Systemd(var name) -> credential(source, name);
      case SecretSource.Command(var command) -> kept(source, List.of("sh", "-c", command));
      case SecretSource.Keychain(var service, var account) -> {
        List<String> line =
            new ArrayList<>(List.of("security", "find-generic-password", "-s", service));
        if (!account.isEmpty()) {
          line.addAll(List.of("-a", account));
        }
        line.add("-w");
        yield kept(source, line);
      }
      case SecretSource.Service(var attributes) -> {
        List<String> line = new ArrayList<>(List.of("secret-tool", "lookup"));
        line.addAll(attributes);
        yield kept(source, line);
      }
    };
  }

  /** Somebody has refused what this source gave: it is asked again next time. */
  public void forget(Stored source) {
    slots.remove(source);
  }

  private SecretAnswer variable(String name) {
    String value = environment.getOrDefault(name, "");
    return value.isEmpty()
        ? new SecretAnswer.Unavailable(
            "env:" + name + ": the environment of this process has no such variable")
        : new SecretAnswer.Found(Secret.of(value));
  }

  private SecretAnswer credential(Stored source, String name) {
    String directory = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
    if (!name.startsWith("/")) {
      if (!directory.isEmpty() && Files.exists(Path.of(directory, name))) {
        return SecretFiles.readGiven(Path.of(directory, name), rights);
      }
      if (!Files.exists(ENCRYPTED.resolve(name))) {
        return new SecretAnswer.Unavailable(
            "systemd:"
                + name
                + ": systemd has given this process no such credential: add"
                + " LoadCredentialEncrypted="
                + name
                + " to the service (systemctl edit), or write the path of the encrypted file");
      }
    }
    Path file = ENCRYPTED.resolve(name);
    Path named = file.getFileName();
    return kept(
        source, List.of("systemd-creds", "decrypt", "--name=" + named, file.toString(), "-"));
  }

  private SecretAnswer kept(Stored source, List<String> command) {
    Slot slot = slots.computeIfAbsent(source, _ -> new Slot());
    slot.asking.lock();
    try {
      @Nullable Kept kept = slot.kept;
      if (kept != null && nanos.getAsLong() - kept.until < 0) {
        return kept.answer;
      }
      SecretAnswer answer = run(source, command);
      long time = answer instanceof SecretAnswer.Found ? KEPT_NANOS : REFUSAL_KEPT_NANOS;
      slot.kept = new Kept(answer, nanos.getAsLong() + time);
      return answer;
    } finally {
      slot.asking.unlock();
    }
  }

  private SecretAnswer run(Stored source, List<String> command) {
    try {
      return switch (programs.run(command, new byte[0])) {
        case SecretPrograms.End.Done(var line) ->
            line.<SecretAnswer>map(SecretAnswer.Found::new)
                .orElseGet(() ->
                    new SecretAnswer.Unavailable(
                        source.label() + ": the first line it prints is empty"));
        case SecretPrograms.End.Failed(var why) ->
            new SecretAnswer.Unavailable(source.label() + ": " + why);
      };
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return new SecretAnswer.Unavailable(source.label() + ": interrupted, as the daemon stops");
    }
  }
}
