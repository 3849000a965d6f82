package dev.postrider.setup;

import dev.postrider.provider.Provider;
import dev.postrider.provider.SubmissionServer;

/**
 * An account that mail is to go out by. Immutable; holds no secret.
 *
 * @param address of its owner, complete
 * @param provider who has it
 * @param server that was chosen of the provider's
 * @param login the name to log in with
 */
public record Account(String address, Provider provider, SubmissionServer server, String login) {}
