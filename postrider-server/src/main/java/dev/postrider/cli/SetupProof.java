package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.failure.Advice;
import dev.postrider.provider.Provider;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.setup.Account;
import dev.postrider.smtp.LoginOutcome;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Tries an account at its servers until one takes it, and asks again for a password that is
 * refused: a few times only, as providers lock accounts. For one call.
 */
final class SetupProof {
  /** Fewer than any provider is known to lock an account after. */
  private static final int TRIES = 3;

  /** Of a failure that no other password mends. */
  private static final String NO_PASSWORDS = "microsoft-basic-auth-off";

  /**
   * An account that works.
   *
   * @param credential what opened it
   */
  record Proven(Account account, SetupCredential credential) {}

  private final Config config;
  private final SetupDialog dialog;
  private final SetupTrial trial;
  private final SetupAccess access;

  SetupProof(Config config, SetupDialog dialog, SetupTrial trial, SetupAccess access) {
    this.config = config;
    this.dialog = dialog;
    this.trial = trial;
    this.access = access;
  }

  /** One server's answer. */
  private record Answer(SubmissionServer server, Account account, SetupTrial.Proof proof) {}

  /**
   * Proves it.
   *
   * @param wanted whose server is the first to try
   */
  Proven prove(Account wanted, List<SubmissionServer> servers)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    SetupCredential credential = access.get(wanted.login());
    List<SubmissionServer> left = servers;
    for (int tries = 1; ; tries++) {
      Answer answer = ask(wanted, left, credential);
      if (answer.proof.outcome() == LoginOutcome.WORKS) {
        return new Proven(answer.account, answer.proof.credential());
      }
      if (answer.proof.outcome() != LoginOutcome.REFUSED) {
        throw refusal(answer);
      }
      // The one that answers; the others would be as silent as before.
      left = List.of(answer.server);
      credential = another(answer, credential, tries);
    }
  }

  private Answer ask(Account wanted, List<SubmissionServer> servers, SetupCredential credential)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    for (SubmissionServer server : servers) {
      Account account = new Account(wanted.address(), wanted.provider(), server, wanted.login());
      SetupTrial.Proof proof = trial.run(config, account, credential);
      if (proof.outcome() != LoginOutcome.UNREACHABLE) {
        return new Answer(server, account, proof);
      }
      dialog.step("the next server, if there is one");
    }
    throw SetupRefusal.unavailable(
        "nothing was written: no server of "
            + wanted.provider().name()
            + " can be reached; a network may block the ports 465 and 587 (others: 2525, 443)");
  }

  /** Something else than what was refused. */
  private SetupCredential another(Answer answer, SetupCredential refused, int tries)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    Optional<Advice> advice = answer.proof.advice();
    boolean typed = refused instanceof SetupCredential.Typed && dialog.isPossible();
    if (!typed || tries == TRIES) {
      throw refusal(answer);
    }
    if (access.takesBrowser()
        && advice.filter(known -> known.rule().equals(NO_PASSWORDS)).isPresent()) {
      return access.byBrowser(answer.account.login());
    }
    dialog.say(
        "The password is not taken"
            + access.advice()
            + "; "
            + (tries == TRIES - 1 ? "one more try" : "two more tries")
            + ", lest the account is locked.");
    return access.byTyping(" once more");
  }

  private SetupRefusal refusal(Answer answer) {
    Provider provider = answer.account.provider();
    return switch (answer.proof.outcome()) {
      case NOT_NOW ->
          SetupRefusal.unavailable(
              "nothing was written: "
                  + provider.name()
                  + " cannot check the login at the moment, which says nothing about the password:"
                  + " try again later");
      case SENDER_REFUSED ->
          SetupRefusal.unavailable(
              "nothing was written: the login is right, but "
                  + provider.name()
                  + " takes no mail from "
                  + answer.account.address()
                  + ": give the address that the account has");
      case REFUSED ->
          SetupRefusal.noPermission(
              "nothing was written: "
                  + provider.name()
                  + " refuses the login of "
                  + answer.account.login()
                  + access.advice());
      case WORKS, UNREACHABLE, UNUSABLE ->
          SetupRefusal.unavailable(
              "nothing was written: " + answer.server.nextHop() + " cannot be used so");
    };
  }
}
