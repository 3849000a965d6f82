package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.doctor.RelayHost;
import dev.postrider.provider.SubmissionServer;
import dev.postrider.secret.SecretIndex;
import java.io.IOException;
import java.nio.file.Path;
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
    List<RelayHost> relays = RelayHost.all(relayhost, config.text("smtp_tcp_port"));
    if (relays.isEmpty()) {
      return Optional.empty();
    }
    Path index = SecretPlaces.of(config, Optional.empty()).index();
    SecretIndex logins = SecretIndex.read(index);
    Optional<String> user = user(logins, relays.getFirst());
    // The others of a list are for when the first fails, and would be lost.
    boolean same =
        relays.size() == 1
            && servers.stream().anyMatch(server -> isOf(relays.getFirst(), server))
            && user.map(login::equals).orElseGet(() -> hasNoOtherLogins(config, index));
    return same
        ? Optional.empty()
        : Optional.of(
            relayhost + user.filter(_ -> relays.size() == 1).map(name -> " as " + name).orElse(""));
  }

  /** As the client looks: the host, then the destination as it is written. */
  private static Optional<String> user(SecretIndex logins, RelayHost relay) {
    Optional<SecretIndex.Entry> entry =
        relay.login().isEmpty()
            ? logins.find(relay.host()).or(() -> logins.find(relay.written()))
            : logins
                .find(relay.login() + "@" + relay.written())
                .or(() -> logins.find(relay.login()));
    return entry
        .map(found -> found.login().user())
        .or(() -> Optional.of(relay.login()).filter(name -> !name.isEmpty()));
  }

  /** Who logs in by another table, whose lines hold passwords, is not known here. */
  private static boolean hasNoOtherLogins(Config config, Path index) {
    return config.list("smtp_sasl_password_maps").stream().allMatch(("secret:" + index)::equals);
  }

  private static boolean isOf(RelayHost relay, SubmissionServer server) {
    return relay.host().equalsIgnoreCase(server.host());
  }
}
