package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.DefaultFiles;
import dev.postrider.config.MasterConfig;
import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretFiles;
import dev.postrider.secret.SecretLogin;
import dev.postrider.secret.SecretSource;
import dev.postrider.setup.Account;
import dev.postrider.setup.RelaySetup;
import dev.postrider.smtp.LoginOutcome;
import dev.postrider.smtp.SmtpTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Proves an account by the parts that will deliver, with the settings that will be written, before
 * any of them is. For one call.
 */
final class SetupTrial {
  private final Invocation call;
  private final Explain.Wiring wiring;

  SetupTrial(Invocation call, Explain.Wiring wiring) {
    this.call = call;
    this.wiring = wiring;
  }

  /**
   * Connects, checks the certificate, logs in and names the sender; tells each step.
   *
   * @param source where the secret will come from, if it is not given
   */
  LoginOutcome run(
      Config config, Account account, Optional<SecretSource> source, Optional<Secret> secret)
      throws IOException, ConfigException, InterruptedException {
    Path place =
        Files.createTempDirectory(
            "postrider-setup",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      Path file = place.resolve("secret");
      if (secret.isPresent()) {
        SecretFiles.write(file, secret.get());
      }
      SecretLogin login =
          new SecretLogin(account.login(), source.orElseGet(() -> new SecretSource.File(file)));
      Path index = place.resolve("index");
      Files.writeString(index, account.server().nextHop() + " " + login.text() + "\n");
      Map<String, String> settings =
          new HashMap<>(new RelaySetup(config, account, Path.of("/")).settings());
      settings.put("smtp_sasl_password_maps", "secret:" + index);
      Explain.Parts parts =
          wiring.parts(config.with(settings), master(config.directory()), printing());
      if (parts.transports().get("smtp") instanceof SmtpTransport client) {
        return client.tryLogin(account.server().nextHop(), sender(account.address()), this::step);
      }
      throw new IOException(
          config.directory() + "/master.cf has no service smtp: nothing can be sent");
    } finally {
      for (String name : List.of("secret", "index")) {
        Files.deleteIfExists(place.resolve(name));
      }
      Files.deleteIfExists(place);
    }
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
