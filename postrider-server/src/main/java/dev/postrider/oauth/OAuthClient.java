package dev.postrider.oauth;

import dev.postrider.secret.SecretSource;
import java.util.Optional;

/**
 * As what program a token is asked for: providers want each registered. Immutable.
 *
 * @param id which is no secret
 * @param secret where the secret comes from, for providers that give one to programs as well
 */
public record OAuthClient(String id, Optional<SecretSource.Stored> secret) {}
