package dev.postrider.doctor;

import java.util.List;
import java.util.Locale;

/** Whether the name by which this machine greets is one that servers take. */
final class HostNameCheck implements Check {
  private final Subject subject;

  HostNameCheck(Subject subject) {
    this.subject = subject;
  }

  @Override
  public Area area() {
    return Area.ADDRESSES;
  }

  @Override
  public String subject() {
    return "the name of this machine";
  }

  @Override
  public List<Finding> look() {
    String helo = subject.config().text("smtp_helo_name");
    String parameter = subject.config().isSet("smtp_helo_name") ? "smtp_helo_name" : "myhostname";
    String name = helo.toLowerCase(Locale.ROOT);
    String fault =
        name.equals("localhost") || name.startsWith("localhost.")
            ? "is every machine's name"
            : name.endsWith(".local") || name.endsWith(".localdomain") || name.endsWith(".lan")
                ? "is a name that only this network knows"
                : name.indexOf('.') < 0 && !name.startsWith("[") ? "has no domain" : "";
    if (fault.isEmpty()) {
      return List.of(Finding.ok("host-name", "this machine greets servers as " + helo));
    }
    String what = subject.setting(parameter) + ": it " + fault;
    String mend = subject.set("myhostname", "NAME.example.com");
    // Providers know who logs in; whoever is sent to directly judges by the name.
    return List.of(
        subject.config().text("relayhost").isEmpty()
            ? Finding.warning(
                "host-name", what, "servers that mail is sent to directly may refuse it", mend)
            : new Finding("host-name", Severity.NOTE, what, "few providers mind", mend));
  }
}
