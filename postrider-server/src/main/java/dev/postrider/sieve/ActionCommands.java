package dev.postrider.sieve;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.jsieve.Arguments;
import org.apache.jsieve.Block;
import org.apache.jsieve.CommandManager;
import org.apache.jsieve.ExecutableCommand;
import org.apache.jsieve.SieveContext;
import org.apache.jsieve.commands.Else;
import org.apache.jsieve.commands.Elsif;
import org.apache.jsieve.commands.If;
import org.apache.jsieve.commands.Stop;
import org.apache.jsieve.exception.LookupException;
import org.apache.jsieve.exception.SieveException;
import org.apache.jsieve.mail.MailAdapter;
import org.jspecify.annotations.Nullable;

/** The commands of a script: control is jSieve's, actions become {@link Effect}s. Stateless. */
final class ActionCommands implements CommandManager {
  /** What an action does. */
  @FunctionalInterface
  private interface Action {
    /** Answers whether the message is no longer kept by itself. */
    boolean act(Run run, SieveContext context, Call call) throws SieveException, ScriptProblem;
  }

  @Override
  public ExecutableCommand getCommand(String name) throws LookupException {
    return switch (name) {
      case "if" -> new If();
      case "elsif" -> new Elsif();
      case "else" -> new Else();
      case "stop" -> new Stop();
      // It was checked before anything ran.
      case "require" -> (_, _, _, _) -> null;
      case "keep" ->
          action(
              name,
              (run, context, _) -> {
                run.add(context, new Effect.Keep());
                return true;
              });
      case "discard" -> action(name, (_, _, _) -> true);
      case "fileinto" ->
          action(
              name,
              (run, context, call) -> {
                FolderName folder = ScriptCheck.folder(call.text(0));
                run.add(
                    context, folder.isInbox() ? new Effect.Keep() : new Effect.FileInto(folder));
                return !call.has(":copy");
              });
      case "redirect" ->
          action(
              name,
              (run, context, call) -> {
                run.add(context, new Effect.Redirect(ScriptCheck.address(call.text(0))));
                return !call.has(":copy");
              });
      case "reject", "ereject" ->
          action(
              name,
              (run, context, call) -> {
                run.add(context, new Effect.Reject(call.text(0)));
                return true;
              });
      case "vacation" ->
          action(
              name,
              (run, context, call) -> {
                run.add(context, VacationCall.of(call).answer(run.message()));
                // The mail is for the user all the same.
                return false;
              });
      default -> throw new LookupException("there is no command " + name);
    };
  }

  private static ExecutableCommand action(String name, Action action) {
    return new ExecutableCommand() {
      @Override
      public @Nullable Object execute(
          MailAdapter mail, Arguments arguments, @Nullable Block block, SieveContext context)
          throws SieveException {
        Form form = java.util.Objects.requireNonNull(Form.ofCommand(name));
        try {
          Call call = Call.of(name, form, arguments.getArgumentList());
          if (action.act((Run) mail, context, call)) {
            context.getCommandStateManager().setImplicitKeep(false);
          }
        } catch (ScriptProblem e) {
          throw Run.stopped(context, e.text());
        }
        return null;
      }
    };
  }

  @Override
  public boolean isCommandSupported(String name) {
    return Form.ofCommand(name.toLowerCase(Locale.ROOT)) != null;
  }

  @Override
  public List<String> getExtensions() {
    return new ArrayList<>(Form.CAPABILITIES);
  }
}
