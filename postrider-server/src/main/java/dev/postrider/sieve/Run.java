package dev.postrider.sieve;

import java.util.ArrayList;
import java.util.List;
import org.apache.jsieve.SieveContext;
import org.apache.jsieve.exception.SieveException;
import org.apache.jsieve.mail.Action;
import org.apache.jsieve.mail.ActionKeep;
import org.apache.jsieve.mail.MailAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One run of a script: what jSieve's interpreter hands around. What the message says is asked for
 * by {@link MessageTests}, so of the adapter's questions only the actions are answered. For one
 * thread.
 */
final class Run implements MailAdapter {
  /** Different things that a script may do with one message. */
  private static final int MOST_EFFECTS = 32;

  /** Somebody may mirror a mailbox to a few others; a list is what aliases are for. */
  private static final int MOST_REDIRECTS = 5;

  private final SieveMessage message;
  private final Work work = new Work();
  private final List<Effect> effects = new ArrayList<>();

  /** The script cannot go on. */
  static final class Stopped extends SieveException {
    private static final long serialVersionUID = 1L;
    private final transient ScriptError error;

    Stopped(ScriptError error) {
      super(error.toString());
      this.error = error;
    }

    ScriptError error() {
      return error;
    }
  }

  Run(SieveMessage message) {
    this.message = message;
  }

  SieveMessage message() {
    return message;
  }

  Work work() {
    return work;
  }

  List<Effect> effects() {
    return effects;
  }

  /** The end, at the command that is being run. */
  static Stopped stopped(SieveContext context, String text) {
    return new Stopped(new ScriptError(context.getCoordinate().getStartLineNumber(), 0, text));
  }

  /** Adds what is not there yet. */
  void add(SieveContext context, Effect effect) throws Stopped {
    if (effect.isAnswer() && effects.stream().anyMatch(Effect::isAnswer)) {
      // RFC 5230 §4.7.
      throw stopped(context, "vacation may be met once for a message; use elsif or stop");
    }
    if (effects.contains(effect)) {
      return;
    }
    boolean rejects = effect instanceof Effect.Reject;
    boolean rejected = effects.stream().anyMatch(Effect.Reject.class::isInstance);
    if (rejected || (rejects && !effects.isEmpty())) {
      throw stopped(context, "a message cannot be rejected and something else besides; add stop");
    }
    long redirects = effects.stream().filter(Effect.Redirect.class::isInstance).count();
    if (effect instanceof Effect.Redirect && redirects >= MOST_REDIRECTS) {
      throw stopped(context, "more than " + MOST_REDIRECTS + " redirects; use an alias for a list");
    }
    if (effects.size() >= MOST_EFFECTS) {
      throw stopped(context, "more than " + MOST_EFFECTS + " actions for one message");
    }
    effects.add(effect);
  }

  /** Of jSieve's own actions there is one: the implicit keep at the end. */
  @Override
  public void addAction(Action action) {
    if (action instanceof ActionKeep && !effects.contains(new Effect.Keep())) {
      effects.add(new Effect.Keep());
    }
  }

  @Override
  public void executeActions() {}

  @Override
  public void setContext(@Nullable SieveContext context) {}

  @Override
  public List<Action> getActions() {
    throw unasked();
  }

  @Override
  public List<String> getHeader(String name) {
    throw unasked();
  }

  @Override
  public List<String> getMatchingHeader(String name) {
    throw unasked();
  }

  @Override
  public List<String> getHeaderNames() {
    throw unasked();
  }

  @Override
  public int getSize() {
    throw unasked();
  }

  @Override
  public String getContentType() {
    throw unasked();
  }

  @Override
  public boolean isInBodyText(List<String> phrases) {
    throw unasked();
  }

  @Override
  public boolean isInBodyRaw(List<String> phrases) {
    throw unasked();
  }

  @Override
  public boolean isInBodyContent(List<String> types, List<String> phrases) {
    throw unasked();
  }

  @Override
  public Address[] parseAddresses(String name) {
    throw unasked();
  }

  private static IllegalStateException unasked() {
    return new IllegalStateException("no command or test of the interpreter asks for this");
  }
}
