package dev.postrider.doctor;

import java.io.IOException;
import java.util.List;

/** Looks at one thing. Called once, on a thread of its own; only looks, and within seconds. */
public interface Check {
  /** What it is about. */
  Area area();

  /** For people: what could not be looked at, should it fail. */
  String subject();

  /** Whether it asks others than this machine, so that {@code --offline} leaves it out. */
  default boolean asksNetwork() {
    return false;
  }

  /**
   * Looks.
   *
   * @return at least one finding, {@link Severity#OK} if all is well; none if the check does not
   *     concern this configuration
   * @throws java.nio.file.AccessDeniedException if the caller may not see it, which is told once
   *     for all such checks
   * @throws IOException with the reason why it could not look
   */
  List<Finding> look() throws IOException, InterruptedException;
}
