package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.dns.Resolver;
import dev.postrider.provider.Provider;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.provider.Web;
import dev.postrider.setup.Account;
import dev.postrider.setup.AliasFile;
import dev.postrider.setup.BesideSetup;
import dev.postrider.setup.RelaySetup;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** One setup by a provider, from the address to what is to be written. For one call. */
final class SetupRun {
  private final Invocation call;
  private final Config config;
  private final SetupArguments arguments;
  private final SetupDialog dialog;
  private final SetupTrial trial;
  private final InstantSource clock;

  SetupRun(
      Invocation call,
      Config config,
      SetupArguments arguments,
      SetupTrial trial,
      InstantSource clock) {
    this.call = call;
    this.config = config;
    this.arguments = arguments;
    this.dialog = new SetupDialog(call);
    this.trial = trial;
    this.clock = clock;
  }

  /** Finds, asks and proves; writes nothing. */
  SetupPlan plan(Resolver resolver, Web web)
      throws IOException, ConfigException, InterruptedException, SetupRefusal {
    String address = arguments.address().isPresent() ? arguments.address().get() : askAddress();
    SetupSearch search = new SetupSearch(arguments, dialog);
    Provider provider = search.provider(address, resolver, web);
    List<SubmissionServer> servers = sorted(search.servers(provider));
    Account account =
        new Account(address, provider, servers.getFirst(), search.login(provider, address));
    RelaySetup setup = new RelaySetup(config, account, Path.of("/"));
    if (!setup.canCheckCertificates()) {
      throw SetupRefusal.unavailable(
          "this system has no list of certificate authorities, so no server can be trusted:"
              + " install the package ca-certificates, or set smtp_tls_CAfile");
    }
    if (!arguments.beside()) {
      mayReplace(dialog, arguments, SetupOthers.of(config, servers, account.login()));
    }
    // Asked before a login in the browser, which uses up the standard input.
    Optional<String> rootTo =
        arguments.beside()
            ? Optional.empty()
            : new SetupRoot(arguments, dialog)
                .to(Optional.of(address), new AliasFile(config, Path.of("/")).rootNow());
    SetupLogin browser = new SetupLogin(call, config, arguments, dialog, clock);
    SetupProof proof =
        new SetupProof(
            config, dialog, trial, new SetupAccess(arguments, dialog, browser, provider));
    SetupProof.Proven proven = proof.prove(account, servers);
    return arguments.beside()
        ? SetupPlan.beside(config, proven, arguments.choice(address), arguments.testTo())
        : SetupPlan.relay(config, proven, rootTo, arguments.testTo());
  }

  /** Beside another account those first that speak TLS as its servers do. */
  private List<SubmissionServer> sorted(List<SubmissionServer> servers) throws SetupRefusal {
    if (!arguments.beside()) {
      return servers;
    }
    List<SubmissionServer> fitting =
        servers.stream().filter(server -> BesideSetup.fits(config, server)).toList();
    if (fitting.isEmpty() && arguments.choosesByUser()) {
      throw SetupRefusal.unavailable(
          "nothing was written: the first account and this one differ in how TLS begins (ports 465"
              + " and 587), which can be told apart by sender and by recipient, not by user:"
              + " leave --for-user out, or set one of them up with another server (--server)");
    }
    return fitting.isEmpty() ? servers : fitting;
  }

  private String askAddress() throws IOException, SetupRefusal {
    String answer = dialog.ask("Your e-mail address at the provider", "", "an address");
    if (!SetupArguments.isAddress(answer)) {
      throw SetupRefusal.noPermission("\"" + answer + "\" is no address");
    }
    return answer;
  }

  /**
   * Another account that is in use is not lost unasked.
   *
   * @param other what would be replaced
   */
  static void mayReplace(SetupDialog dialog, SetupArguments arguments, Optional<String> other)
      throws IOException, SetupRefusal {
    if (other.isEmpty() || arguments.replace()) {
      return;
    }
    String question = "Mail goes out by " + other.get() + " now. Replace that";
    // Without a provider there is no account that could be a second one.
    boolean both = !arguments.direct();
    if (!dialog.agrees(question, "--replace" + (both ? ", or have both with --beside" : ""))) {
      throw SetupRefusal.noPermission(
          "nothing was written: all stays as it is"
              + (both ? " (--beside makes it a second account)" : ""));
    }
  }
}
