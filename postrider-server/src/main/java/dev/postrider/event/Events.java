package dev.postrider.event;

/** Takes events. Safe on any thread; never throws, and waits a second at most. */
@FunctionalInterface
public interface Events {
  void record(Event event);

  /** Where nobody wants to know. */
  static Events none() {
    return _ -> {};
  }
}
