package dev.postrider.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Whether another mail system runs, or is the one that programs hand their mail to. */
final class OtherMailSystemCheck implements Check {
  private final Subject subject;
  private final Path root;
  private final Path home;
  private final List<String> commandLines;

  /**
   * @param home where this program is installed
   * @param commandLines of the processes that run
   */
  OtherMailSystemCheck(Subject subject, Path root, Path home, List<String> commandLines) {
    this.subject = subject;
    this.root = root;
    this.home = home;
    this.commandLines = List.copyOf(commandLines);
  }

  @Override
  public Area area() {
    return Area.SYSTEM;
  }

  @Override
  public String subject() {
    return "other mail systems";
  }

  @Override
  public List<Finding> look() throws IOException {
    List<Finding> found = new ArrayList<>();
    // An instance of somebody's own is not in the way of the system's.
    boolean systems = subject.option().isEmpty();
    for (String name : running()) {
      String what = name + " is running too";
      found.add(
          systems
              ? Finding.warning(
                  "other-mail-system",
                  what,
                  "programs may hand their mail to it, and only one can have port 25",
                  "systemctl disable --now " + unit(name))
              : Finding.note("other-mail-system", what, ""));
    }
    if (systems) {
      found.addAll(sendmail());
    }
    return found.isEmpty()
        ? List.of(Finding.ok("other-mail-system", "no other mail system runs"))
        : found;
  }

  private static String unit(String name) {
    return name.equals("Postfix")
        ? "postfix"
        : name.equals("Exim") ? "exim4" : name.toLowerCase(java.util.Locale.ROOT);
  }

  private Set<String> running() {
    Set<String> names = new LinkedHashSet<>();
    for (String line : commandLines) {
      String program = line.strip().split("\\s+", 2)[0];
      if (program.endsWith("/postfix/sbin/master") || program.endsWith("/libexec/postfix/master")) {
        names.add("Postfix");
      } else if (program.endsWith("/exim4") || program.endsWith("/exim")) {
        names.add("Exim");
      } else if (program.equals("sendmail:")) {
        names.add("Sendmail");
      } else if (program.endsWith("/opensmtpd") || line.contains("/opensmtpd/")) {
        names.add("OpenSMTPD");
      }
    }
    return names;
  }

  private List<Finding> sendmail() throws IOException {
    Path file = root.resolve("usr/sbin/sendmail");
    String ours = home.resolve("bin/sendmail").toString();
    if (!Files.exists(file)) {
      return List.of(
          Finding.warning(
              "no-sendmail",
              "there is no " + file,
              "cron and other programs cannot hand mail over",
              "ln -s " + ours + " /usr/sbin/sendmail"));
    }
    if (file.toRealPath().startsWith(home.toRealPath())) {
      return List.of(Finding.ok("sendmail", file + " is this program's"));
    }
    return List.of(
        Finding.warning(
            "other-sendmail",
            file
                + (Files.isSymbolicLink(file) ? " leads to " + file.toRealPath() + ", which" : "")
                + " is another mail system's",
            "cron and other programs hand their mail to that one",
            "mv /usr/sbin/sendmail /usr/sbin/sendmail.other && ln -s "
                + ours
                + " /usr/sbin/sendmail"));
  }
}
