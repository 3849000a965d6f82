package dev.postrider.cli;

import dev.postrider.io.Pause;
import dev.postrider.io.Printable;
import dev.postrider.oauth.LoginTalk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A person at this terminal who logs in. */
final class TerminalTalk implements LoginTalk {
  private final Invocation call;
  private final BufferedReader in;

  TerminalTalk(Invocation call) {
    this.call = call;
    this.in = new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
  }

  @Override
  public void say(String line) {
    call.out().println(Printable.of(line));
    call.out().flush();
  }

  @Override
  public boolean pause(Duration time) {
    return Pause.of(time);
  }

  @Override
  public Optional<String> pasted() {
    try {
      return Optional.ofNullable(in.readLine());
    } catch (IOException _) {
      return Optional.empty();
    }
  }
}
