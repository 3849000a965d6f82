package dev.postrider.local;

import dev.postrider.config.ConfigException;
import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.Octets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Follows users' files of forwarding instructions (forward_path). For one recipient and thread. */
final class ForwardFiles {
  private static final int OTHERS_WRITE = 2;

  private final Planner planner;
  private final LocalSettings settings;

  ForwardFiles(Planner planner) {
    this.planner = planner;
    this.settings = planner.settings;
  }

  /** The name of a file, and whether the address extension was matched by it. */
  private record Candidate(String file, boolean extended) {}

  /**
   * Looks for a file of a user.
   *
   * @return null if there is no such user, or none of the files is there and counts, or it is being
   *     followed already: then the mailbox is meant
   */
  @Nullable Plan find(Scope above) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (settings.forwardPath.isEmpty()) {
      return null;
    }
    Optional<Account> account = planner.people.find(scope.name().user());
    if (account.isEmpty()) {
      return null;
    }
    if (!settings.frozenDeliveredTo) {
      scope = scope.withDelivered(scope.address());
    }
    // Not those of the list that led here: what a user writes is done with that user's rights.
    scope =
        scope
            .withRights(Rights.of(account.get()))
            .inside(Source.FORWARD, scope.from())
            .passedThrough(scope.name().user());
    for (Candidate candidate : candidates(scope)) {
      UserFile found = planner.around.files().read(scope.rights(), candidate.file());
      if (!(found instanceof UserFile.Missing)) {
        boolean stays = candidate.extended() || !settings.extensionsTo.contains(Source.FORWARD);
        return follow(stays ? scope.withUnmatched(null) : scope, candidate.file(), found);
      }
    }
    return null;
  }

  private List<Candidate> candidates(Scope scope) {
    List<Candidate> candidates = new ArrayList<>();
    for (String pattern : settings.forwardPath) {
      try {
        Patterns.Result result =
            Patterns.expand(pattern, scope, settings.forwardFilter, settings.delimiters);
        if (result.complete()) {
          candidates.add(new Candidate(result.text(), result.extended()));
        }
      } catch (ConfigException e) {
        planner.warn("forward_path: " + pattern + ": " + e.getMessage());
      }
    }
    return candidates;
  }

  private @Nullable Plan follow(Scope scope, String file, UserFile found)
      throws IOException, InterruptedException {
    if (planner.duplicates.wasHere("forward " + file)) {
      return planner.duplicates.has("forward-done " + file) ? Planner.duplicate(scope) : null;
    }
    @Nullable String text = text(scope, file, found);
    if (text == null) {
      return null;
    }
    List<List<Plan>> steps = new ArrayList<>();
    Scope inside = scope.inside(Source.FORWARD, scope.name().local()).withReportedSuccess();
    for (List<AliasTarget> line : Targets.lines(text, settings.lineLimit)) {
      steps.add(planner.targets(inside, line));
    }
    if (steps.isEmpty()) {
      return null;
    }
    boolean _ = planner.duplicates.wasHere("forward-done " + file);
    return new Plan.Branch(scope, new Plan.ListName.Forward(file), steps);
  }

  /** What the file says, or null if it does not count. */
  private @Nullable String text(Scope scope, String file, UserFile found) {
    return switch (found) {
      case UserFile.Missing() -> null;
      case UserFile.Unsuitable(String reason) -> {
        planner.warn("file " + file + " is ignored: " + reason);
        yield null;
      }
      case UserFile.Read(String content, long owner, int mode) -> {
        if (owner != 0 && owner != scope.rights().uid()) {
          planner.warn("file " + file + " has bad owner uid " + owner);
          yield null;
        }
        if ((mode & OTHERS_WRITE) != 0) {
          planner.warn("file " + file + " is world writable");
          yield null;
        }
        yield Octets.decode(content.getBytes(StandardCharsets.ISO_8859_1));
      }
    };
  }
}
