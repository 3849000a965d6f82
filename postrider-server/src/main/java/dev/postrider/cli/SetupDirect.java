package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.doctor.DirectProof;
import dev.postrider.doctor.Finding;
import dev.postrider.doctor.Severity;
import dev.postrider.setup.AliasFile;
import dev.postrider.setup.ChangeSet;
import dev.postrider.setup.DirectSetup;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One setup without a provider, from the proof to what is to be written. For one call. */
final class SetupDirect {
  /** Surely takes mail; it is greeted and nothing more. */
  private static final String WELL_KNOWN = "gmail.com";

  private final Config config;
  private final SetupArguments arguments;
  private final SetupDialog dialog;
  private final SetupCommand.Outside outside;

  SetupDirect(
      Invocation call, Config config, SetupArguments arguments, SetupCommand.Outside outside) {
    this.config = config;
    this.arguments = arguments;
    this.dialog = new SetupDialog(call);
    this.outside = outside;
  }

  /** Proves and asks; writes nothing. */
  SetupPlan plan() throws IOException, ConfigException, SetupRefusal {
    String hostName = arguments.hostName().orElseGet(() -> config.text("myhostname"));
    DirectSetup setup = new DirectSetup(config, hostName, Path.of("/"));
    SetupRun.mayReplace(dialog, arguments, SetupOthers.of(config, List.of(), ""));
    dialog.step("whether mail of " + setup.domain() + " can go out from here as " + hostName);
    List<Finding> found =
        DirectProof.of(
            outside.resolvers().apply(config),
            outside.records().get(),
            outside.port(),
            new DirectProof.Claim(
                hostName,
                setup.domain(),
                arguments.publicAddress().map(SetupDirect::literal),
                arguments.probeHost(),
                WELL_KNOWN));
    found.forEach(this::tell);
    dialog.step("mail is not signed with DKIM, for which some receivers trust it less");
    goOn(found);
    Optional<String> rootTo =
        new SetupRoot(arguments, dialog)
            .to(arguments.address(), new AliasFile(config, Path.of("/")).rootNow());
    ChangeSet changes = SetupPlan.begun(config);
    setup.addTo(changes, rootTo);
    return SetupPlan.direct(
        config, changes, "root@" + setup.domain(), arguments.testTo().or(arguments::address));
  }

  private static InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--address " + text + ": no address such as 192.0.2.7", e);
    }
  }

  private void tell(Finding finding) {
    boolean bad = finding.severity() == Severity.ERROR;
    dialog.step((bad ? "failed: " : "") + finding.what());
    for (String more : List.of(finding.follows(), finding.mend())) {
      if (!more.isEmpty()) {
        dialog.step("  " + more);
      }
    }
  }

  private void goOn(List<Finding> found) throws IOException, SetupRefusal {
    long errors = found.stream().filter(each -> each.severity() == Severity.ERROR).count();
    if (errors == 0 || arguments.anyway()) {
      return;
    }
    boolean blocked = found.stream().anyMatch(each -> each.id().equals("port-25-blocked"));
    if (blocked || !dialog.isPossible()) {
      throw SetupRefusal.unavailable(
          "nothing was written: mail would not arrive, for the reason"
              + (errors == 1 ? "" : "s")
              + " above (--anyway: write it all the same)");
    }
    if (!dialog.agrees("Much of the mail would be refused. Go on all the same", "--anyway")) {
      throw SetupRefusal.unavailable("nothing was written");
    }
  }
}
