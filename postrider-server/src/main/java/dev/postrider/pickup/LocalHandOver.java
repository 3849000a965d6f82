package dev.postrider.pickup;

import dev.postrider.config.Config;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** The hand-over of one message by whoever runs this. Runs with their rights. */
public final class LocalHandOver {
  private final Config config;
  private final Submitter caller;

  public LocalHandOver(Config config, Submitter caller) {
    this.config = config;
    this.caller = caller;
  }

  /** Why the caller may not submit at all; empty if they may. */
  public Optional<String> refusal() {
    return SubmitUsers.allows(config, caller)
        ? Optional.empty()
        : Optional.of(SubmitUsers.refusal(caller));
  }

  /**
   * Stores a message.
   *
   * @param name the caller's NAME variable, or empty
   * @param arguments of sendmail, already found good
   * @param content cleaned
   * @throws IOException only if reading {@code content} failed
   */
  public HandedOver submit(String name, List<String> arguments, InputStream content)
      throws IOException {
    return Maildrop.of(config).handOver(new MaildropHeader(name, arguments, List.of()), content);
  }
}
