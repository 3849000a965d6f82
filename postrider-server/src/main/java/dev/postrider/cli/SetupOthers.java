package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.secret.SecretIndex;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whether mail goes out by somebody else's account already. Functions only. */
final class SetupOthers {
  private SetupOthers() {}

  /**
   * What a setup would replace, for people: {@code [smtp.example.com]:587 as you@example.com}.
   *
   * @param servers one of which is to be used
   * @param login the name to log in with
   * @return empty if there is nothing, or the same
   */
  static Optional<String> of(Config config, List<SubmissionServer> servers, String login)
      throws IOException {
    String relayhost = config.text("relayhost").strip();
    if (relayhost.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> user =
        SecretIndex.read(SecretPlaces.of(config, Optional.empty()).index())
            .find(relayhost)
            .map(entry -> entry.login().user());
    boolean same = servers.stream().anyMatch(server -> isOf(relayhost, server));
    return same && user.map(login::equals).orElse(true)
        ? Optional.empty()
        : Optional.of(relayhost + user.map(name -> " as " + name).orElse(""));
  }

  private static boolean isOf(String relayhost, SubmissionServer server) {
    return relayhost.replaceAll("^\\[?([^\\]:]*)\\]?(:.*)?$", "$1").equalsIgnoreCase(server.host());
  }
}
