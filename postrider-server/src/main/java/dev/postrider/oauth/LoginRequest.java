package dev.postrider.oauth;

import dev.postrider.secret.Secret;
import java.util.Optional;

/**
 * What a person is asked leave for. Immutable.
 *
 * @param account the name the grant is kept under, mostly an address
 */
public record LoginRequest(String account, IdentityProvider provider, OAuthClient client) {
  Grant granted(Grant.Access access, Optional<Secret> refresh) {
    return new Grant(account, provider, client, refresh, Optional.of(access), Optional.empty());
  }
}
