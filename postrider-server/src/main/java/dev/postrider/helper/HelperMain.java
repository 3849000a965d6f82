package dev.postrider.helper;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.ActingAs;
import dev.postrider.io.Pause;
import dev.postrider.io.Signals;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The helper's process from within, which root runs in the directory that is the helper's own: says
 * when it listens, serves the daemon, and ends when that does or when there was nothing to do for a
 * while. For one thread.
 */
public final class HelperMain {
  private static final Duration MOST_IDLE = Duration.ofMinutes(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  /** Relative, so that it stays the same directory whatever becomes of its name. */
  private static final Path HERE = Path.of(".");

  private final PrintStream out;

  /**
   * Not yet running.
   *
   * @param out what the daemon hears
   */
  public HelperMain(PrintStream out) {
    this.out = out;
  }

  /**
   * Runs to the end.
   *
   * @param directory of main.cf
   * @param in the pipe of the daemon
   */
  public void run(Path directory, InputStream in)
      throws IOException, ConfigException, InterruptedException {
    // A service manager may send that to all processes; the end comes by the pipe, when what is in
    // hand is done.
    for (String signal : new String[] {"TERM", "INT", "HUP"}) {
      Runnable _ = Signals.on(signal, () -> {});
    }
    Config config = Config.load(directory);
    RootRights rights = new RootRights(config, InstantSource.system(), ActingAs.inPlace(), HERE);
    rights.undoLeft(this::notice);
    UserPrincipal owner =
        FileSystems.getDefault()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(config.text("mail_owner"));
    HelperServer server =
        HelperServer.open(HERE.resolve(HelperProcess.SOCKET), owner, rights, this::notice);
    say(HelperProcess.READY);
    Thread.ofPlatform()
        .name("daemon-pipe")
        .daemon()
        .start(() -> obey(directory, in, rights, server));
    Thread.ofPlatform().name("idle").daemon().start(() -> endIdle(server));
    server.serve();
    server.awaitWork();
  }

  /** Until the daemon ends. */
  private void obey(Path directory, InputStream in, RootRights rights, HelperServer server) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.equals(HelperProcess.RELOAD)) {
          reload(directory, rights);
        }
      }
    } catch (IOException e) {
      notice("the pipe to the helper: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end(server);
    server.interruptWork();
  }

  private void reload(Path directory, RootRights rights) throws InterruptedException {
    try {
      rights.reload(Config.load(directory));
    } catch (ConfigException | IOException | RuntimeException | Error e) {
      notice("the helper keeps the old settings: " + e.getMessage());
    }
  }

  private void endIdle(HelperServer server) {
    while (Pause.of(BETWEEN_LOOKS)) {
      if (server.idle().compareTo(MOST_IDLE) > 0) {
        end(server);
        return;
      }
    }
  }

  private void end(HelperServer server) {
    try {
      server.close();
    } catch (IOException e) {
      notice("the helper cannot remove its socket: " + e.getMessage());
    }
  }

  private void notice(String text) {
    say(HelperProcess.NOTICE + text.replace('\n', ' '));
  }

  private synchronized void say(String line) {
    out.println(line);
    out.flush();
  }
}
