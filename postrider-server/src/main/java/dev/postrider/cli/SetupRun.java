package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.DefaultFiles;
import dev.postrider.dns.Resolver;
import dev.postrider.io.Printable;
import dev.postrider.provider.CredentialKind;
import dev.postrider.provider.Discovery;
import dev.postrider.provider.Finding;
import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.provider.Web;
import dev.postrider.secret.Secret;
import dev.postrider.secret.SecretLogin;
import dev.postrider.secret.SecretSource;
import dev.postrider.setup.Account;
import dev.postrider.setup.ChangeSet;
import dev.postrider.setup.RelaySetup;
import dev.postrider.smtp.LoginOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One setup, from the address to the changed files. For one call. */
final class SetupRun {
  private static final int EX_UNAVAILABLE = 69;
  private static final int EX_NOPERM = 77;

  /** Why a setup ends; the message is for people. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    RefusedException(int code, String message) {
      super(message);
      this.code = code;
    }

    int code() {
      return code;
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  private final Invocation call;
  private final Config config;
  private final SetupArguments arguments;
  private final SetupTrial trial;
  private final SetupMessage message;
  private final InstantSource clock;
  private String address = "";

  SetupRun(
      Invocation call,
      Config config,
      SetupArguments arguments,
      SetupTrial trial,
      SetupMessage message,
      InstantSource clock) {
    this.call = call;
    this.config = config;
    this.arguments = arguments;
    this.trial = trial;
    this.message = message;
    this.clock = clock;
  }

  /**
   * Finds, asks, proves and writes.
   *
   * @return the configuration that was written; nothing if it was only shown
   */
  Optional<Path> write(Resolver resolver, Web web)
      throws IOException, ConfigException, InterruptedException, RefusedException {
    address = arguments.address().isPresent() ? arguments.address().get() : askAddress();
    Provider provider = provider(resolver, web);
    List<SubmissionServer> servers = servers(provider);
    String login = login(provider);
    Optional<SecretSource> source = source(provider);
    Optional<Secret> secret = source.isPresent() ? Optional.empty() : Optional.of(secret(provider));
    Account account = proven(provider, servers, login, source, secret);
    return changed(account, source, secret);
  }

  /** Sends the test message; returns the exit code of the whole. */
  int test() throws IOException, ConfigException, InterruptedException {
    if (!arguments.test()) {
      return 0;
    }
    Config written = Config.load(config.directory());
    return message.run(written, address, arguments.testTo().orElse(address));
  }

  private String askAddress() throws IOException, RefusedException {
    String answer = ask("Your e-mail address at the provider: ");
    if (!SetupArguments.isAddress(answer)) {
      throw new RefusedException(EX_NOPERM, "\"" + answer + "\" is no address");
    }
    return answer;
  }

  /** A line from a person; nobody else can be asked. */
  private String ask(String question) throws IOException, RefusedException {
    if (!call.environment().containsKey("POSTRIDER_IN_TTY")) {
      throw new RefusedException(
          EX_NOPERM, "nobody can be asked here: " + question + "(see postrider setup --help)");
    }
    call.out().print(question);
    call.out().flush();
    StringBuilder line = new StringBuilder();
    for (int c = call.in().read(); c >= 0 && c != '\n'; c = call.in().read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private Provider provider(Resolver resolver, Web web) throws RefusedException {
    ProviderList list = ProviderList.shipped();
    if (arguments.provider().isPresent()) {
      String name = arguments.provider().get();
      return list.named(name)
          .orElseThrow(() ->
              new RefusedException(
                  64, "\"" + name + "\" is no provider of the list (postrider setup --providers)"));
    }
    if (arguments.server().isPresent()) {
      SubmissionServer server = arguments.server().get();
      return list.ofServer(server.host())
          .orElseGet(() -> Discovery.unknown(server.host(), List.of(server)));
    }
    say("looking for the provider of " + address);
    Finding found =
        new Discovery(
                list,
                arguments.network() ? Optional.of(web) : Optional.empty(),
                resolver,
                (step, outcome) -> say(step + ": " + outcome))
            .find(address);
    call.out()
        .println(
            found.source() == Finding.Source.GUESS
                ? "Nobody says which servers take mail of "
                    + found.provider().name()
                    + "; the usual names are tried."
                : found.provider().name() + " (" + found.detail() + ")");
    if (!found.provider().limit().isEmpty()) {
      call.out().println("It lets through: " + found.provider().limit());
    }
    found.provider().notes().forEach(note -> call.out().println("Note: " + note));
    return found.provider();
  }

  private List<SubmissionServer> servers(Provider provider) throws IOException, RefusedException {
    if (arguments.server().isPresent()) {
      return List.of(arguments.server().get());
    }
    List<SubmissionServer> servers = new ArrayList<>();
    Optional<String> region = arguments.region();
    for (SubmissionServer each : provider.servers()) {
      if (each.needsRegion() && region.isEmpty()) {
        region = Optional.of(ask("The region of " + provider.name() + ", such as eu-west-1: "));
      }
      servers.add(each.needsRegion() ? each.inRegion(region.orElseThrow()) : each);
    }
    return servers;
  }

  private String login(Provider provider) throws IOException, RefusedException {
    Optional<String> name = arguments.login().or(() -> provider.login().of(address));
    if (name.isPresent()) {
      return name.get();
    }
    String answer = ask("The name to log in with at " + provider.name() + ": ");
    if (answer.isEmpty() || answer.chars().anyMatch(Character::isWhitespace)) {
      throw new RefusedException(EX_NOPERM, "a name to log in with has no white space in it");
    }
    return answer;
  }

  private Optional<SecretSource> source(Provider provider)
      throws ConfigException, RefusedException {
    if (arguments.source().isPresent()) {
      return Optional.of(SecretSource.parse(arguments.source().get()));
    }
    CredentialKind best = provider.credentials().getFirst();
    if (best.kind() == CredentialKind.Kind.OAUTH && provider.credentials().size() == 1) {
      throw new RefusedException(
          EX_NOPERM,
          provider.name()
              + " takes no passwords, only a login in the browser: do \"postrider login --help\","
              + " then \"postrider setup "
              + address
              + " --source oauth:NAME\" with the name that you gave it");
    }
    return Optional.empty();
  }

  private Secret secret(Provider provider) throws IOException {
    CredentialKind kind = provider.credentials().getFirst();
    call.out()
        .println(
            provider.name()
                + " wants "
                + kind.kind().words()
                + (kind.page().isEmpty() ? "" : ": " + kind.page())
                + (kind.hint().isEmpty() ? "" : " " + kind.hint()));
    call.out().flush();
    Secret given = HiddenInput.read(call, "Password (it is not shown): ");
    // Shown in groups, to be typed more easily; the spaces are not part of it.
    return kind.kind() == CredentialKind.Kind.APP_PASSWORD
        ? Secret.of(given.text().replace(" ", ""))
        : given;
  }

  private Account proven(
      Provider provider,
      List<SubmissionServer> servers,
      String login,
      Optional<SecretSource> source,
      Optional<Secret> secret)
      throws IOException, ConfigException, InterruptedException, RefusedException {
    if (!new RelaySetup(
            config, new Account(address, provider, servers.getFirst(), login), Path.of("/"))
        .canCheckCertificates()) {
      throw new RefusedException(
          EX_UNAVAILABLE,
          "this system has no list of certificate authorities, so no server can be trusted:"
              + " install the package ca-certificates, or set smtp_tls_CAfile");
    }
    for (SubmissionServer server : servers) {
      Account account = new Account(address, provider, server, login);
      switch (trial.run(config, account, source, secret)) {
        case LoginOutcome.WORKS -> {
          return account;
        }
        case LoginOutcome.UNREACHABLE -> say("the next server, if there is one");
        case LoginOutcome.UNUSABLE ->
            throw new RefusedException(
                EX_UNAVAILABLE, "nothing was written: " + server.nextHop() + " cannot be used so");
        case LoginOutcome.REFUSED ->
            throw new RefusedException(
                EX_NOPERM,
                "nothing was written: "
                    + provider.name()
                    + " refuses the login of "
                    + login
                    + (provider.credentials().getFirst().page().isEmpty()
                        ? ""
                        : " (it wants "
                            + provider.credentials().getFirst().kind().words()
                            + ": "
                            + provider.credentials().getFirst().page()
                            + ")"));
        case LoginOutcome.SENDER_REFUSED ->
            throw new RefusedException(
                EX_UNAVAILABLE,
                "nothing was written: the login is right, but "
                    + provider.name()
                    + " takes no mail from "
                    + address
                    + ": give the address that the account has");
      }
    }
    throw new RefusedException(
        EX_UNAVAILABLE,
        "nothing was written: no server of "
            + provider.name()
            + " can be reached; a network may block the ports 465 and 587 (others: 2525, 443)");
  }

  private Optional<Path> changed(
      Account account, Optional<SecretSource> source, Optional<Secret> secret)
      throws IOException, InterruptedException {
    SecretPlaces places = SecretPlaces.of(config, Optional.empty());
    String key = account.server().nextHop();
    Path file = places.file(key, account.login());
    ChangeSet changes = new ChangeSet(config.directory());
    Optional<String> rootTo =
        arguments.keepRoot()
            ? Optional.empty()
            : Optional.of(arguments.rootTo().orElse(account.address()));
    fresh(changes, "main.cf", DefaultFiles.mainCf());
    fresh(changes, "master.cf", DefaultFiles.masterCf());
    new RelaySetup(config, account, Path.of("/")).addTo(changes, rootTo);
    SecretLogin login =
        new SecretLogin(account.login(), source.orElseGet(() -> new SecretSource.File(file)));
    changes.tableLine(places.index(), key, key + " " + login.text());
    if (secret.isPresent()) {
      changes.secret(file, (secret.get().text() + "\n").getBytes(StandardCharsets.UTF_8));
    }
    call.out().println(arguments.dryRun() ? "Would be written:" : "Written:");
    changes.described().forEach(line -> call.out().println("  " + Printable.of(line)));
    if (arguments.dryRun()) {
      call.out().println("Nothing was written.");
      return Optional.empty();
    }
    if (!changes.isEmpty()) {
      changes.make(clock.instant());
      if (secret.isPresent()) {
        SecretCommand.giveToDaemon(config, file);
      }
      call.out().println("To take it back: postrider setup --undo");
    }
    return Optional.of(config.directory());
  }

  private void fresh(ChangeSet changes, String name, String text) throws IOException {
    Path file = config.directory().resolve(name);
    if (!Files.exists(file)) {
      changes.text(file, text);
    }
  }

  private void say(String text) {
    call.out().println("  " + Printable.of(text));
    call.out().flush();
  }
}
