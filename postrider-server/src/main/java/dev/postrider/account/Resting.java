package dev.postrider.account;

import java.time.Duration;

/**
 * Why an account is not to be used now. Immutable.
 *
 * @param state of the account
 * @param pause how long mail that asked waits at most: until one message may try, for the first
 *     that asks; a day for the others, who are woken when the account works again
 */
public record Resting(AccountState state, Duration pause) {}
