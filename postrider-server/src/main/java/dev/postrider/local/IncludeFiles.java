package dev.postrider.local;

import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.table.AliasTarget;
import dev.postrider.table.Octets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows {@code :include:} files. For one recipient and one thread. */
final class IncludeFiles {
  private static final int OTHERS_WRITE = 2;

  private final Planner planner;
  private final LocalSettings settings;

  IncludeFiles(Planner planner) {
    this.planner = planner;
    this.settings = planner.settings;
  }

  Plan follow(Scope above, String file) throws IOException, InterruptedException {
    Scope scope = above.deeper();
    if (planner.duplicates.wasHere("include " + scope.rights().uid() + " " + file)) {
      return Planner.duplicate(scope);
    }
    if (!file.startsWith("/")) {
      return planner.misconfigured(scope, ":include:" + file + " uses a relative path");
    }
    return switch (planner.around.files().read(scope.rights(), file)) {
      case UserFile.Missing() ->
          planner.misconfigured(
              scope, "unable to lookup :include: file " + file + ": No such file or directory");
      case UserFile.Unsuitable(String reason) ->
          planner.misconfigured(scope, ":include: file " + file + " is " + reason);
      case UserFile.Read read when (read.mode() & OTHERS_WRITE) != 0 ->
          planner.misconfigured(scope, ":include: file " + file + " is world writable");
      case UserFile.Read read -> lines(scope, file, read);
    };
  }

  private Plan lines(Scope above, String file, UserFile.Read read)
      throws IOException, InterruptedException {
    Scope scope = above.inside(Source.INCLUDE, above.name().local());
    if (scope.rights().uid() == 0) {
      // The file's owner must not get hold of the default account by what is written into it.
      Optional<Account> owner = planner.people.find(read.owner());
      if (owner.isEmpty()) {
        planner.warn(file + ": cannot find :include: file owner username of uid " + read.owner());
        return Planner.fail(scope, "4.3.5", "mail system configuration error");
      }
      if (owner.get().uid() != 0) {
        scope = scope.withRights(Rights.of(owner.get()));
      }
    }
    if (scope.through() == null) {
      scope = scope.passedThrough(scope.address().internal());
    }
    if (!settings.extensionsTo.contains(Source.INCLUDE)) {
      scope = scope.withUnmatched(null);
    }
    String text = Octets.decode(read.content().getBytes(StandardCharsets.ISO_8859_1));
    List<List<Plan>> steps = new ArrayList<>();
    for (List<AliasTarget> line : Targets.lines(text, settings.lineLimit)) {
      steps.add(planner.targets(scope, line));
    }
    return new Plan.Branch(above, new Plan.ListName.Include(file), steps);
  }
}
