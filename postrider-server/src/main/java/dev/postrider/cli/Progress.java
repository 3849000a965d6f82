package dev.postrider.cli;

/** Tells a person at a terminal, once a second, how far long work has come. For one thread. */
final class Progress {
  private static final long EACH_NANOS = 1_000_000_000L;

  private final Invocation call;
  private long last = System.nanoTime();

  Progress(Invocation call) {
    this.call = call;
  }

  /**
   * Called often.
   *
   * @param what was done so far, as {@code messages exported}
   */
  void at(long count, String what) {
    long now = System.nanoTime();
    if (call.errIsTerminal() && now - last >= EACH_NANOS) {
      last = now;
      call.err().println(call.name() + ": " + count + " " + what + " ...");
      call.err().flush();
    }
  }
}
