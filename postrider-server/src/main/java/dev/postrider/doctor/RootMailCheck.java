package dev.postrider.doctor;

import dev.postrider.config.ConfigException;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Whether somebody reads the mail for root and postmaster. */
final class RootMailCheck implements Check {
  private final Subject subject;
  private final Tables tables;
  private final Users users;
  private final Path root;

  RootMailCheck(Subject subject, Tables tables, Users users, Path root) {
    this.subject = subject;
    this.tables = tables;
    this.users = users;
    this.root = root;
  }

  @Override
  public Area area() {
    return Area.ADDRESSES;
  }

  @Override
  public String subject() {
    return "mail for root and postmaster";
  }

  @Override
  public List<Finding> look() throws IOException, InterruptedException {
    List<Finding> found = new ArrayList<>();
    try {
      AliasEnds ends = new AliasEnds(subject, tables);
      for (String name : List.of("root", "postmaster")) {
        found.add(judge(name, ends.of(name)));
      }
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
    return found;
  }

  private Finding judge(String name, List<AliasEnds.End> ends)
      throws IOException, InterruptedException {
    List<String> missing = new ArrayList<>();
    List<String> read = new ArrayList<>();
    boolean roots = false;
    for (AliasEnds.End end : ends) {
      switch (end) {
        case AliasEnds.End.Elsewhere(String address) -> read.add(address);
        case AliasEnds.End.Program(String target) -> read.add(target);
        case AliasEnds.End.LocalUser(String user) -> {
          if (user.equals("root") && !Files.exists(root.resolve("root/.forward"))) {
            roots = true;
          } else if (user.equals("root") || users.exists(user)) {
            read.add(user);
          } else {
            missing.add(user);
          }
        }
      }
    }
    String alias = subject.config().list("alias_maps").isEmpty() ? "" : aliasFile();
    String mend =
        "echo '" + name + ": you@example.com' >>" + alias + "   # no newaliases is needed";
    if (!read.isEmpty()) {
      return Finding.ok(
          "mail-for-" + name, "mail for " + name + " goes to " + String.join(", ", read));
    }
    if (roots) {
      String what = "mail for " + name + " goes to root's own mailbox, and root has no alias";
      String follows = "nobody learns what the machine reports, unless somebody reads it as root";
      // One warning is enough: postmaster follows root.
      return name.equals("root")
          ? Finding.warning("mail-for-root", what, follows, mend)
          : Finding.note("mail-for-" + name, what, follows);
    }
    String what =
        missing.isEmpty()
            ? "mail for " + name + " leads nowhere: its aliases only name each other"
            : "mail for %s goes to %s, and there is no such account"
                .formatted(name, String.join(", ", missing));
    return Finding.warning(
        "mail-for-" + name, what, "it is returned, and so is what is reported there", mend);
  }

  /** The file of the first table of aliases. */
  private String aliasFile() {
    String first = subject.config().list("alias_maps").getFirst();
    return first.substring(first.indexOf(':') + 1);
  }
}
