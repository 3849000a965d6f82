package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.DaemonOptions;
import dev.postrider.cli.Invocation;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.helper.HelperTraining;
import dev.postrider.helper.OwnRights;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.OwnUser;
import dev.postrider.io.ReadRights;
import dev.postrider.log.OwnedLog;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code postrider train daemon|commands}, the last step of the build: does in one process what the
 * daemon, or every command, does all day, while the JVM notes for its start-up cache what that
 * takes. Fails where mail would not flow.
 */
final class Train implements Command {
  private static final String USER = "me@provider.test";
  private static final String PASSWORD = "app-password";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RELAYED = 1000;
  private static final int LOCAL = 200;
  private static final int SESSIONS = 20;

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    List<String> arguments = call.arguments();
    boolean daemon = arguments.equals(List.of("daemon"));
    if (!daemon && !arguments.equals(List.of("commands"))) {
      call.fatal("usage: postrider train daemon|commands");
      return 1;
    }
    Path bin =
        Path.of(call.environment().getOrDefault("POSTRIDER_HOME", "."), "bin")
            .toAbsolutePath()
            .normalize();
    try (PretendProvider provider = PretendProvider.start(USER, PASSWORD);
        TryInstance host = TryInstance.create(bin, provider.port(), USER, PASSWORD)) {
      Commanded commands = new Commanded(call, host);
      commands.run("", "postmap", "hash:" + host.etc.resolve("sasl_passwd"));
      commands.run("", "postmap", "hash:" + host.etc.resolve("generic"));
      if (daemon) {
        relay(commands, provider);
      } else {
        everyday(commands, provider);
      }
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
    return 0;
  }

  private static void relay(Commanded commands, PretendProvider provider)
      throws IOException, InterruptedException, ConfigException {
    TryInstance host = commands.host();
    try (TrainingSink sink = TrainingSink.start()) {
      Files.writeString(
          host.etc.resolve("main.cf"),
          """
          smtp_tls_security_level = may
          transport_maps = inline:{ { sink.test = smtp:[127.0.0.1]:%d } }
          mydestination = $myhostname
          mail_spool_directory = %s
          """
              .formatted(sink.port(), Files.createDirectory(host.directory.resolve("mail"))),
          StandardOpenOption.APPEND);
      commands.run("", "postfix", "check");
      Daemon daemon = daemon(host.etc);
      try {
        TrainingClient.send(host.port, "a@sink.test", SESSIONS, RELAYED);
        TrainingClient.send(host.port, "a@example.org", SESSIONS, RELAYED / 2);
        TrainingClient.send(host.port, ownName() + "@this-machine.test", SESSIONS, LOCAL);
        commands.run("", "mailq");
        commands.run("", "postfix", "reload");
        arrived(provider, host, RELAYED / 2);
        if (!sink.await(RELAYED, PATIENCE)) {
          throw new IOException("the messages did not arrive in time:\n" + host.log());
        }
      } finally {
        daemon.stop();
      }
    }
    startAgain(host.etc);
  }

  /** As most starts are: on a spool that is there. With the rights this process needs to go on. */
  private static void startAgain(Path directory)
      throws IOException, InterruptedException, ConfigException {
    Libc.setsid();
    Config config = Config.load(directory);
    Daemon daemon =
        DaemonCommand.begin(
                config,
                DaemonLog.open(config),
                new DaemonOptions(directory, false, true, false, Duration.ofHours(1)),
                Map.of(),
                false)
            .daemon();
    daemon.announce();
    daemon.stop();
  }

  /** Whose mailbox this process may write. */
  private static String ownName() throws IOException, InterruptedException {
    long uid = OwnUser.uid();
    return new Accounts()
        .find(uid)
        .map(Account::name)
        .orElseThrow(() -> new IOException("uid " + uid + " has no account"));
  }

  private static void arrived(PretendProvider provider, TryInstance host, int count)
      throws IOException, InterruptedException {
    if (provider.await(count, PATIENCE).size() < count) {
      throw new IOException("the messages did not arrive in time:\n" + host.log());
    }
  }

  /** In this process, and with the rights it has: the cache is written with them. */
  private static Daemon daemon(Path directory) throws IOException, ConfigException {
    Config config = Config.load(directory);
    MasterConfig master = MasterConfig.load(directory);
    OwnedLog log = DaemonLog.open(config);
    return Daemon.unattended(
        config,
        master,
        new Shared(
            config,
            log,
            InstantSource.system(),
            ReadRights.own(),
            new OwnRights(config, InstantSource.system())));
  }

  private static void everyday(Commanded commands, PretendProvider provider)
      throws IOException, InterruptedException, ConfigException {
    commands.run("", "postfix", "start");
    commands.run("Hello\n", "mail", "-s", "By mail", "a@example.org");
    commands.run("To: a@example.org\nSubject: By sendmail\n\nHello\n", "sendmail", "-t", "-i");
    commands.run("", "mailq");
    commands.run("", "postqueue", "-j");
    commands.run("", "postqueue", "-f");
    commands.run("", "postconf");
    commands.run("", "postconf", "-n");
    commands.run("", "postconf", "-d", "mail_version");
    commands.run("", "postconf", "-M");
    commands.run("", "postfix", "status");
    commands.run("", "postfix", "reload");
    commands.run(
        "",
        "postmap",
        "-q",
        "me@provider.test",
        "hash:" + commands.host().etc.resolve("sasl_passwd"));
    commands.run("a line", "postlog");
    arrived(provider, commands.host(), 2);
    commands.run("", "postfix", "stop");
    if (!OwnUser.isRoot()) {
      Files.writeString(
          commands.host().etc.resolve("main.cf"),
          "mail_owner = " + ownName() + "\n",
          StandardOpenOption.APPEND);
    }
    Path helper = Files.createDirectory(commands.host().directory.resolve("helper"));
    HelperTraining.run(Config.load(commands.host().etc), helper);
  }

  /** Commands run in this process, on one instance. */
  private record Commanded(Invocation call, TryInstance host) {
    /** Its exit code does not matter: what it loads on the way does. */
    void run(String input, String name, String... arguments)
        throws IOException, InterruptedException {
      Map<String, String> environment = new HashMap<>(call.environment());
      environment.put("MAIL_CONFIG", host.etc.toString());
      PrintStream out = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
      int _ =
          Commands.find(name)
              .orElseThrow()
              .run(
                  new Invocation(
                      name,
                      List.of(arguments),
                      environment,
                      new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                      out,
                      out));
    }
  }
}
