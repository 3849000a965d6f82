package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.account.AccountStates;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code postrider account}: lists the accounts that are not used because their provider refuses
 * them, and has one used again. Works with and without a daemon.
 */
public final class AccountCommand implements Command {
  private static final int EX_USAGE = 64;
  private static final int EX_UNAVAILABLE = 69;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final String USAGE =
      """
      usage: postrider account list [-c DIR]
             postrider account resume [-c DIR] NAME

        list      the accounts that are not used at present: why, since when, until when
        resume    use one again, and try its mail now; NAME is the login, "LOGIN at SERVER", or all

      Exit code: 0; 1 if no account of that name is stopped.
      """;

  private final InstantSource clock;
  private final ZoneId zone;

  /**
   * @param zone of the times shown
   */
  public AccountCommand(InstantSource clock, ZoneId zone) {
    this.clock = clock;
    this.zone = zone;
  }

  /** What the arguments ask for. */
  private record Asked(String what, Optional<String> directory, String name) {}

  @Override
  public int run(Invocation call) {
    Invocation named = call.as("postrider account", call.arguments());
    Asked asked;
    try {
      asked = parse(call.arguments());
    } catch (IllegalArgumentException e) {
      call.err().println("postrider account: " + Printable.of(String.valueOf(e.getMessage())));
      call.err().print(USAGE);
      return EX_USAGE;
    }
    if (asked.what().equals("help")) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, asked.directory()));
      return asked.what().equals("list")
          ? list(named, config)
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
      return new Asked("help", Optional.empty(), "");
    }
    if (!what.equals("list") && !what.equals("resume")) {
      throw new IllegalArgumentException(
          what.isEmpty() ? "say what: list or resume" : "\"" + what + "\": use list or resume");
    }
    Optional<String> directory = Optional.empty();
    List<String> names = new ArrayList<>();
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (word.equals("-c")) {
        if (rest.isEmpty()) {
          throw new IllegalArgumentException("-c needs a value");
        }
        directory = Optional.of(rest.removeFirst());
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
    return new Asked(what, directory, String.join(" ", names));
  }

  private int list(Invocation call, Config config) throws IOException {
    List<AccountState> found = ask(call, config, new ControlRequest.Accounts());
    if (found.isEmpty()) {
      call.out().println("No account is stopped.");
    }
    FailureRules rules = Rules.of(call, config);
    for (AccountState each : found) {
      print(call, each, rules);
    }
    return 0;
  }

  private void print(Invocation call, AccountState state, FailureRules rules) {
    say(
        call,
        "",
        state.name()
            + " "
            + state.kind().words()
            + " since "
            + time(state.since())
            + (state.refusals() == 0 ? "" : ", logins refused: " + state.refusals()));
    say(call, "  ", "next try " + time(state.until()) + ", by one message");
    say(call, "  ", "because: " + state.reason());
    rules
        .explain(state.reason(), new Facts("", "", state.name().login(), -1))
        .ifPresent(advice -> {
          say(call, "  ", "that is: " + advice.what() + " [" + advice.rule() + "]");
          say(call, "  ", advice.who().sentence() + ": " + advice.remedy());
        });
  }

  private static void say(Invocation call, String margin, String text) {
    call.out().println(margin + Printable.of(text));
  }

  private String time(java.time.Instant moment) {
    return TIME.format(moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
  }

  private int resume(Invocation call, Config config, String name) throws IOException {
    List<AccountState> found = ask(call, config, new ControlRequest.ResumeAccount(name));
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

  private List<AccountState> ask(Invocation call, Config config, ControlRequest request)
      throws IOException {
    List<AccountState> found = new ArrayList<>();
    Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
    try {
      ControlOutput output =
          new ControlOutput() {
            @Override
            public void entry(dev.postrider.control.QueueEntry entry) {
              // Nobody asked for messages.
            }

            @Override
            public void account(AccountState state) {
              found.add(state);
            }
          };
      if (ControlClient.ask(socket, request, output) instanceof ControlAnswer.Failed(String text)) {
        throw new IOException(text);
      }
      return found;
    } catch (SocketException | NoSuchFileException _) {
      return askFile(call, config, request);
    }
  }

  /** What the next start of the mail system will find. */
  private List<AccountState> askFile(Invocation call, Config config, ControlRequest request)
      throws IOException {
    Path directory = Path.of(config.text("data_directory"));
    Path file = directory.resolve("accounts");
    if (Files.exists(file) && !Files.isReadable(file)) {
      throw new IOException(file + ": permission denied: be root or " + config.text("mail_owner"));
    }
    AccountStates states = AccountStates.open(directory, clock, call::warning);
    return request instanceof ControlRequest.ResumeAccount(String login)
        ? states.resume(login, "")
        : states.stopped();
  }
}
