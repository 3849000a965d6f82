package dev.postrider.daemon;

import dev.postrider.io.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The administrator's command that passes an alarm on, run once with the daemon's own rights. For
 * one thread, which waits for it.
 *
 * @param command for sh(1)
 * @param event {@code raised} or {@code cleared}
 * @param account whose
 * @param text lines for people, its standard input
 */
record AlarmCommand(String command, String event, String account, String text) {
  private static final long LIMIT_SECONDS = 30;

  /** What a desktop's programs need; nothing else of the daemon's environment is theirs. */
  private static final Set<String> KEPT =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LANG",
          "DISPLAY",
          "WAYLAND_DISPLAY",
          "XDG_RUNTIME_DIR",
          "DBUS_SESSION_BUS_ADDRESS");

  /**
   * Runs it, half a minute at most.
   *
   * @param warnings hears of a failure
   */
  void run(Consumer<String> warnings) {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-c", command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(KEPT);
    environment.put("POSTRIDER_ALARM", event);
    environment.put("POSTRIDER_ACCOUNT", account);
    try {
      Process process = Programs.start(builder);
      feed(process);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        warnings.accept(failed("it did not end within " + LIMIT_SECONDS + " seconds"));
      } else if (process.exitValue() != 0) {
        warnings.accept(failed("it ended with " + process.exitValue()));
      }
    } catch (IOException e) {
      warnings.accept(failed(String.valueOf(e.getMessage())));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void feed(Process process) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // It does not want to read: its exit status tells whether all is well.
      return;
    }
  }

  private String failed(String why) {
    return "postrider_alarm_command = " + command + ": the alarm was not passed on: " + why;
  }
}
