package dev.postrider.cli;

import dev.postrider.io.Printable;
import dev.postrider.secret.Secret;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The person who sets up, at this terminal; where there is none, each question is a refusal that
 * names the option which answers it. For one call.
 */
final class SetupDialog {
  /** A person errs; a program that answers at random does not go on for ever. */
  private static final int TRIES = 3;

  private final Invocation call;

  SetupDialog(Invocation call) {
    this.call = call;
  }

  /** Whether somebody can be asked. */
  boolean isPossible() {
    return call.environment().containsKey("POSTRIDER_IN_TTY");
  }

  /** Says something; nothing is asked. */
  void say(String text) {
    call.out().println(Printable.of(text));
    call.out().flush();
  }

  /** Says how a step went, a little to the right. */
  void step(String text) {
    say("  " + text);
  }

  /**
   * Asks for a line.
   *
   * @param question without its colon
   * @param otherwise what Enter alone means; empty if it means nothing
   * @param option what answers it without a terminal
   */
  String ask(String question, String otherwise, String option) throws IOException, SetupRefusal {
    require(question, option);
    call.out()
        .print(Printable.of(question + (otherwise.isEmpty() ? "" : " [" + otherwise + "]")) + ": ");
    call.out().flush();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c = call.in().read();
    if (c < 0) {
      throw ended();
    }
    for (; c >= 0 && c != '\n'; c = call.in().read()) {
      line.write(c);
    }
    String answer = line.toString(StandardCharsets.UTF_8).strip();
    return answer.isEmpty() ? otherwise : answer;
  }

  /** Asks for one of several things. The first is the default. */
  int choose(String question, List<String> choices, String option)
      throws IOException, SetupRefusal {
    require(question, option);
    say(question);
    for (int i = 0; i < choices.size(); i++) {
      step((i + 1) + "  " + choices.get(i));
    }
    for (int tries = 0; tries < TRIES; tries++) {
      String answer = ask("Which", "1", option);
      for (int i = 0; i < choices.size(); i++) {
        if (answer.equals(Integer.toString(i + 1))) {
          return i;
        }
      }
      say("One of the numbers from 1 to " + choices.size() + " is wanted.");
    }
    throw SetupRefusal.noPermission("nothing was written: no number was chosen");
  }

  /** Asks whether something is wanted; Enter alone means no. */
  boolean agrees(String question, String option) throws IOException, SetupRefusal {
    for (int tries = 0; tries < TRIES; tries++) {
      String answer = ask(question + " (y/n)", "n", option);
      if (List.of("y", "yes", "Y", "Yes", "YES").contains(answer)) {
        return true;
      }
      if (List.of("n", "no", "N", "No", "NO").contains(answer)) {
        return false;
      }
      say("y or n is wanted.");
    }
    return false;
  }

  /** Reads a secret, unseen; without a terminal it is the first line of standard input. */
  Secret secret(String prompt) throws SetupRefusal {
    call.out().flush();
    try {
      return HiddenInput.read(call, prompt);
    } catch (IOException e) {
      // No file of the configuration is at fault, as the code for other such errors would say.
      throw SetupRefusal.noPermission(Optional.ofNullable(e.getMessage()).orElseGet(e::toString));
    }
  }

  private void require(String question, String option) throws SetupRefusal {
    if (!isPossible()) {
      throw SetupRefusal.noPermission(
          "nobody can be asked here: " + question + " (say it with " + option + ")");
    }
  }

  private SetupRefusal ended() {
    call.out().println();
    return SetupRefusal.noPermission("nothing was written: the input has ended");
  }
}
