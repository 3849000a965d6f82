package dev.postrider.system;

import java.util.List;

/** Faults that a test makes by hand. */
final class OtherFaults {
  /** Told by mailq, of servers that are not reached or not trusted, or of this machine. */
  static final Fault NO_SUCH_HOST =
      new Fault(
          "wrong host name",
          "doctor",
          "There is no mail server of that name",
          "for a typing error");

  static final Fault CLOSED =
      new Fault(
          "port closed", "mailq", "Nothing listens on port", "check name and port in relayhost");
  static final Fault BLACK_HOLE =
      new Fault(
          "packets vanish",
          "mailq",
          "does not answer on port",
          "check the port in relayhost and the firewalls between");
  static final Fault SILENT =
      new Fault(
          "connected, and nothing is said",
          "mailq",
          "took the connection and said nothing",
          "Should it last: with port 465, smtp_tls_wrappermode = yes");
  static final Fault NO_SMTP =
      new Fault(
          "no mail server at all",
          "mailq",
          "answered in a way that is no SMTP",
          "is a mail server; something on the way may answer in its place");
  static final Fault STRIPPED =
      new Fault(
          "TLS stripped on the way",
          "mailq",
          "something on the way takes the offer out",
          "Do not lower smtp_tls_security_level");
  static final Fault EXPIRED =
      new Fault(
          "certificate expired",
          "mailq",
          "is not valid today, by this machine's clock",
          "First check the clock: date");
  static final Fault SELF_SIGNED =
      new Fault(
          "certificate self-signed",
          "mailq",
          "Nobody whom this machine trusts vouches for the certificate",
          "a file with just that");
  static final Fault WRONG_NAME =
      new Fault(
          "certificate for another name",
          "mailq",
          "is for another name",
          "Put the name that the log line ends with into relayhost");
  static final Fault NULL_MX =
      new Fault(
          "a domain without mail",
          "doctor",
          "declares that it takes no mail at all",
          "Check the address for a typing error");
  static final Fault LOCKED =
      new Fault(
          "a mailbox stays locked",
          "mailq",
          "Another program has the mailbox of",
          "left from a crash");
  static final Fault NOT_WRITABLE =
      new Fault(
          "a mailbox cannot be written",
          "mailq",
          "cannot be written",
          "it must be a plain file of its user");
  static final Fault COMMAND =
      new Fault(
          "the command of an alias fails",
          "mailq",
          "The command that gets mail for",
          "Run it by hand as that user");
  static final Fault MAILBOX_LIMIT =
      new Fault(
          "a mailbox has reached its limit",
          "doctor",
          "There is no room for mail to",
          "raise mailbox_size_limit");
  static final Fault TOO_BIG =
      new Fault(
          "message larger than the server takes (SIZE)",
          "doctor",
          "127.0.0.1 takes 1000",
          "Send less, or a link to it");

  static final Fault APP_PASSWORD =
      new Fault(
          "an app password is needed",
          "mailq",
          "has 2-step verification, so its own password does not work here",
          "Make an app password at https://myaccount.google.com/apppasswords");
  static final Fault WRONG_PASSWORD =
      new Fault(
          "wrong password",
          "mailq",
          "refuses user name or password of",
          "Check the line for this server in the file of smtp_sasl_password_maps");
  static final Fault NO_BASIC =
      new Fault(
          "Microsoft takes no passwords",
          "mailq",
          "takes no passwords for",
          "Log in with a browser: postrider login");
  static final Fault QUOTA =
      new Fault(
          "the day's quota is used up",
          "mailq",
          "Today's quota of",
          "The mail waits and is tried again a day later");
  static final Fault NO_MECHANISM =
      new Fault(
          "no way of logging in in common",
          "mailq",
          "offers no way of logging in that the settings allow",
          "smtp_sasl_tls_security_options = noanonymous");
  static final Fault NO_SECRET =
      new Fault(
          "the file of a secret is missing",
          "mailq",
          "cannot be had from where it is kept",
          "postrider secret list shows all of them");
  static final Fault TOKEN =
      new Fault(
          "the leave to log in has ended (OAuth, invalid_grant)",
          "mailq",
          "ALARM: account token@provider.test at 127.0.0.1 needs a login, and its mail waits:"
              + " 127.0.0.1 said invalid_grant",
          "You must act: postrider login token");

  static final Fault REFUSED_BY_TRIAL =
      new Fault(
          "wrong password, before any mail",
          "doctor",
          "said: 535 5.7.8 Error: authentication failed",
          "do: Check the line for this server");
  static final Fault STRIPPED_BEFORE =
      new Fault(
          "TLS stripped, before any mail",
          "doctor",
          "TLS is required, but was not offered",
          "do: Do not lower smtp_tls_security_level");
  static final Fault DNS_DOWN =
      new Fault(
          "the name servers do not answer",
          "doctor",
          "no name server answers a question for",
          "look whether the network is up");
  static final Fault DISK_FULL =
      new Fault("the disk is full", "doctor", "no mail is accepted", "make room: du -xh");
  static final Fault PORT_25 =
      new Fault(
          "the network blocks port 25",
          "doctor",
          "this network blocks port 25 outward",
          "relay through a provider: postrider setup");
  static final Fault IPV6 =
      new Fault(
          "IPv6 does not work here", "doctor", "IPv6 does not work here", "inet_protocols = ipv4");
  static final Fault OWN_RELAY =
      new Fault(
          "relayhost is this mail system itself",
          "doctor",
          "that is this mail system itself",
          "relayhost = [SERVER]:587");

  static final List<Fault> ALL =
      List.of(
          NO_SUCH_HOST,
          CLOSED,
          BLACK_HOLE,
          SILENT,
          NO_SMTP,
          STRIPPED,
          EXPIRED,
          SELF_SIGNED,
          WRONG_NAME,
          NULL_MX,
          TOO_BIG,
          APP_PASSWORD,
          WRONG_PASSWORD,
          NO_BASIC,
          QUOTA,
          NO_MECHANISM,
          NO_SECRET,
          TOKEN,
          LOCKED,
          NOT_WRITABLE,
          COMMAND,
          MAILBOX_LIMIT,
          REFUSED_BY_TRIAL,
          STRIPPED_BEFORE,
          DNS_DOWN,
          IPV6,
          PORT_25,
          OWN_RELAY,
          DISK_FULL);

  private OtherFaults() {}
}
