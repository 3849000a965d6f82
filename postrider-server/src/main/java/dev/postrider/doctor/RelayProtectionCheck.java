package dev.postrider.doctor;

import java.util.ArrayList;
import java.util.List;

/** Whether the port of relayhost and the way of TLS belong together. */
final class RelayProtectionCheck implements Check {
  private final Subject subject;

  RelayProtectionCheck(Subject subject) {
    this.subject = subject;
  }

  @Override
  public Area area() {
    return Area.PROVIDER;
  }

  @Override
  public String subject() {
    return "the protection of the connection to relayhost";
  }

  @Override
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    for (Relay where : Relay.all(subject)) {
      RelayHost relay = where.host();
      boolean wrapped = where.client().flag("smtp_tls_wrappermode");
      String level = where.client().text("smtp_tls_security_level");
      boolean implicit = relay.port() == 465 || relay.port() == 2465 || relay.port() == 8465;
      if (implicit && !wrapped) {
        found.add(
            Finding.error(
                "tls-wrappermode",
                where.setting()
                    + ": port "
                    + relay.port()
                    + " begins with TLS, and smtp_tls_wrappermode is no",
                "no server greets there, and all mail for others waits",
                subject.command(
                    "postconf",
                    "-e 'smtp_tls_wrappermode = yes' 'smtp_tls_security_level = "
                        + (level.isEmpty() || level.equals("may") ? "encrypt" : level)
                        + "'")));
      } else if (wrapped && (relay.port() == 587 || relay.port() == 25)) {
        found.add(
            Finding.error(
                "tls-wrappermode",
                where.setting(subject, "smtp_tls_wrappermode")
                    + ", and port "
                    + relay.port()
                    + " of "
                    + relay.host()
                    + " begins in clear text",
                "the connection fails, and all mail for others waits",
                where.set(subject, "smtp_tls_wrappermode", "no")));
      } else if (where.client().flag("smtp_sasl_auth_enable")
          && (level.isEmpty() || level.equals("none") || level.equals("may"))) {
        found.add(
            Finding.warning(
                "tls-optional",
                "%s is asked for a login, and smtp_tls_security_level is \"%s\""
                    .formatted(relay.written(), level),
                "somebody between could have the password sent in clear text, or the mail",
                where.set(subject, "smtp_tls_security_level", "secure")
                    + " (with smtp_tls_CAfile)"));
      } else {
        found.add(
            Finding.ok(
                "relay-tls", "port " + relay.port() + " and the way of TLS belong together"));
      }
    }
    return found;
  }
}
