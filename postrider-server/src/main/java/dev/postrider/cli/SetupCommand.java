package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.dns.DomainRecords;
import dev.postrider.dns.Resolver;
import dev.postrider.doctor.MailPort;
import dev.postrider.io.Printable;
import dev.postrider.provider.CredentialKind;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.Web;
import dev.postrider.secret.SecretIndex;
import dev.postrider.secret.SecretSource;
import dev.postrider.setup.Undo;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * {@code postrider setup}: from an address to the first mail that a provider has taken. Asks what
 * it cannot find out, proves each step before it writes anything, and takes it all back on request.
 */
public final class SetupCommand implements Command {
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_CANTCREAT = 73;
  private static final int EX_CONFIG = 78;

  private static final String USAGE =
      """
      usage: postrider setup [-c DIR] [ADDRESS] [option ...]
             postrider setup [-c DIR] --direct [HOSTNAME] [ADDRESS] [option ...]
             postrider setup [-c DIR] --undo [--anyway]
             postrider setup --providers

        ADDRESS           your address at the provider; asked for if it is not given
        --provider NAME   one of the list, if it cannot be told from the address
        --server HOST:PORT
                          a server of your own choice; 465 speaks TLS from the first byte
        --login NAME      the name to log in with, if it is not the address
        --region NAME     of providers whose server is in a region
        --source SOURCE   where the password comes from, as for "postrider secret set"
                          (default: it is asked for, or the first line of standard input)
        --oauth           log in in the browser, where a password would do too; --device and
                          --browser, --client-id ID, --client-secret SOURCE, --port PORT and
                          --token-url, --authorize-url, --device-url, --scope are as for
                          "postrider login"
        --replace         in the place of another account that mail goes out by now
        --beside          one account more, beside that: for mail that your address sends;
                          --for-sender ADDRESS,@DOMAIN, --for-recipient DOMAIN and
                          --for-user LOGIN: for that of others too
        --root-to ADDRESS who gets root's mail (default: your address); --no-root: as it is
        --direct          no provider: prove that this machine can send to other servers
                          itself, as HOSTNAME (port 25, PTR, SPF); --probe-host HOST: greet
                          that server for it; --address ADDRESS: the one that others see;
                          --anyway: write it although something is not proven
        --no-test         send no test message; --test-to ADDRESS: to somebody else
        --no-network      do not look on the web for the provider's servers
        --dry-run         prove it all, show what would be written, and write nothing
        --undo            take back what the last setup wrote; --anyway: also what was
                          changed by hand since
        --providers       the providers of the list

      The password is never an argument. Nothing is written unless the provider takes it.
      Exit code: 0 if the mail system works with it, 69 if the provider cannot be reached or
      refuses, 77 if a password is missing, 73 if a file cannot be written. 69 also if all was
      written, but the mail system does not start or the test message was not taken: --undo
      takes it back.
      """;

  /**
   * What is asked outside this machine.
   *
   * @param resolvers ask the DNS as a configuration wants it
   * @param records of domains and addresses
   * @param web asked for what a domain publishes
   * @param port of mail servers
   */
  public record Outside(
      Function<Config, Resolver> resolvers,
      Supplier<DomainRecords> records,
      Web web,
      MailPort port) {}

  private final Explain.Wiring wiring;
  private final Outside outside;
  private final Command postfix;
  private final Command sendmail;
  private final InstantSource clock;

  /**
   * Uses the parts of the daemon, and other commands.
   *
   * @param postfix starts and reloads
   * @param sendmail hands the test message over
   */
  public SetupCommand(
      Explain.Wiring wiring,
      Outside outside,
      Command postfix,
      Command sendmail,
      InstantSource clock) {
    this.wiring = wiring;
    this.outside = outside;
    this.postfix = postfix;
    this.sendmail = sendmail;
    this.clock = clock;
  }

  @Override
  public int run(Invocation given) throws InterruptedException {
    Invocation call = given.as("postrider setup", given.arguments());
    if (call.arguments().stream().anyMatch(List.of("help", "--help", "-h")::contains)) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      SetupArguments arguments = SetupArguments.parse(call.arguments());
      if (arguments.list()) {
        providers(call);
        return 0;
      }
      Path directory = ConfigDirectory.of(call, arguments.directory()).toAbsolutePath().normalize();
      if (arguments.undo()) {
        return undo(call, directory, arguments.anyway());
      }
      // On a fresh machine there is nothing yet; nothing is written before all is proven.
      Config config =
          Files.exists(directory.resolve("main.cf"))
              ? Config.load(directory)
              : Config.of(directory, Map.of());
      return setUp(call, config, arguments);
    } catch (SetupRefusal e) {
      call.err().println("postrider setup: " + Printable.of(e.getMessage()));
      return e.code();
    } catch (IllegalArgumentException e) {
      return call.as("postrider setup", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    } catch (AccessDeniedException e) {
      call.fatal(e.getMessage() + ": permission denied (run it as root)");
      return EX_CANTCREAT;
    } catch (IOException e) {
      call.fatal(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
      return EX_CANTCREAT;
    }
  }

  private static void providers(Invocation call) {
    for (Provider each : ProviderList.shipped().all()) {
      CredentialKind credential = each.credentials().getFirst();
      call.out()
          .printf(
              "%-22s %-28s %-36s %s%n",
              each.id(),
              each.name(),
              each.servers().getFirst().nextHop(),
              credential.kind().words());
    }
  }

  private int setUp(Invocation call, Config config, SetupArguments arguments)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    SetupPlan plan =
        arguments.direct()
            ? new SetupDirect(call, config, arguments, outside).plan()
            : new SetupRun(call, config, arguments, new SetupTrial(call, wiring), clock)
                .plan(outside.resolvers().apply(config), outside.web());
    if (arguments.dryRun()) {
      call.out().println("Would be written:");
      plan.described().forEach(line -> call.out().println("  " + Printable.of(line)));
      call.out().println("Nothing was written.");
      return 0;
    }
    try (SetupGuard guard = new SetupGuard(() -> settled(call))) {
      if (!new SetupInstall(call, config, postfix, clock).run(plan, guard)) {
        return EX_UNAVAILABLE;
      }
      return arguments.test()
          ? new SetupMessage(call, sendmail).run(Config.load(config.directory()), plan)
          : 0;
    }
  }

  private static void settled(Invocation call) {
    call.out()
        .println(
            "Not waiting for the test message; the setup is complete. To take it back: postrider"
                + " setup --undo");
    call.out().flush();
  }

  /** The accounts that somebody logs in with by tokens. */
  private static Set<String> browserLogins(Path directory) throws IOException {
    Set<String> accounts = new TreeSet<>();
    try {
      if (!Files.exists(directory.resolve("main.cf"))) {
        return accounts;
      }
      Path index = SecretPlaces.of(Config.load(directory), Optional.empty()).index();
      for (SecretIndex.Entry entry : SecretIndex.read(index).entries()) {
        if (entry.login().source() instanceof SecretSource.OAuth(var account)) {
          accounts.add(account);
        }
      }
    } catch (ConfigException _) {
      // Then nobody logs in at all, and the undo may mend it.
    }
    return accounts;
  }

  private int undo(Invocation call, Path directory, boolean anyway)
      throws IOException, InterruptedException {
    Optional<Undo> last = Undo.last(directory);
    if (last.isEmpty()) {
      call.out().println("Nothing to take back in " + directory + ".");
      return 0;
    }
    List<Path> changed = last.get().changedSince();
    if (!changed.isEmpty() && !anyway) {
      call.fatal(
          changed.getFirst()
              + " was changed since "
              + last.get().stamp()
              + ", which would be lost: look at it, or say --undo --anyway");
      return EX_CANTCREAT;
    }
    Set<String> before = browserLogins(directory);
    int code = new SetupUndo(call, directory, postfix).run(last.get(), anyway);
    last.get().files().forEach(file -> call.out().println("as before: " + file));
    // The provider would not give them a second time: who made them says whether they go.
    before.removeAll(browserLogins(directory));
    before.forEach(account ->
        call.out()
            .println(
                "The leave to send for "
                    + account
                    + " is kept: postrider login --forget "
                    + account));
    return code;
  }
}
