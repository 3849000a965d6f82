package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * What comes before a start, so that a fresh machine needs nothing else: the configuration is
 * looked through, and account, directories and master.cf are made where they are missing.
 */
public final class Preparation {
  /** What is wrong with a configuration, found without starting anything. */
  @FunctionalInterface
  public interface ConfigCheck {
    /**
     * Lists problems as sentences.
     *
     * @param warnings takes what the start survives
     * @param errors takes what it does not
     */
    void check(Config config, Consumer<String> warnings, Consumer<String> errors);
  }

  private final Config config;

  public Preparation(Config config) {
    this.config = config;
  }

  /**
   * Looks the configuration through.
   *
   * @param lines takes what was found, a line each, with "warning: " or "fatal: " before it
   * @return whether it can be used
   */
  public boolean check(ConfigCheck check, Consumer<String> lines) {
    boolean[] usable = {true};
    check.check(
        config,
        warning -> lines.accept("warning: " + warning),
        error -> {
          usable[0] = false;
          lines.accept("fatal: " + error);
        });
    return usable[0];
  }

  /**
   * Makes what is missing.
   *
   * @param said takes what was made that somebody may want to know of
   * @throws IOException with a sentence that names the remedy
   */
  public void run(Consumer<String> said) throws IOException {
    String owner = config.text("mail_owner");
    if (OwnUser.isRoot() && !MailOwner.exists(owner)) {
      String refused = MailOwner.create(owner);
      if (!refused.isEmpty()) {
        throw new IOException(refused);
      }
      said.accept("made the system account " + owner);
    }
    new MailDirectories(config).prepare();
  }
}
