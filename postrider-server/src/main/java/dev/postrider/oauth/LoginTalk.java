package dev.postrider.oauth;

import java.time.Duration;
import java.util.Optional;

/** The person who logs in, as the login sees them. */
public interface LoginTalk {
  /** Shows a line. */
  void say(String line);

  /**
   * Waits.
   *
   * @return false if the person does not want to wait any longer
   */
  boolean pause(Duration time) throws InterruptedException;

  /**
   * The next line that the person pastes; empty if nothing will come. Called on a thread of its
   * own, which may be left waiting.
   */
  Optional<String> pasted();
}
