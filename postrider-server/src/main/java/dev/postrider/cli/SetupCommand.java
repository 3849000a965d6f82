package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.dns.Resolver;
import dev.postrider.io.Printable;
import dev.postrider.pickup.HandOver;
import dev.postrider.provider.CredentialKind;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.Web;
import dev.postrider.setup.Undo;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code postrider setup}: from an address to the first mail that a provider has taken. Asks what
 * it cannot find out, proves each step before it writes anything, and takes it all back on request.
 */
public final class SetupCommand implements Command {
  private static final int EX_USAGE = 64;
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_CANTCREAT = 73;
  private static final int EX_CONFIG = 78;

  private static final String USAGE =
      """
      usage: postrider setup [-c DIR] [ADDRESS] [option ...]
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
        --root-to ADDRESS who gets root's mail (default: your address); --no-root: as it is
        --no-test         send no test message; --test-to ADDRESS: to somebody else
        --no-network      do not look on the web for the provider's servers
        --dry-run         prove it all, show what would be written, and write nothing
        --undo            take back what the last setup wrote; --anyway: also what was
                          changed by hand since
        --providers       the providers of the list

      The password is never an argument. Nothing is written unless the provider takes it.
      Exit code: 0 if the mail system works with it, 69 if the provider cannot be reached or
      refuses, 77 if a password is missing, 73 if a file cannot be written.
      """;

  private final Explain.Wiring wiring;
  private final Function<Config, Resolver> resolvers;
  private final Web web;
  private final Command postfix;
  private final Command sendmail;
  private final InstantSource clock;

  /**
   * Uses the parts of the daemon, and other commands.
   *
   * @param web asked for what a domain publishes
   * @param postfix starts and reloads
   * @param sendmail hands the test message over
   */
  public SetupCommand(
      Explain.Wiring wiring,
      Function<Config, Resolver> resolvers,
      Web web,
      Command postfix,
      Command sendmail,
      InstantSource clock) {
    this.wiring = wiring;
    this.resolvers = resolvers;
    this.web = web;
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
      SetupRun run =
          new SetupRun(
              call,
              config,
              arguments,
              new SetupTrial(call, wiring),
              new SetupMessage(call, sendmail),
              clock);
      Optional<Path> written = run.write(resolvers.apply(config), web);
      if (written.isEmpty()) {
        return 0;
      }
      HandOver.refreshIfAllowed(directory);
      return putToUse(call, directory) ? run.test() : EX_UNAVAILABLE;
    } catch (SetupRun.RefusedException e) {
      call.err().println("postrider setup: " + Printable.of(e.getMessage()));
      return e.code();
    } catch (IllegalArgumentException e) {
      call.err().println("postrider setup: " + Printable.of(String.valueOf(e.getMessage())));
      call.err().print(USAGE);
      return EX_USAGE;
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

  /** A running daemon takes it up, or one is started. */
  private boolean putToUse(Invocation call, Path directory)
      throws IOException, InterruptedException {
    boolean runs = false;
    try {
      runs = new DaemonProcess(Config.load(directory)).running().isPresent();
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return false;
    }
    Invocation asked =
        call.as("postfix", List.of("-c", directory.toString(), runs ? "reload" : "start"));
    int code = postfix.run(asked);
    call.out().println(code == 0 ? (runs ? "reloaded" : "started") : "the mail system says no");
    return code == 0;
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
    last.get().run(anyway);
    last.get().files().forEach(file -> call.out().println("as before: " + file));
    HandOver.refreshIfAllowed(directory);
    try {
      if (new DaemonProcess(Config.load(directory)).running().isPresent()) {
        return postfix.run(call.as("postfix", List.of("-c", directory.toString(), "reload")));
      }
    } catch (ConfigException e) {
      call.warning(String.valueOf(e.getMessage()));
    }
    return 0;
  }
}
