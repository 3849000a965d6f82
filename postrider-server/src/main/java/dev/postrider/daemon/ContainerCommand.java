package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.Invocation;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.ReadRights;
import dev.postrider.log.OwnedLog;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code postrider container}, the one process of a container: makes the configuration from what is
 * mounted and from the environment, says what is dangerous about how the container was started, and
 * becomes the daemon.
 */
final class ContainerCommand implements Command {
  private static final Path MOUNTED = Path.of("/etc/postfix");
  private static final String DIRECTORY = "/tmp/postrider";
  private static final int EX_CONFIG = 78;

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    if (!call.arguments().isEmpty()) {
      call.fatal("usage: postrider container (settings are in the environment, docs/container.md)");
      return 64;
    }
    Path directory =
        Path.of(call.environment().getOrDefault("MAIL_CONFIG", DIRECTORY)).toAbsolutePath();
    if (directory.equals(MOUNTED)) {
      call.fatal("MAIL_CONFIG: " + MOUNTED + " is read from here; name another place or none");
      return EX_CONFIG;
    }
    Config config;
    try {
      ContainerFiles.write(MOUNTED, directory, ContainerSettings.of(call.environment()));
      config = Config.load(directory);
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_CONFIG;
    }
    warn(config);
    call.err().flush();
    return new DaemonCommand().run(call.as("master", List.of("-c", directory.toString())));
  }

  private static void warn(Config config) throws IOException {
    OwnedLog log = Logs.open(config, Logs.target(config), config.text("syslog_name"));
    try {
      ContainerSurroundings.spool(
              Path.of(config.text("queue_directory")), lines("/proc/self/mountinfo"))
          .ifPresent(text -> log.warning("container", text));
      ContainerSurroundings.gateway(
              config, new Tables(config, log, ReadRights.own())::open, lines("/proc/net/route"))
          .ifPresent(text -> log.warning("container", text));
    } catch (ConfigException e) {
      // The daemon says it too, and better.
      log.warning("container", String.valueOf(e.getMessage()));
    } finally {
      log.close();
    }
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      // No such kernel: nothing can be said.
      return List.of();
    }
  }
}
