package dev.postrider.cli;

import java.io.IOException;
import java.util.Optional;

/** Who gets root's mail. Asked only if somebody gets it already who is somebody else. */
record SetupRoot(SetupArguments arguments, SetupDialog dialog) {
  /**
   * Decides.
   *
   * @param address of the person who sets up, if it is known
   * @param now who gets it
   * @return empty if the alias is to stay as it is
   */
  Optional<String> to(Optional<String> address, Optional<String> now)
      throws IOException, SetupRefusal {
    Optional<String> found = arguments.rootTo().or(() -> address);
    if (arguments.keepRoot() || found.isEmpty()) {
      return Optional.empty();
    }
    String wanted = found.get();
    boolean said = arguments.rootTo().isPresent() || !dialog.isPossible();
    if (said || now.isEmpty() || now.get().equals(wanted)) {
      return Optional.of(wanted);
    }
    dialog.say("Root's mail goes to " + now.get() + " now.");
    String answer = dialog.ask("Who shall get it", wanted, "--root-to or --no-root");
    if (answer.equals(now.get())) {
      return Optional.empty();
    }
    if (!SetupArguments.isAddress(answer) && !answer.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
      throw SetupRefusal.noPermission(
          "nothing was written: \"" + answer + "\" is neither an address nor a user");
    }
    return Optional.of(answer);
  }
}
