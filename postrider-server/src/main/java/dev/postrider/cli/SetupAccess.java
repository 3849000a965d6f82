package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import dev.postrider.provider.CredentialKind;
import dev.postrider.provider.Provider;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an account is opened with: chosen, said, and got. For one call. */
final class SetupAccess {
  private final SetupArguments arguments;
  private final SetupDialog dialog;
  private final SetupLogin browser;
  private final Provider provider;

  SetupAccess(SetupArguments arguments, SetupDialog dialog, SetupLogin browser, Provider provider) {
    this.arguments = arguments;
    this.dialog = dialog;
    this.browser = browser;
    this.provider = provider;
  }

  /** Gets it, the first time. */
  SetupCredential get(String login)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    if (arguments.source().isPresent()) {
      return new SetupCredential.Kept(SecretSource.parse(arguments.source().get()));
    }
    if (wantsBrowser()) {
      return byBrowser(login);
    }
    typed().stream().map(this::described).forEach(dialog::say);
    return byTyping("");
  }

  private boolean wantsBrowser() throws IOException, SetupRefusal {
    if (arguments.oauth() || typed().isEmpty()) {
      return true;
    }
    if (!takesBrowser() || !dialog.isPossible()) {
      return false;
    }
    List<String> choices = new ArrayList<>();
    for (CredentialKind each : provider.credentials()) {
      choices.add(each.kind().words());
    }
    int choice = dialog.choose(provider.name() + " takes", choices, "--oauth or --source");
    return provider.credentials().get(choice).kind() == CredentialKind.Kind.OAUTH;
  }

  /** Whether a login in the browser will do. */
  boolean takesBrowser() {
    return typed().size() < provider.credentials().size();
  }

  /** What can be typed in, the best first; empty if nothing can. */
  private List<CredentialKind> typed() {
    return provider.credentials().stream()
        .filter(each -> each.kind() != CredentialKind.Kind.OAUTH)
        .toList();
  }

  private String described(CredentialKind kind) {
    return provider.name() + " wants " + kind.kind().words() + place(kind);
  }

  private static String place(CredentialKind kind) {
    return (kind.page().isEmpty() ? "" : ": " + kind.page())
        + (kind.hint().isEmpty() ? "" : " " + kind.hint());
  }

  /** What to look at when it is refused, in brackets; empty if nothing is known. */
  String advice() {
    return typed().stream()
        .findFirst()
        .filter(kind -> !kind.page().isEmpty())
        .map(kind -> " (it wants " + kind.kind().words() + ": " + kind.page() + ")")
        .orElse("");
  }

  /**
   * Has the secret typed in.
   *
   * @param again in front of the question, when it is asked once more
   */
  SetupCredential byTyping(String again) throws SetupRefusal {
    Optional<CredentialKind.Kind> kind = typed().stream().findFirst().map(CredentialKind::kind);
    String word =
        switch (kind.orElse(CredentialKind.Kind.PASSWORD)) {
          case APP_PASSWORD -> "App password";
          case KEY -> "Key";
          case PASSWORD, OAUTH -> "Password";
        };
    Secret given = dialog.secret(word + again + " (it is not shown): ");
    // Shown in groups, to be typed more easily; the spaces are not part of it.
    return new SetupCredential.Typed(
        kind.filter(CredentialKind.Kind.PASSWORD::equals).isPresent()
            ? given
            : Secret.of(given.text().replaceAll("[\\s\\u00a0]", "")));
  }

  SetupCredential byBrowser(String login)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    dialog.say(provider.name() + " is opened by a login in the browser (OAuth).");
    return new SetupCredential.LoggedIn(browser.run(provider, login));
  }
}
