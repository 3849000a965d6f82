package dev.postrider.oauth;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Asks a provider by HTTP. Safe on any thread. */
@FunctionalInterface
public interface TokenEndpoint {
  /**
   * An answer.
   *
   * @param status of HTTP
   * @param body within bounds
   */
  record Answer(int status, String body) {
    @Override
    public String toString() {
      return "Answer[" + status + "]";
    }
  }

  /**
   * Sends a form and waits, within bounds of time.
   *
   * @throws IOException if there is no answer, or too long a one; names the host and holds nothing
   *     of the form
   */
  Answer post(URI address, Map<String, String> form) throws IOException, InterruptedException;
}
