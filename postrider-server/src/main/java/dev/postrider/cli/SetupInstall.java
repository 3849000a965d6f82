package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.Printable;
import dev.postrider.pickup.HandOver;
import dev.postrider.setup.Undo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Writes what is planned and puts it to use, as a whole: broken off, all is as it was. */
final class SetupInstall {
  private final Invocation call;
  private final Config config;
  private final Command postfix;
  private final InstantSource clock;

  SetupInstall(Invocation call, Config config, Command postfix, InstantSource clock) {
    this.call = call;
    this.config = config;
    this.postfix = postfix;
    this.clock = clock;
  }

  /**
   * Writes, and has the mail system read it or starts it.
   *
   * @return whether it runs with it now
   */
  boolean run(SetupPlan plan, SetupGuard guard)
      throws IOException, ConfigException, InterruptedException {
    boolean ran = new DaemonProcess(config).running().isPresent();
    guard.<IOException>whole(() -> write(plan, guard));
    say(plan.described().isEmpty() ? "Nothing had to be changed." : "Written:");
    plan.described().forEach(line -> say("  " + line));
    if (!plan.described().isEmpty()) {
      say("To take it back: postrider setup --undo");
    }
    boolean[] runs = {false};
    guard.<IOException>whole(() -> {
      runs[0] = postfix(ran ? "reload" : "start") == 0;
      guard.settle();
    });
    say(runs[0] ? (ran ? "reloaded" : "started") : "the mail system says no");
    return runs[0];
  }

  private void write(SetupPlan plan, SetupGuard guard) throws IOException, InterruptedException {
    Optional<Undo> before = Undo.last(config.directory());
    guard.takeBackBy(() -> takeBack(before, plan));
    boolean written = plan.make(clock.instant());
    if (plan.hasTokens()) {
      try {
        if (!Files.isDirectory(Path.of(config.text("data_directory")))) {
          int _ = postfix("check");
        }
        plan.keepTokens();
      } catch (IOException e) {
        if (written) {
          Optional<Undo> made = Undo.last(config.directory());
          if (made.isPresent()) {
            made.get().run(/* anyway= */ true);
          }
        }
        throw new IOException(
            "nothing was changed: the tokens cannot be kept: " + e.getMessage(), e);
      }
    }
    HandOver.refreshIfAllowed(config.directory());
  }

  /** Runs while the JVM ends, when nobody else does anything here. */
  private void takeBack(Optional<Undo> before, SetupPlan plan) {
    try {
      Optional<Undo> made = Undo.last(config.directory());
      if (made.isPresent() && !made.map(Undo::stamp).equals(before.map(Undo::stamp))) {
        int _ =
            new SetupUndo(call, config.directory(), postfix).run(made.get(), /* anyway= */ true);
      }
      plan.forgetTokens();
      say("Broken off: all is as it was.");
    } catch (IOException e) {
      call.fatal("broken off, and not all is as it was: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private int postfix(String verb) throws IOException, InterruptedException {
    return postfix.run(call.as("postfix", List.of("-c", config.directory().toString(), verb)));
  }

  private void say(String line) {
    call.out().println(Printable.of(line));
    call.out().flush();
  }
}
