package dev.postrider.system;

import java.util.LinkedHashMap;
import java.util.Map;

/** Faults of servers: how they refuse mail, by the verb that they refuse. */
final class ServerRefusals {
  /** Faults of servers: how they refuse mail. */
  static final Map<Fault, String[]> ALL = new LinkedHashMap<>();

  private static void refusal(
      String name, String command, String cause, String remedy, String verb, String reply) {
    ALL.put(new Fault(name, command, cause, remedy), new String[] {verb, reply});
  }

  static {
    refusal(
        "greylisting",
        "mailq",
        "lets senders that it does not know wait at first",
        "the mail is tried again by itself",
        "RCPT",
        "450 4.2.0 Greylisted, see http://postgrey.example/");
    refusal(
        "the server's disk is full",
        "mailq",
        "has no room left",
        "The provider must act: Wait",
        "MAIL",
        "452 4.3.1 Insufficient system storage");
    refusal(
        "too many connections",
        "mailq",
        "takes no more connections from here at once",
        "lower smtp_destination_concurrency_limit",
        "MAIL",
        "421 4.7.0 Too many connections from your IP");
    refusal(
        "the recipient's mailbox is full",
        "mailq",
        "The mailbox of full@mailbox-full.test is full",
        "Tell the person another way",
        "RCPT",
        "452 4.2.2 The email account that you tried to reach is over quota");
    refusal(
        "no such recipient",
        "doctor",
        "There is no mailbox",
        "Check the part before the @ for a typing error",
        "RCPT",
        "550 5.1.1 The email account that you tried to reach does not exist");
    refusal(
        "SPF or DMARC refuses the sender",
        "doctor",
        "does not vouch for it (SPF, DKIM, DMARC)",
        "publish SPF and sign with DKIM",
        "DATA",
        "550 5.7.26 Your email has been blocked because the sender is unauthenticated (DMARC)");
    refusal(
        "no name for this machine's address (PTR)",
        "doctor",
        "This machine's address has no proper name in DNS (PTR)",
        "set its PTR record to the name in myhostname",
        "MAIL",
        "550 5.7.25 The IP address sending this message does not have a PTR record");
    refusal(
        "this machine's address is on a blocklist",
        "doctor",
        "on a list of senders of unwanted mail",
        "ask for removal",
        "RCPT",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org");
    refusal(
        "a message goes round",
        "doctor",
        "The message goes round in a circle",
        "show where it comes back",
        "DATA",
        "554 5.4.6 Too many hops");
    refusal(
        "the server does not relay",
        "mailq",
        "it does not know this machine, or nobody logged in",
        "Check relayhost and its login",
        "RCPT",
        "454 4.7.1 Relay access denied");
    refusal(
        "a login is wanted and none is set up",
        "mailq",
        "takes mail only from those who log in",
        "Set smtp_sasl_auth_enable = yes",
        "MAIL",
        "530 5.7.0 Authentication required");
    refusal(
        "TLS is wanted and none is used",
        "mailq",
        "takes mail only inside TLS",
        "Set smtp_tls_security_level = encrypt",
        "MAIL",
        "530 5.7.0 Must issue a STARTTLS command first");
    refusal(
        "From is refused",
        "mailq",
        "wants one of the account's own addresses as sender",
        "Rewrite the sender with smtp_generic_maps",
        "MAIL",
        "550 5.7.0 From address is not one of your addresses");
  }

  private ServerRefusals() {}
}
