package dev.postrider.control;

import java.util.function.Consumer;

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
     * @param entries takes the messages of a listing, one by one
     */
    ControlAnswer handle(ControlRequest request, Consumer<QueueEntry> entries);
  }
}
