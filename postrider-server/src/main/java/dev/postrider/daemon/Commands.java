package dev.postrider.daemon;

import dev.postrider.cli.AccountCommand;
import dev.postrider.cli.Audit;
import dev.postrider.cli.Command;
import dev.postrider.cli.Doctor;
import dev.postrider.cli.Explain;
import dev.postrider.cli.ImportCommand;
import dev.postrider.cli.Invocation;
import dev.postrider.cli.LoginCommand;
import dev.postrider.cli.Mail;
import dev.postrider.cli.Postalias;
import dev.postrider.cli.Postcat;
import dev.postrider.cli.Postconf;
import dev.postrider.cli.Postfix;
import dev.postrider.cli.Postlog;
import dev.postrider.cli.Postmap;
import dev.postrider.cli.Postmulti;
import dev.postrider.cli.Postqueue;
import dev.postrider.cli.Postsuper;
import dev.postrider.cli.QueueCommand;
import dev.postrider.cli.QueueReader;
import dev.postrider.cli.SecretCommand;
import dev.postrider.cli.Sendmail;
import dev.postrider.cli.SetupCommand;
import dev.postrider.cli.SieveCommand;
import dev.postrider.cli.SpoolCommand;
import dev.postrider.cli.Status;
import dev.postrider.cli.Trace;
import dev.postrider.config.ParameterPage;
import dev.postrider.dns.DnsJavaRecords;
import dev.postrider.dns.DnsJavaResolver;
import dev.postrider.dns.HostLookup;
import dev.postrider.doctor.TcpMailPort;
import dev.postrider.provider.HttpsWeb;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** Which name is which command. Each is made only when called: start-up loads nothing else. */
final class Commands {
  private Commands() {}

  static Optional<Command> find(String name) {
    return switch (name) {
      case "sendmail", "mailq", "newaliases" -> Optional.of(sendmail());
      case "mail" -> Optional.of(new Mail(sendmail()));
      case "postfix" -> Optional.of(postfix());
      case "postmulti" -> Optional.of(postmulti());
      case "postconf" -> Optional.of(new Postconf());
      case "postmap" -> Optional.of(new Postmap());
      case "postalias" -> Optional.of(new Postalias());
      case "postqueue" -> Optional.of(postqueue());
      case "queue" ->
          Optional.of(
              new QueueCommand(new QueueReader(QueueEntries::ofStopped), InstantSource.system()));
      case "spool" ->
          Optional.of(
              new SpoolCommand(InstantSource.system(), StoppedImport::open, Logs::ofCommand));
      case "import" ->
          Optional.of(
              new ImportCommand(
                  ConfigProblems::check,
                  StoppedImport::open,
                  Logs::ofCommand,
                  InstantSource.system()));
      case "explain" -> Optional.of(new Explain(ExplainParts::of));
      case "setup" -> Optional.of(setup());
      case "account" ->
          Optional.of(
              new AccountCommand(
                  new QueueReader(QueueEntries::ofStopped),
                  InstantSource.system(),
                  ZoneId.systemDefault()));
      case "sieve" -> Optional.of(new SieveCommand());
      case "secret" -> Optional.of(new SecretCommand(ExplainParts::of, InstantSource.system()));
      case "login" -> Optional.of(new LoginCommand(InstantSource.system()));
      case "trace" -> Optional.of(new Trace(ZoneId.systemDefault()));
      case "audit" -> Optional.of(new Audit(QueueEntries::ofStopped));
      case "doctor" ->
          Optional.of(new Doctor(DoctorParts::of, new QueueReader(QueueEntries::ofStopped)));
      case "status" ->
          Optional.of(
              new Status(
                  new QueueReader(QueueEntries::ofStopped),
                  DoctorParts::measure,
                  InstantSource.system()));
      case "postcat" -> Optional.of(new Postcat());
      case "postsuper" -> Optional.of(new Postsuper(StoppedQueue::change, Logs::ofCommand));
      case "postlog" -> Optional.of(new Postlog(Logs::ofCommand));
      case "daemon", "master" -> Optional.of(new DaemonCommand());
      case "helper" -> Optional.of(new HelperCommand());
      case "container" -> Optional.of(new ContainerCommand());
      case "health" -> Optional.of(new HealthCommand());
      case "try" -> Optional.of(new Try());
      case "help", "--help", "-h" -> Optional.of(Commands::help);
      case "train" -> Optional.of(new Train());
      case "parameter-page" -> Optional.of(Commands::parameterPage);
      default -> Optional.empty();
    };
  }

  private static Command sendmail() {
    return new Sendmail(
        Map.of(
            "postqueue",
            call -> postqueue().run(call),
            "explain",
            call -> new Explain(ExplainParts::of).run(call),
            "postalias",
            call -> new Postalias().run(call),
            "postfix",
            call -> postfix().run(call)),
        StandAlone::run,
        InstantSource.system());
  }

  private static Command setup() {
    return new SetupCommand(
        ExplainParts::of,
        new SetupCommand.Outside(
            config -> new DnsJavaResolver(HostLookup.parse(config.list("smtp_host_lookup"))),
            DnsJavaRecords::new,
            new HttpsWeb(Duration.ofSeconds(10)),
            new TcpMailPort()),
        call -> postfix().run(call),
        call -> sendmail().run(call),
        InstantSource.system());
  }

  private static Command postfix() {
    return new Postfix(ConfigProblems::check, Logs::ofCommand, call -> postmulti().run(call));
  }

  private static Command postmulti() {
    return new Postmulti(call -> postfix().run(call), QueueEntries::ofStopped, Logs::ofCommand);
  }

  private static Command postqueue() {
    return new Postqueue(new QueueReader(QueueEntries::ofStopped), InstantSource.system());
  }

  /** For the build: the page of main.cf's parameters is made from what the program knows. */
  private static int parameterPage(Invocation call) {
    call.out().print(ParameterPage.text());
    return 0;
  }

  private static int help(Invocation call) {
    call.out()
        .print(
            """
            usage: postrider COMMAND [argument ...]

              setup                  from your address to the first mail that your provider takes
              sendmail, mail         hand a message over; mail reads mailboxes too
              mailq, postqueue       list the queue, try deliveries now
              postsuper              delete, hold, release, requeue messages
              postcat                show a queued message
              queue list, queue shape
                                     find messages of the queue; count them by age and domain
              spool check            read the whole spool and say whether it is sound
              spool export, spool import
                                     carry messages from one queue to another
              spool salvage          save messages from what is damaged
              import                 take over what Postfix, msmtp, nullmailer, dma, ssmtp or Exim do here
              trace                  the history of one message
              explain                where mail for an address goes, and why
              account list, account resume
                                     accounts that their provider refuses; use one again
              sieve check, sieve test
                                     what is wrong in a Sieve script, and what it would do
              secret set, secret list, secret test, secret rm
                                     keep the passwords of logins, and try them
              login                  log in without a password (OAuth 2): Google, Microsoft, others
              audit                  prove that every accepted message is accounted for
              doctor                 what is wrong with this installation, and what mends it
              status                 whether mail flows; what is stuck, since when and why
              postfix                start, stop, reload, status, check, flush
              postmulti              several instances: make, list, start and stop them
              postconf               show and edit the configuration
              postmap, postalias, newaliases
                                     make and ask lookup tables
              postlog                write into the mail log
              health                 whether the mail system takes mail, for health checks
              container              the process of a container (docs/container.md)
              try                    see it all work, with nothing configured

            Each has a page: man COMMAND, or docs/man in the source.
            """);
    return 0;
  }
}
