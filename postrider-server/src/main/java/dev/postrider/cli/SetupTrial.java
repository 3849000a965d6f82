package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.DefaultFiles;
import dev.postrider.config.MasterConfig;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Treatment;
import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.oauth.Grant;
import dev.postrider.oauth.TokenStore;
import dev.postrider.secret.SecretFiles;
import dev.postrider.secret.SecretLogin;
import dev.postrider.setup.Account;
import dev.postrider.setup.RelaySetup;
import dev.postrider.smtp.LoginOutcome;
import dev.postrider.smtp.SmtpTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves an account by the parts that will deliver, with the settings that will be written, before
 * any of them is. For one call.
 */
final class SetupTrial {
  /**
   * What came of a trial.
   *
   * @param credential as it is now: the trial may have renewed a token
   * @param advice what is known of the failure
   */
  record Proof(LoginOutcome outcome, SetupCredential credential, Optional<Advice> advice) {}

  private final Invocation call;
  private final Explain.Wiring wiring;

  SetupTrial(Invocation call, Explain.Wiring wiring) {
    this.call = call;
    this.wiring = wiring;
  }

  /** Connects, checks the certificate, logs in and names the sender; tells each step. */
  Proof run(Config config, Account account, SetupCredential credential)
      throws IOException, ConfigException, InterruptedException {
    try (SetupPlace place = SetupPlace.create()) {
      Map<String, String> settings =
          new HashMap<>(new RelaySetup(config, account, Path.of("/")).settings());
      Path index = place.directory().resolve("index");
      settings.put("smtp_sasl_password_maps", "secret:" + index);
      Path file = place.directory().resolve("secret");
      TokenStore store = new TokenStore(place.directory().resolve("data"));
      switch (credential) {
        case SetupCredential.Typed(var secret) -> {
          SecretFiles.write(file, secret);
          settings.put("data_directory", data(place));
        }
        case SetupCredential.LoggedIn(var grant) -> {
          settings.put("data_directory", data(place));
          store.save(grant);
        }
        case SetupCredential.Kept _ -> {
          // In its place already.
        }
      }
      SecretLogin login = new SecretLogin(account.login(), credential.source(file));
      Files.writeString(index, account.server().nextHop() + " " + login.text() + "\n");
      List<Advice> advice = new ArrayList<>();
      LoginOutcome outcome = tried(config, settings, account, advice);
      return new Proof(outcome, renewed(credential, store), advice.stream().findFirst());
    }
  }

  /** Where nothing is known of earlier logins: a password that was refused then is none now. */
  private static String data(SetupPlace place) throws IOException {
    return Files.createDirectory(place.directory().resolve("data")).toString();
  }

  private LoginOutcome tried(
      Config config, Map<String, String> settings, Account account, List<Advice> advice)
      throws IOException, ConfigException, InterruptedException {
    Explain.Parts parts =
        wiring.parts(config.with(settings), master(config.directory()), printing());
    if (parts.transports().get("smtp") instanceof SmtpTransport client) {
      return client.tryLogin(
          account.server().nextHop(),
          sender(account.address()),
          this::step,
          each -> {
            advice.add(each);
            // What to do about a login is said here, and better than for one that is written.
            step(each.treatment() instanceof Treatment.HoldAccount ? each.what() : each.sentence());
          });
    }
    throw new IOException(
        config.directory() + "/master.cf has no service smtp: nothing can be sent");
  }

  /** A refresh token may be good for one use: the last one counts. */
  private static SetupCredential renewed(SetupCredential credential, TokenStore store)
      throws IOException, InterruptedException {
    if (credential instanceof SetupCredential.LoggedIn(var grant)) {
      Optional<Grant> now = store.load(grant.account());
      return new SetupCredential.LoggedIn(now.orElse(grant));
    }
    return credential;
  }

  private static MasterConfig master(Path directory) throws ConfigException {
    Path file = directory.resolve("master.cf");
    return Files.exists(file)
        ? MasterConfig.load(directory)
        : MasterConfig.parse(file.toString(), DefaultFiles.masterCf());
  }

  private static ReversePath sender(String address) {
    List<Mailbox> found = AddressList.parse(address).mailboxes();
    return found.size() == 1 ? ReversePath.of(found.getFirst()) : new ReversePath.Null();
  }

  private void step(String text) {
    call.out().println("  " + Printable.of(text));
    call.out().flush();
  }

  private MailLog printing() {
    return (severity, _, text) -> {
      if (severity != MailLog.Severity.INFO) {
        step(text);
      }
    };
  }
}
