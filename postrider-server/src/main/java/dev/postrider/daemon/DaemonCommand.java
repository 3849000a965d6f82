package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.DaemonProcess;
import dev.postrider.cli.Invocation;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.helper.Helper;
import dev.postrider.helper.OwnRights;
import dev.postrider.helper.RemoteHelper;
import dev.postrider.io.ActingAs;
import dev.postrider.io.OwnUser;
import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import dev.postrider.log.OwnedLog;
import dev.postrider.smtpd.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The daemon itself, which {@code postfix start} runs: {@code daemon -c DIR}. Prints one line when
 * it listens, or the reason why it does not.
 */
final class DaemonCommand implements Command {
  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    List<String> arguments = call.arguments();
    if (arguments.size() != 2 || !arguments.getFirst().equals("-c")) {
      call.fatal("usage: postrider daemon -c config_dir (or rather: postfix start)");
      return 1;
    }
    Libc.setsid();
    HangUp hangUp = HangUp.watch();
    Daemon daemon;
    try {
      daemon = start(Path.of(arguments.getLast()).toAbsolutePath());
    } catch (ConfigException | IOException e) {
      call.out().println("postfix/master: fatal: " + e.getMessage());
      return 1;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) -> daemon.log().bug("master", "thread \"" + thread.getName() + "\"", e));
    Runtime.getRuntime().addShutdownHook(new Thread(daemon::stop, "stop"));
    Termination termination = Termination.of(daemon.ending());
    hangUp.obeyBy(daemon::reload, daemon.log());
    IdleMemory.watch(daemon.log());
    call.out().println(DaemonProcess.READY);
    call.out().flush();
    return termination.exitCode(daemon.awaitEnd());
  }

  private static Daemon start(Path directory) throws IOException, ConfigException {
    Config config = Config.load(directory);
    MasterConfig master = MasterConfig.load(directory);
    OwnedLog log = Logs.open(config);
    config.warnings().forEach(warning -> log.warning("master", warning));
    master.warnings().forEach(warning -> log.warning("master", warning));
    Map<String, List<ServerSocketChannel>> bound = bind(config, master);
    InstantSource clock = InstantSource.system();
    boolean root = OwnUser.isRoot();
    // Before the rights are given up, of which that process keeps what acting for others needs.
    Helper helper =
        root && ActingAs.isSupported()
            ? new RemoteHelper(RootHelper.start(config, log))
            : ownRights(config, log, clock);
    @Nullable Privileges privileges = root ? drop(config.text("mail_owner")) : null;
    return new Daemon(
        config,
        master,
        bound,
        new Shared(log, clock, privileges == null ? ReadRights.own() : privileges, helper),
        privileges);
  }

  private static Helper ownRights(Config config, MailLog log, InstantSource clock)
      throws IOException {
    OwnRights rights = new OwnRights(config, clock);
    try {
      rights.undoLeft(text -> log.warning("local", text));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    log.info(
        "master",
        "started by uid "
            + OwnUser.uid()
            + ", not by root: local delivery is to that user only, and runs commands as that user");
    return rights;
  }

  /** Opens the sockets of each inet service, by its name. */
  static Map<String, List<ServerSocketChannel>> bind(Config config, MasterConfig master)
      throws IOException, ConfigException {
    Map<String, List<ServerSocketChannel>> bound = new HashMap<>();
    for (Map.Entry<ServiceEntry, List<InetSocketAddress>> each :
        Assembly.listeners(config, master).entrySet()) {
      bound.put(each.getKey().name(), Listener.bind(each.getValue()));
    }
    return bound;
  }

  private static Privileges drop(String owner) throws IOException {
    return Privileges.dropTo(id("-u", owner), id("-g", owner));
  }

  private static int id(String option, String name) throws IOException {
    try {
      Process process = new ProcessBuilder("id", option, name).start();
      String answer =
          new String(
                  process.getInputStream().readAllBytes(),
                  java.nio.charset.StandardCharsets.US_ASCII)
              .strip();
      if (process.waitFor() == 0) {
        return Integer.parseInt(answer);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException(
        "mail_owner: there is no account \"" + name + "\" (postfix set-permissions makes one)");
  }
}
