package dev.postrider.smtp;

import dev.postrider.account.AccountName;
import dev.postrider.sasl.Credentials;

/** The login that a server gets, and the name under which its state is kept. Immutable. */
record Account(AccountName name, Credentials credentials) {}
