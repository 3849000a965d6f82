package dev.postrider.cli;

import dev.postrider.oauth.Grant;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretSource;
import java.nio.file.Path;

/** What an account is to be opened with. */
sealed interface SetupCredential {
  /** Kept where it is already. */
  record Kept(SecretSource source) implements SetupCredential {}

  /** Given by the person just now, and kept nowhere yet. */
  record Typed(Secret secret) implements SetupCredential {}

  /** The person gave leave just now. */
  record LoggedIn(Grant grant) implements SetupCredential {}

  /**
   * Where it comes from once it is kept.
   *
   * @param file of a secret that has no place yet
   */
  default SecretSource source(Path file) {
    return switch (this) {
      case Kept(var source) -> source;
      case Typed _ -> new SecretSource.File(file);
      case LoggedIn(var grant) -> new SecretSource.OAuth(grant.account());
    };
  }
}
