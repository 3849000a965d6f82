package dev.postrider.cli;

import dev.postrider.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a daemon is started.
 *
 * @param directory the configuration directory
 * @param foreground whether it stays with who started it, and says nothing when it listens
 * @param onDemand whether it leaves when there is nothing to do, though main.cf does not say so
 * @param test whether only to say if one runs
 * @param lifetime how long after its start it leaves; zero for never
 */
public record DaemonOptions(
    Path directory, boolean foreground, boolean onDemand, boolean test, Duration lifetime) {
  private static final Duration ON_DEMAND = Duration.ofSeconds(60);

  private static final String USAGE =
      "usage: postrider master [-c config_dir] [-Ddistvw] [-e seconds], or postrider daemon -c"
          + " config_dir [-e seconds] [--on-demand]";

  /** Not an option, or a value that none can have. */
  public static final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /** Reads the options of master(8) and of {@code daemon}, which have the same meaning in both. */
  public static DaemonOptions of(Invocation call) throws UsageException {
    List<String> arguments = new ArrayList<>(call.arguments());
    boolean onDemand = arguments.remove("--on-demand");
    Optional<String> directory = Optional.empty();
    boolean test = false;
    Duration lifetime = Duration.ZERO;
    Getopt options = new Getopt(arguments, "c:Dde:istvw");
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      switch (next.get().letter()) {
        case 'c' -> directory = Optional.of(next.get().value());
        case 'e' -> lifetime = seconds(next.get().value());
        case 't' -> test = true;
        case 'D', 'd', 'i', 's', 'v', 'w' -> {
          // How Postfix's master begins and logs: it is always in the foreground here, and its
          // standard output stays open.
        }
        default -> throw new UsageException(USAGE);
      }
    }
    if (!options.operands().isEmpty()) {
      throw new UsageException(USAGE);
    }
    return new DaemonOptions(
        ConfigDirectory.of(call, directory),
        call.name().equals("master"),
        onDemand,
        test,
        lifetime);
  }

  private static Duration seconds(String text) throws UsageException {
    if (!text.matches("[1-9][0-9]{0,8}")) {
      throw new UsageException("-e " + text + ": a number of seconds, at least 1");
    }
    return Duration.ofSeconds(Long.parseLong(text));
  }

  /** How long nothing may happen before it leaves; zero for any time. */
  public Duration idleLimit(Config config) {
    Duration limit = config.time("postrider_idle_exit");
    return limit.isZero() && onDemand ? ON_DEMAND : limit;
  }
}
