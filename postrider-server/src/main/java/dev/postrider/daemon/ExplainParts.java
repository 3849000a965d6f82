package dev.postrider.daemon;

import dev.postrider.account.AccountStates;
import dev.postrider.account.Causes;
import dev.postrider.cli.Explain;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.event.Events;
import dev.postrider.helper.Helper;
import dev.postrider.helper.OwnRights;
import dev.postrider.helper.RootRights;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.ActingAs;
import dev.postrider.io.OwnUser;
import dev.postrider.io.ReadRights;
import dev.postrider.io.RealDisk;
import dev.postrider.log.MailLog;
import dev.postrider.log.OwnedLog;
import dev.postrider.mail.reply.Reply;
import dev.postrider.mapping.AddressMappings;
import dev.postrider.oauth.AccessTokens;
import dev.postrider.oauth.LoginAlarm;
import dev.postrider.oauth.TokenStore;
import dev.postrider.policy.AccessPolicy;
import dev.postrider.policy.MyNetworks;
import dev.postrider.secret.Secrets;
import dev.postrider.smtp.LoginSources;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** Makes what decides about addresses, as a start would, for somebody who only asks. */
final class ExplainParts {
  /** Nothing is ever stored by those who ask. */
  private static final Intake NOWHERE =
      (_, _) -> new IntakeOutcome.Refused(Reply.of(451, "4.3.0 nothing is stored here"));

  /** A command's log, which nobody opens again or closes. */
  private record Borrowed(MailLog log) implements OwnedLog {
    @Override
    public void log(Severity severity, String process, String text) {
      log.log(severity, process, text);
    }

    @Override
    public void reopen() {}

    @Override
    public void close() {}
  }

  private ExplainParts() {}

  /** Root may look into what users keep, with the rights of each. */
  private static Helper rights(Config config, InstantSource clock)
      throws IOException, InterruptedException {
    return OwnUser.isRoot() && ActingAs.isSupported()
        ? new RootRights(
            config,
            clock,
            ActingAs.ofCaller(),
            Path.of(config.text("data_directory")).resolve("explain"))
        : new OwnRights(config, clock);
  }

  /** Programs that keep secrets run as they do for the daemon. */
  private static LoginSources logins(Config config, InstantSource clock)
      throws IOException, InterruptedException {
    Secrets own = Secrets.of(System.getenv(), ReadRights.own());
    Optional<Account> owner =
        OwnUser.isRoot() && ActingAs.isSupported()
            ? new Accounts().find(config.text("mail_owner"))
            : Optional.empty();
    Secrets secrets = owner.map(account -> own.runningAs(account.uid(), account.gid())).orElse(own);
    return new LoginSources(
        () -> secrets,
        () ->
            AccessTokens.of(
                new TokenStore(Path.of(config.text("data_directory"))),
                secrets,
                clock,
                LoginAlarm.silent()));
  }

  static Explain.Parts of(Config config, MasterConfig master, MailLog log)
      throws ConfigException, IOException, InterruptedException {
    return of(
        config,
        master,
        log,
        AccountStates.look(
            Path.of(config.text("data_directory")), InstantSource.system(), _ -> {}));
  }

  /** The same with accounts that remember otherwise. */
  static Explain.Parts of(Config config, MasterConfig master, MailLog log, AccountStates accounts)
      throws ConfigException, IOException, InterruptedException {
    Tables tables = new Tables(config, log);
    InstantSource clock = InstantSource.system();
    Assembly assembly =
        Assembly.of(
            config,
            master,
            tables,
            new Shared(
                new Borrowed(log),
                new RealDisk(),
                clock,
                ReadRights.own(),
                rights(config, clock),
                new NetworkWatch(),
                logins(config, clock)),
            new Assembly.Memory(accounts, Causes.inMemory(clock)),
            NOWHERE,
            Events.none());
    Config smtpd = config;
    for (ServiceEntry service : assembly.listeners().keySet()) {
      smtpd = config.forService(service);
      break;
    }
    return new Explain.Parts(
        new AddressMappings(config, tables::open),
        assembly.queue().router(),
        assembly.transports(),
        AccessPolicy.of(smtpd, tables::open),
        MyNetworks.of(smtpd, tables::open),
        tables::open);
  }
}
