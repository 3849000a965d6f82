package dev.postrider.control;

/** How a request ended. */
public sealed interface ControlAnswer {
  /** Done. */
  record Done() implements ControlAnswer {}

  /**
   * Not done.
   *
   * @param text one sentence for the person who asked
   */
  record Failed(String text) implements ControlAnswer {}

  /** Whoever carries requests out; called on a virtual thread for each connection. */
  @FunctionalInterface
  interface Handler {
    /**
     * Carries one request out.
     *
     * @param output takes what is found or done, one by one
     */
    ControlAnswer handle(ControlRequest request, ControlOutput output);
  }
}
