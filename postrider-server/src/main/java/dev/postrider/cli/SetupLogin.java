package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.ReadRights;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.IdentityProvider;
import dev.postrider.oauth.LoginOutcome;
import dev.postrider.oauth.LoginRequest;
import dev.postrider.oauth.PersonLogin;
import dev.postrider.oauth.TokenStore;
import dev.postrider.provider.Provider;
import dev.postrider.secret.Secrets;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * The login in the browser as a part of a setup: what {@code postrider login} does, but its tokens
 * are kept when the rest is written. For one call.
 */
final class SetupLogin {
  private static final Duration PATIENCE = Duration.ofMinutes(15);

  private final Invocation call;
  private final Config config;
  private final SetupArguments arguments;
  private final SetupDialog dialog;
  private final InstantSource clock;

  SetupLogin(
      Invocation call,
      Config config,
      SetupArguments arguments,
      SetupDialog dialog,
      InstantSource clock) {
    this.call = call;
    this.config = config;
    this.arguments = arguments;
    this.dialog = dialog;
    this.clock = clock;
  }

  /** Has the person give leave. Standard input is used up by it: whatever is asked comes before. */
  Grant run(Provider mail, String login)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    try {
      return leave(request(mail, login));
    } catch (IllegalArgumentException e) {
      // An option is missing or wrong, which nobody could know before.
      throw SetupRefusal.noPermission("nothing was written: " + e.getMessage());
    }
  }

  /**
   * What the person is asked leave for, and how.
   *
   * @param its options
   */
  private record Wanted(LoginArguments its, LoginRequest request) {}

  private Wanted request(Provider mail, String login)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    Optional<Grant> before = before(login);
    LoginArguments its = arguments.forLogin(login, identity(mail).filter(_ -> before.isEmpty()));
    IdentityProvider provider = its.provider(login, before);
    if (dialog.isPossible() && !its.knowsClient(provider, before)) {
      dialog.say(
          "The login needs the client id of a program that is registered at "
              + provider.name()
              + (provider.registration().isEmpty() ? "." : ": " + provider.registration()));
      its = its.withClient(dialog.ask("Client id", "", "--client-id"));
    }
    return new Wanted(its, new LoginRequest(login, provider, its.client(provider, before)));
  }

  private Grant leave(Wanted wanted) throws IOException, InterruptedException, SetupRefusal {
    LoginArguments its = wanted.its();
    LoginRequest request = wanted.request();
    try (SetupPlace place = SetupPlace.create()) {
      PersonLogin person =
          PersonLogin.of(
              new TokenStore(place.directory()),
              Secrets.of(call.environment(), ReadRights.own()),
              clock,
              new TerminalTalk(call));
      LoginOutcome outcome =
          its.byDevice(request.provider())
              ? person.byDevice(request)
              : person.byBrowser(request, PATIENCE, its.port());
      return switch (outcome) {
        case LoginOutcome.Failed(var reason) ->
            throw SetupRefusal.noPermission("nothing was written: " + reason);
        case LoginOutcome.LoggedIn(var grant) -> {
          dialog.step("leave was given for " + request.account());
          if (grant.refresh().isEmpty()) {
            dialog.say(
                "Note: "
                    + request.provider().name()
                    + " gave no refresh token: a new login is needed when this token runs out");
          }
          yield grant;
        }
      };
    }
  }

  /** What is kept of an earlier login; a damaged file is no obstacle to a new one. */
  private Optional<Grant> before(String login) throws InterruptedException {
    try {
      return new TokenStore(Path.of(config.text("data_directory"))).load(login);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /** Who gives the tokens of a mail provider, by its name for {@code postrider login}. */
  private static Optional<String> identity(Provider mail) {
    return switch (mail.id()) {
      case "gmail", "google-workspace" -> Optional.of("google");
      case "outlook" -> Optional.of("microsoft:consumers");
      case "microsoft365" -> Optional.of("microsoft");
      case "fastmail", "yahoo", "aol" -> Optional.of(mail.id());
      default -> Optional.empty();
    };
  }
}
