package dev.postrider.daemon;

import dev.postrider.io.Signals;

/**
 * The hang-up signal, which asks a daemon to read its configuration again. Where the JDK cannot
 * handle signals, the control socket still reloads.
 */
final class HangUp {
  private HangUp() {}

  static void onSignal(Runnable action) {
    Runnable _ = Signals.on("HUP", action);
  }
}
