package dev.postrider.doctor;

import dev.postrider.log.MailLog;
import dev.postrider.provider.ProviderList;
import dev.postrider.table.Tables;
import java.util.ArrayList;
import java.util.List;

/** All checks that need no login. */
public final class UsualChecks {
  /** What tables warn of is found by {@link TablesCheck}. */
  private static final MailLog NOWHERE = (severity, process, text) -> {};

  private UsualChecks() {}

  /** Makes them, in the order in which they are told. */
  public static List<Check> of(
      Subject subject, Surroundings around, ConfigurationCheck.Problems problems) {
    Tables tables = new Tables(subject.config(), NOWHERE);
    ProviderList providers = ProviderList.shipped();
    LoginTable logins = new LoginTable(subject, tables);
    List<Check> checks = new ArrayList<>();
    checks.add(new ConfigurationCheck(subject, problems));
    checks.add(new TablesCheck(subject));
    checks.add(new DirectoriesCheck(subject));
    checks.add(new PasswordFilesCheck(subject));
    checks.add(new SpaceCheck(subject, around.gauge()));
    checks.add(new NameServersCheck(around.root(), around.resolver(), asked(subject)));
    checks.add(new RelayCheck(subject, around.resolver(), around.connector()));
    checks.add(
        new DirectSendingCheck(subject, around.records(), around.resolver(), around.addresses()));
    checks.add(new OwnRelayCheck(subject, around.listeners(), around.addresses()));
    checks.add(new OutwardPortCheck(subject, around.resolver(), around.connector()));
    checks.add(new RelayProtectionCheck(subject));
    checks.add(new TrustCheck(subject, around.root()));
    checks.add(new LoginSettingsCheck(subject, providers, logins));
    checks.add(new SenderCheck(subject, providers, logins, tables));
    checks.add(new HostNameCheck(subject));
    checks.add(new DestinationCheck(subject, providers));
    checks.add(new RootMailCheck(subject, tables, around.users(), around.root()));
    checks.add(new AliasLoopsCheck(subject, tables));
    checks.add(new ClockCheck(subject, around.clock(), around.built()));
    checks.add(new DaemonCheck(subject, around.daemon(), around.clock(), around.root()));
    checks.add(
        new ServicesCheck(
            subject, around.daemon(), around.listeners(), around.connector(), around.owners()));
    checks.add(
        new OtherMailSystemCheck(subject, around.root(), around.home(), around.commandLines()));
    checks.add(new MaildropCheck(subject, around.daemon(), around.clock()));
    checks.add(new QueueCheck(subject, around.queue(), around.clock(), around.rules()));
    checks.add(new ReturnedMailCheck(subject, around.clock(), around.rules()));
    checks.add(new DamageCheck(subject));
    return checks;
  }

  /** The domain that matters: the provider's, else our own. */
  private static String asked(Subject subject) {
    List<RelayHost> relays =
        RelayHost.all(subject.config().text("relayhost"), subject.config().text("smtp_tcp_port"));
    if (relays.isEmpty()) {
      return subject.config().text("mydomain");
    }
    return relays.getFirst().isLiteral() ? "" : relays.getFirst().host();
  }
}
