package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlRequest;
import dev.postrider.io.Printable;
import java.io.IOException;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider account}: lists the accounts, and has one used again that its provider refused.
 * Works with and without a daemon.
 */
public final class AccountCommand implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final String USAGE =
      """
      usage: postrider account list [-c DIR] [--json]
             postrider account resume [-c DIR] NAME

        list      all accounts: what mail goes by them, how much they sent, whether they are used,
                  what waits for them and how long that will take
        resume    use one again, and try its mail now; NAME is the login, "LOGIN at SERVER", or all

      Exit code: 0; 1 if no account of that name is stopped.
      """;

  private final QueueReader reader;
  private final InstantSource clock;
  private final ZoneId zone;

  /**
   * @param zone of the times shown
   */
  public AccountCommand(QueueReader reader, InstantSource clock, ZoneId zone) {
    this.reader = reader;
    this.clock = clock;
    this.zone = zone;
  }

  /** What the arguments ask for. */
  private record Asked(String what, Optional<String> directory, boolean json, String name) {}

  @Override
  public int run(Invocation call) throws InterruptedException {
    Invocation named = call.as("postrider account", call.arguments());
    Asked asked;
    try {
      asked = parse(call.arguments());
    } catch (IllegalArgumentException e) {
      return call.as("postrider account", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    }
    if (asked.what().equals("help")) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, asked.directory()));
      return asked.what().equals("list")
          ? new AccountListing(reader, clock, zone).run(named, config, asked.json())
          : resume(named, config, asked.name());
    } catch (ConfigException | IOException e) {
      named.fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static Asked parse(List<String> arguments) {
    List<String> rest = new ArrayList<>(arguments);
    String what = rest.isEmpty() ? "" : rest.removeFirst();
    if (List.of("help", "--help", "-h").contains(what)) {
      return new Asked("help", Optional.empty(), false, "");
    }
    if (!what.equals("list") && !what.equals("resume")) {
      throw new IllegalArgumentException(
          what.isEmpty() ? "say what: list or resume" : "\"" + what + "\": use list or resume");
    }
    Optional<String> directory = Optional.empty();
    List<String> names = new ArrayList<>();
    boolean json = false;
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (word.equals("-c")) {
        if (rest.isEmpty()) {
          throw new IllegalArgumentException("-c needs a value");
        }
        directory = Optional.of(rest.removeFirst());
      } else if (word.equals("--json") && what.equals("list")) {
        json = true;
      } else if (word.startsWith("-")) {
        throw new IllegalArgumentException(word + ": there is no such option");
      } else {
        names.add(word);
      }
    }
    if (what.equals("list") && !names.isEmpty()) {
      throw new IllegalArgumentException("list takes no name");
    }
    if (what.equals("resume") && names.isEmpty()) {
      throw new IllegalArgumentException("name the account, or say all");
    }
    return new Asked(what, directory, json, String.join(" ", names));
  }

  private static void say(Invocation call, String margin, String text) {
    call.out().println(margin + Printable.of(text));
  }

  private int resume(Invocation call, Config config, String name) throws IOException {
    List<AccountState> found =
        new StoppedAccounts(config, clock, call::warning)
            .ask(new ControlRequest.ResumeAccount(name));
    for (AccountState each : found) {
      say(call, "", each.name() + " is used again");
    }
    if (found.isEmpty() && !name.equals("all")) {
      call.err()
          .println(
              "postrider account: no account "
                  + Printable.of(name)
                  + " is stopped: see \"postrider account list\"");
      return 1;
    }
    return 0;
  }
}
