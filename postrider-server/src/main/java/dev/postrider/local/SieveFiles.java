package dev.postrider.local;

import dev.postrider.delivery.MessageContent;
import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.sieve.Effect;
import dev.postrider.sieve.FolderName;
import dev.postrider.sieve.ScriptError;
import dev.postrider.sieve.SieveMessage;
import dev.postrider.sieve.SieveScript;
import dev.postrider.sieve.VacationReply;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a user's Sieve script what to do with mail for the user's own mailbox. Whatever is wrong
 * with a script, the mail is kept (RFC 5228 §2.10.6), and the log says once what is wrong. For one
 * recipient and thread.
 */
final class SieveFiles {
  private static final int OTHERS_WRITE = 2;
  private static final int MOST_REASON = 1_000;

  private final Planner planner;
  private final LocalSettings settings;

  SieveFiles(Planner planner) {
    this.planner = planner;
    this.settings = planner.settings;
  }

  /**
   * What becomes of mail for a user's mailbox.
   *
   * @param mailbox where it goes without a script
   * @return null if there is no script that counts
   */
  @Nullable Plan find(Scope scope, Account account, Act mailbox)
      throws IOException, InterruptedException {
    // Nothing is done as root but its mailbox in the spool: there are no folders, and nothing to
    // choose.
    if (!settings.sieve || account.uid() == 0) {
      return null;
    }
    for (String file : candidates(account)) {
      UserFile found = planner.around.files().read(scope.rights(), file);
      if (!(found instanceof UserFile.Missing)) {
        @Nullable String text = text(account, file, found);
        return text == null ? null : decided(scope, account, file, text, mailbox);
      }
    }
    return null;
  }

  private List<String> candidates(Account account) {
    List<String> files = new ArrayList<>(2);
    String directory = settings.sieveDirectory;
    if (directory.startsWith("/")) {
      files.add(Path.of(directory, account.name() + ".sieve").toString());
    } else if (!directory.isEmpty()) {
      planner.warn(
          "main.cf: sieve_dir = " + directory + " is ignored: give a name that begins with /");
    }
    if (account.home().isAbsolute()) {
      files.add(account.home().resolve(".sieve").toString());
    }
    return files;
  }

  /** What the file says, or null if it does not count. */
  private @Nullable String text(Account account, String file, UserFile found) {
    return switch (found) {
      case UserFile.Missing() -> null;
      case UserFile.Unsuitable(String reason) -> ignored(file, "is ignored: " + reason);
      case UserFile.Read(String content, long owner, int mode) -> {
        if (owner != 0 && owner != account.uid()) {
          yield ignored(
              file, "is ignored: it belongs to uid " + owner + "; chown it to " + account.name());
        }
        yield (mode & OTHERS_WRITE) != 0
            ? ignored(file, "is ignored: it is world writable; chmod o-w it")
            : content;
      }
    };
  }

  private @Nullable String ignored(String file, String why) {
    planner.warn("sieve script " + file + " " + why + ". The mail is kept in the mailbox");
    return null;
  }

  private @Nullable Plan decided(
      Scope scope, Account account, String file, String text, Act mailbox) throws IOException {
    return switch (SieveScript.parse(text)) {
      case SieveScript.Parsed.Bad(List<ScriptError> errors) -> {
        broken(file, errors.getFirst(), errors.size() - 1);
        yield null;
      }
      case SieveScript.Parsed.Good(SieveScript script) -> {
        @Nullable MessageContent message = planner.message;
        yield message == null
            ? undecided(scope, file, script, mailbox)
            : run(scope, account, file, script, message, mailbox);
      }
    };
  }

  private void broken(String file, ScriptError error, int more) {
    planner.warn(
        "sieve script "
            + file
            + " "
            + error
            + (more > 0 ? " (and " + more + " more)." : error.text().endsWith("?") ? "" : ".")
            + " The mail is kept in the mailbox; \"postrider sieve check "
            + file
            + "\" shows what is wrong");
  }

  /** Without a message, all that can be said is what the script might do. */
  private static Plan undecided(Scope scope, String file, SieveScript script, Act mailbox) {
    List<String> actions = script.actions();
    String words = actions.isEmpty() ? "keep" : "by message: " + String.join(", ", actions);
    return new Plan.Branch(
        scope,
        new Plan.ListName.Sieve(file, words),
        List.of(List.of(new Plan.Leaf(scope, mailbox))));
  }

  private @Nullable Plan run(
      Scope scope,
      Account account,
      String file,
      SieveScript script,
      MessageContent content,
      Act mailbox)
      throws IOException {
    SieveMessage message;
    try (InputStream in = content.open()) {
      message =
          SieveMessage.read(
              in,
              content.size(),
              new SieveMessage.Envelope(
                  scope.sender(), scope.address(), scope.shown().original(), settings.delimiters),
              script);
    }
    return switch (script.run(message)) {
      case SieveScript.Outcome.Broken(ScriptError error) -> {
        broken(file, error, 0);
        yield null;
      }
      case SieveScript.Outcome.Decided(List<Effect> effects) ->
          plan(scope, account, file, effects, mailbox);
    };
  }

  private Plan plan(Scope scope, Account account, String file, List<Effect> effects, Act mailbox) {
    boolean sendsOn = effects.stream().anyMatch(Effect.Redirect.class::isInstance);
    // Whoever asked to hear of the delivery hears that the mail was sent on, once.
    Scope inside = sendsOn ? scope.withReportedSuccess() : scope;
    // What cannot be filed is kept (RFC 5228 §2.10.6), but not a second time.
    Act otherwise = effects.contains(new Effect.Keep()) ? new Act.Discard() : mailbox;
    List<Plan> plans = new ArrayList<>();
    List<Plan> answers = new ArrayList<>(1);
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Keep() -> plans.add(new Plan.Leaf(inside, mailbox));
        case Effect.FileInto(FolderName folder) ->
            plans.add(new Plan.Leaf(inside, folder(account, folder, mailbox, otherwise)));
        case Effect.Redirect(Mailbox address) -> plans.add(redirected(inside, address, mailbox));
        case Effect.Reject(String reason) -> plans.add(rejected(inside, reason, mailbox));
        case Effect.Reply(VacationReply reply) ->
            answers.add(new Plan.Leaf(scope, new Act.Reply(reply)));
        case Effect.NoReply _ -> {}
      }
    }
    if (plans.isEmpty()) {
      plans.add(new Plan.Leaf(scope, new Act.Discard()));
    }
    if (plans.size() == 1 && !sendsOn && answers.isEmpty()) {
      return plans.getFirst();
    }
    // Nobody is told that the user will read the mail before the user has it.
    return new Plan.Branch(scope, new Plan.ListName.Sieve(file, ""), List.of(plans, answers));
  }

  private static Act folder(Account account, FolderName folder, Act mailbox, Act otherwise) {
    return mailbox instanceof Act.Maildir(Path directory, _)
        ? new Act.Folder(folder.maildir(directory), true, otherwise)
        : new Act.Folder(folder.mbox(account.home()), false, otherwise);
  }

  /** On to somebody else; to oneself it would go round once and come back as undeliverable. */
  private Plan redirected(Scope scope, Mailbox address, Act mailbox) {
    Mailbox whole = settings.rewriter.local(address);
    return whole.internal().equalsIgnoreCase(scope.address().internal())
        ? new Plan.Leaf(scope, mailbox)
        : planner.sendOn(scope.withAddress(whole));
  }

  /** Nobody can be told of a notice that is refused. */
  private static Plan rejected(Scope scope, String reason, Act mailbox) {
    if (scope.sender() instanceof ReversePath.Null) {
      return new Plan.Leaf(scope, mailbox);
    }
    String line = reason.strip().replaceAll("\\s+", " ");
    String shown = line.length() > MOST_REASON ? line.substring(0, MOST_REASON) + "..." : line;
    return Planner.fail(
        scope,
        "5.7.1",
        shown.isEmpty()
            ? "the recipient refuses this message"
            : "refused by the recipient: " + shown);
  }
}
