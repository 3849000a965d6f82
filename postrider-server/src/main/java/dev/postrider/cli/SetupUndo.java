package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.pickup.HandOver;
import dev.postrider.setup.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes a setup back, and has the mail system follow: one that has no configuration any more ends.
 *
 * @param directory of the configuration
 * @param postfix stops and reloads
 */
record SetupUndo(Invocation call, Path directory, Command postfix) {
  /** Returns the exit code of the mail system's change, or 0. */
  int run(Undo undo, boolean anyway) throws IOException, InterruptedException {
    Path main = directory.resolve("main.cf");
    boolean runs = runs(main);
    boolean ends = undo.removes(main);
    if (runs && ends) {
      // While it can still be told whom to stop.
      int _ = tell("stop");
    }
    undo.run(anyway);
    HandOver.refreshIfAllowed(directory);
    return runs && !ends ? tell("reload") : 0;
  }

  private boolean runs(Path main) throws IOException {
    try {
      return Files.exists(main) && new DaemonProcess(Config.load(directory)).running().isPresent();
    } catch (ConfigException e) {
      call.warning(String.valueOf(e.getMessage()));
      return false;
    }
  }

  private int tell(String verb) throws IOException, InterruptedException {
    return postfix.run(call.as("postfix", List.of("-c", directory.toString(), verb)));
  }
}
