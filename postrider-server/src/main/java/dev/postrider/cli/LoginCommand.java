package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlAnswer;
import dev.postrider.control.ControlClient;
import dev.postrider.control.ControlOutput;
import dev.postrider.control.ControlRequest;
import dev.postrider.io.Printable;
import dev.postrider.io.ReadRights;
import dev.postrider.oauth.AccountState;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.IdentityProvider;
import dev.postrider.oauth.LoginOutcome;
import dev.postrider.oauth.LoginRequest;
import dev.postrider.oauth.PersonLogin;
import dev.postrider.oauth.TokenStore;
import dev.postrider.secret.SecretIndex;
import dev.postrider.secret.SecretSource;
import dev.postrider.secret.Secrets;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider login}: a person gives the mail system leave to log in without a password (OAuth
 * 2), with a browser here or anywhere; and what has become of that.
 */
public final class LoginCommand implements Command {
  private static final int FAILED = 1;
  private static final int EX_USAGE = 64;
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_CANTCREAT = 73;
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private static final String USAGE =
      """
      usage: postrider login [-c DIR] ACCOUNT [--device | --browser] [--provider NAME]
                       [--client-id ID] [--client-secret SOURCE] [--port PORT]
             postrider login [-c DIR] --list
             postrider login [-c DIR] --forget ACCOUNT

        ACCOUNT                 a name of your choice, mostly the address; logins use it as
                                oauth:ACCOUNT (postrider secret set)
        --device                show a code to type in at any browser (Microsoft)
        --browser               open a page whose answer comes back here, or is pasted
        --provider NAME         google, microsoft, microsoft:TENANT, yahoo, aol, fastmail
        --authorize-url URL --token-url URL --device-url URL --scope TEXT
                                another provider
        --client-id ID          as what registered program; kept for the next login
        --client-secret SOURCE  where that program's secret comes from: file:PATH, command:TEXT ...
        --port PORT             where the browser comes back to on 127.0.0.1 (for ssh -L)
        --list                  how each account is
        --forget                forget an account's tokens

      Exit code: 0 if all is well, 1 if there is no leave, or with --list if an account needs a
      login.
      """;

  private final InstantSource clock;

  /** With the clock of this machine. */
  public LoginCommand(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    if (call.arguments().stream().anyMatch(List.of("help", "--help", "-h")::contains)) {
      call.out().print(USAGE);
      return 0;
    }
    Invocation named = call.as("postrider login", call.arguments());
    try {
      LoginArguments arguments = LoginArguments.parse(call.arguments());
      Config config =
          Config.load(ConfigDirectory.of(call, arguments.value("-c")).toAbsolutePath().normalize());
      TokenStore store = new TokenStore(Path.of(config.text("data_directory")));
      if (arguments.has("--list")) {
        return list(named, store);
      }
      if (arguments.operands().size() != 1) {
        throw new IllegalArgumentException("name one account");
      }
      String account = arguments.operands().getFirst();
      if (account.isBlank()
          || account.chars().anyMatch(c -> Character.isWhitespace(c) || c < ' ')) {
        throw new IllegalArgumentException("an account has no white space in its name");
      }
      return arguments.has("--forget")
          ? forget(named, store, account)
          : login(named, config, store, account, arguments);
    } catch (IllegalArgumentException e) {
      call.err().println("postrider login: " + Printable.of(String.valueOf(e.getMessage())));
      call.err().println("(postrider login --help shows all options)");
      return EX_USAGE;
    } catch (AccessDeniedException e) {
      named.fatal(
          e.getMessage() + ": Permission denied (tokens are the mail system's: run it as root)");
      return EX_CANTCREAT;
    } catch (ConfigException | IOException e) {
      named.fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static int list(Invocation call, TokenStore store)
      throws IOException, InterruptedException {
    List<AccountState> states = AccountState.all(store);
    if (states.isEmpty()) {
      print(call, "nobody has logged in yet");
    }
    boolean fine = true;
    for (AccountState state : states) {
      fine &= state.problem().isEmpty();
      StringBuilder line = new StringBuilder(state.account()).append("  ");
      line.append(state.word()).append("  ").append(state.provider());
      state
          .accessUntil()
          .ifPresent(
              until -> line.append("  token until ").append(until.truncatedTo(ChronoUnit.SECONDS)));
      if (state.problem().isEmpty() && !state.renews()) {
        line.append(", not renewed after that");
      }
      print(call, line.toString());
      state
          .since()
          .ifPresent(since -> print(call, "    since " + since.truncatedTo(ChronoUnit.SECONDS)));
      state.problem().ifPresent(problem -> print(call, "    " + problem));
    }
    return fine ? 0 : FAILED;
  }

  private static int forget(Invocation call, TokenStore store, String account)
      throws IOException, InterruptedException {
    if (!store.remove(account)) {
      call.fatal("there is no account " + account);
      return FAILED;
    }
    print(
        call,
        "forgotten here: "
            + account
            + "; the provider still knows of it: take the leave back on its page of connected"
            + " applications");
    return 0;
  }

  private int login(
      Invocation call, Config config, TokenStore store, String account, LoginArguments arguments)
      throws IOException, ConfigException, InterruptedException {
    Optional<Grant> before = before(store, account);
    IdentityProvider provider = arguments.provider(account, before);
    if (arguments.has("--device") && arguments.has("--browser")) {
      throw new IllegalArgumentException("--device and --browser: choose one");
    }
    LoginRequest request = new LoginRequest(account, provider, arguments.client(provider, before));
    boolean device = arguments.byDevice(provider);
    int port = arguments.port();
    PersonLogin login =
        PersonLogin.of(
            store, Secrets.of(call.environment(), ReadRights.own()), clock, new TerminalTalk(call));
    return switch (device ? login.byDevice(request) : login.byBrowser(request, PATIENCE, port)) {
      case LoginOutcome.Failed(var reason) -> {
        call.fatal(reason);
        yield FAILED;
      }
      case LoginOutcome.LoggedIn(var grant) -> {
        loggedIn(call, config, grant);
        yield 0;
      }
    };
  }

  /** A damaged file is no obstacle to a new login. */
  private static Optional<Grant> before(TokenStore store, String account)
      throws InterruptedException {
    try {
      return store.load(account);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  private static void loggedIn(Invocation call, Config config, Grant grant) throws IOException {
    String account = grant.account();
    print(call, "logged in: " + account);
    if (grant.refresh().isEmpty()) {
      call.warning(
          grant.provider().name()
              + " gave no refresh token: a new login is needed when this token runs out");
    }
    SecretSource source = new SecretSource.OAuth(account);
    Path index = SecretPlaces.of(config, Optional.empty()).index();
    boolean used =
        SecretIndex.read(index).entries().stream()
            .anyMatch(entry -> entry.login().source().equals(source));
    if (!used) {
      print(call, "no login uses it yet:");
      print(
          call,
          "  postrider secret set '[smtp.provider.example]:587' "
              + account
              + " --source "
              + source.text());
    }
    flush(call, config);
  }

  /** What waited for this goes out. */
  private static void flush(Invocation call, Config config) {
    try {
      Path socket = ControlClient.socket(Path.of(config.text("queue_directory")));
      ControlAnswer answer =
          ControlClient.ask(socket, new ControlRequest.Flush(), ControlOutput.none());
      if (answer instanceof ControlAnswer.Done) {
        print(call, "what waits in the queue is tried now");
      }
    } catch (IOException _) {
      print(call, "the mail system does not run; what waits in the queue is tried when it does");
    }
  }

  private static void print(Invocation call, String line) {
    call.out().println(Printable.of(line));
    call.out().flush();
  }
}
