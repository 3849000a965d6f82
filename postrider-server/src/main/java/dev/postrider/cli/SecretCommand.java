package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.OwnUser;
import dev.postrider.io.Printable;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretIndex;
import dev.postrider.secret.SecretKeeper;
import dev.postrider.secret.SecretLogin;
import dev.postrider.secret.SecretSource;
import dev.postrider.smtp.LoginOutcome;
import dev.postrider.smtp.SmtpTransport;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * {@code postrider secret}: keeps passwords for logins, lists them without telling them, tries
 * them, takes them away. A secret is never an argument, and never printed.
 */
public final class SecretCommand implements Command {
  private static final int FAILED = 1;
  private static final int EX_USAGE = 64;
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_CANTCREAT = 73;

  private static final String USAGE =
      """
      usage: postrider secret [-c DIR] set NAME [USER] [--source SOURCE] [--table FILE]
             postrider secret [-c DIR] list [--table FILE]
             postrider secret [-c DIR] test NAME [--server SERVER]
             postrider secret [-c DIR] rm NAME [--table FILE]

        NAME             what the login is for: [smtp.example.com]:587 as in relayhost, a
                         server's name, or the address of a sender
        USER             who logs in there
        --source SOURCE  where the secret comes from: file:PATH, systemd:NAME, env:NAME,
                         command:TEXT, keychain:SERVICE, service:attribute=value or
                         oauth:ACCOUNT (default: a private file beside the index)
        --table FILE     the index of logins (default: that of smtp_sasl_password_maps)
        --server SERVER  log in there (default: NAME, or relayhost)

      set asks for the secret at a terminal and does not show it; from a program it takes the
      first line of standard input. It is never an argument, as those can be seen by everyone.
      Exit code: 0 if all is well, 1 if a login failed or a name is not there.
      """;

  private final Explain.Wiring wiring;
  private final InstantSource clock;

  /** Uses the wiring of the daemon. */
  public SecretCommand(Explain.Wiring wiring, InstantSource clock) {
    this.wiring = wiring;
    this.clock = clock;
  }

  @Override
  public int run(Invocation call) throws InterruptedException {
    if (call.arguments().stream().anyMatch(List.of("help", "--help", "-h")::contains)) {
      call.out().print(USAGE);
      return 0;
    }
    Invocation named = call.as("postrider secret", call.arguments());
    try {
      SecretArguments arguments = SecretArguments.parse(call.arguments());
      List<String> operands = arguments.operands();
      String verb = operands.isEmpty() ? "" : operands.getFirst();
      Config config =
          Config.load(ConfigDirectory.of(call, arguments.directory()).toAbsolutePath().normalize());
      SecretPlaces places = SecretPlaces.of(config, arguments.table());
      return switch (verb) {
        case "set" -> {
          count(operands, 2, 3);
          yield set(named, config, places, arguments);
        }
        case "list" -> {
          count(operands, 1, 1);
          yield new SecretList(config, clock).run(named, places.index());
        }
        case "test" -> {
          count(operands, 2, 2);
          yield test(named, config, arguments);
        }
        case "rm" -> {
          count(operands, 2, 2);
          yield remove(named, places, operands.get(1));
        }
        default -> throw new IllegalArgumentException("say set, list, test or rm");
      };
    } catch (InvalidPathException _) {
      named.fatal("that is no name of a file");
      return EX_USAGE;
    } catch (IllegalArgumentException e) {
      return call.as("postrider secret", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    } catch (AccessDeniedException e) {
      named.fatal(e.getMessage() + ": Permission denied (these files are root's: run it as root)");
      return EX_CANTCREAT;
    } catch (ConfigException | IOException e) {
      named.fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static void count(List<String> operands, int least, int most) {
    if (operands.size() > most) {
      // Not repeated: it may be the secret.
      throw new IllegalArgumentException(
          "there is one argument too many; a secret is asked for and never an argument (if one was"
              + " written there, change it: it may be in the shell's history)");
    }
    if (operands.size() < least) {
      throw new IllegalArgumentException("name the login: [server]:port, server or sender");
    }
  }

  private static int set(
      Invocation call, Config config, SecretPlaces places, SecretArguments arguments)
      throws IOException, ConfigException, InterruptedException {
    String key = arguments.operands().get(1);
    if (key.isBlank() || key.startsWith("#") || key.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("a name has no white space in it and no # in front");
    }
    SecretIndex index = SecretIndex.read(places.index());
    Optional<SecretIndex.Entry> before = index.find(key);
    String user =
        arguments.operands().size() > 2
            ? arguments.operands().get(2)
            : before
                .map(entry -> entry.login().user())
                .orElseThrow(() -> new IllegalArgumentException("say who logs in: set NAME USER"));
    if (user.isEmpty() || user.chars().anyMatch(c -> Character.isWhitespace(c) || c < ' ')) {
      throw new IllegalArgumentException("a user has no white space in it");
    }
    SecretSource source =
        arguments.source().isPresent()
            ? SecretSource.parse(arguments.source().get())
            : before
                .filter(entry -> entry.login().user().equals(user))
                .map(entry -> entry.login().source())
                .orElseGet(() -> new SecretSource.File(places.file(key, user)));
    String kept = keep(call, config, key, user, source);
    index.with(key, new SecretLogin(user, source)).write(places.index());
    print(call, kept);
    print(call, places.index() + ": " + user + " logs in to " + key);
    if (!places.listed()) {
      print(call, "main.cf does not use it yet:");
      print(
          call,
          "  postconf -e 'smtp_sasl_password_maps = secret:"
              + places.index()
              + "' 'smtp_sasl_auth_enable = yes' 'smtp_sasl_tls_security_options = noanonymous'");
    }
    return 0;
  }

  private static String keep(
      Invocation call, Config config, String key, String user, SecretSource source)
      throws IOException, InterruptedException {
    return switch (source) {
      case SecretSource.OAuth(var account) ->
          "no secret is kept: tokens come from postrider login " + account;
      case SecretSource.Environment(var name) ->
          "no secret is kept: it comes from " + name + " in the environment of the daemon";
      case SecretSource.Command _ ->
          "no secret is kept: it comes from " + source.label() + ", run when it is needed";
      case SecretSource.Systemd(var name) when !name.startsWith("/") ->
          "no secret is kept: systemd gives " + name + " to the service";
      case SecretSource.Stored stored -> {
        Secret secret = HiddenInput.read(call, "Password of " + user + " for " + key + ": ");
        new SecretKeeper(call.environment()).keep(stored, secret, "Mail for " + user);
        if (stored instanceof SecretSource.File(var path)) {
          giveToDaemon(config, path);
        }
        yield "kept in " + stored.text();
      }
    };
  }

  /** Where the daemon keeps no right of root's to read it (on Linux it does). */
  static void giveToDaemon(Config config, Path file) throws IOException, InterruptedException {
    if (!System.getProperty("os.name", "").equals("Linux") && OwnUser.isRoot()) {
      Optional<Account> owner = new Accounts().find(config.text("mail_owner"));
      if (owner.isPresent()) {
        Files.setAttribute(file, "unix:uid", (int) owner.get().uid());
        Files.setAttribute(file.resolveSibling("."), "unix:uid", (int) owner.get().uid());
      }
    }
  }

  private static int remove(Invocation call, SecretPlaces places, String key)
      throws IOException, InterruptedException {
    SecretIndex index = SecretIndex.read(places.index());
    Optional<SecretIndex.Entry> entry = index.find(key);
    if (entry.isEmpty()) {
      call.fatal(places.index() + ": there is no login for " + key);
      return FAILED;
    }
    index.without(key).write(places.index());
    SecretSource source = entry.get().login().source();
    boolean shared =
        index.without(key).entries().stream()
            .anyMatch(other -> other.login().source().equals(source));
    boolean removed =
        !shared
            && source instanceof SecretSource.Stored stored
            && new SecretKeeper(call.environment()).remove(stored);
    print(call, places.index() + ": nobody logs in to " + key + " any more");
    print(
        call,
        removed
            ? "removed: " + source.label()
            : source.label() + " stays" + (shared ? ": another login uses it" : ""));
    return 0;
  }

  private int test(Invocation call, Config config, SecretArguments arguments)
      throws ConfigException, IOException, InterruptedException {
    String key = arguments.operands().get(1);
    String relayhost = config.text("relayhost").strip();
    boolean isSender = key.indexOf('@') >= 0;
    String destination =
        arguments.server().orElseGet(() -> isSender || relayhost.contains(key) ? relayhost : key);
    if (destination.isEmpty()) {
      throw new IllegalArgumentException("relayhost is not set: say where to log in with --server");
    }
    Explain.Parts parts =
        wiring.parts(config, MasterConfig.load(config.directory()), printing(call));
    // As mail of a sender, which is what a login by sender is looked for by.
    ReversePath sender = isSender && key.indexOf('@') > 0 ? sender(key) : new ReversePath.Null();
    return parts.transports().get("smtp") instanceof SmtpTransport client
            && client.tryLogin(destination, sender, line -> print(call, line)) == LoginOutcome.WORKS
        ? 0
        : FAILED;
  }

  private static ReversePath sender(String address) {
    List<Mailbox> found = AddressList.parse(address).mailboxes();
    return found.size() == 1 ? ReversePath.of(found.getFirst()) : new ReversePath.Null();
  }

  private static MailLog printing(Invocation call) {
    return (severity, process, text) -> {
      if (severity != MailLog.Severity.INFO) {
        print(call, text);
      }
    };
  }

  private static void print(Invocation call, String line) {
    call.out().println(Printable.of(line));
    call.out().flush();
  }
}
