package dev.postrider.mail.dsn;

import dev.postrider.mail.reply.EnhancedStatusCode;

/**
 * What a status code means to the person who wrote the message, and what they can do (RFC 3463 in
 * plain words). Says only what the code says; the server's own words stand beside it.
 */
final class Explanation {
  private Explanation() {}

  /** Empty where nothing went wrong. */
  static String of(RecipientReport report) {
    EnhancedStatusCode status = report.status();
    return switch (report.action()) {
      case DELIVERED, RELAYED, EXPANDED, DELIVERABLE -> "";
      case DELAYED -> "Not delivered yet; the attempts go on. " + cause(status);
      case UNDELIVERABLE ->
          status.klass() == 4
              ? "It cannot be delivered now; the attempts would go on. " + cause(status)
              : cause(status);
      case FAILED ->
          status.klass() == 4
              ? "The attempts went on until the message was too old. "
                  + cause(status)
                  + " You can send it again."
              : cause(status);
    };
  }

  private static String cause(EnhancedStatusCode status) {
    return switch (status.subject()) {
      case 1 -> address(status.detail());
      case 2 -> mailbox(status.detail());
      case 3 -> system(status.detail());
      case 4 -> network(status.detail());
      case 5 -> "The two mail systems did not understand each other; the answer above says more.";
      case 6 -> content(status.detail());
      case 7 -> policy(status.detail());
      default -> "The answer above is all that was said about the reason.";
    };
  }

  private static String address(int detail) {
    return switch (detail) {
      case 1 -> "There is no such mailbox there. Check the part before the @ for a typing error.";
      case 2, 10 ->
          "That domain takes no mail, or does not exist. Check the part after the @ for a typing"
              + " error.";
      case 3 -> "The address is not written correctly.";
      case 6 -> "The person has moved and left no new address there.";
      case 7, 8 -> "The sender's address was not accepted. Check the address you send from.";
      default -> "The address was not accepted. Check it for a typing error.";
    };
  }

  private static String mailbox(int detail) {
    return switch (detail) {
      case 1 -> "The mailbox is switched off.";
      case 2 -> "The mailbox is full. Try again later or tell the person another way.";
      case 3 -> "The message is larger than that mailbox takes. Send less, or a link.";
      default -> "The mailbox could not take the message.";
    };
  }

  private static String system(int detail) {
    return switch (detail) {
      case 1 -> "That mail system has no room left.";
      case 4 -> "The message is larger than that mail system takes. Send less, or a link.";
      default -> "A mail system on the way could not do its part; its postmaster can say more.";
    };
  }

  private static String network(int detail) {
    return switch (detail) {
      case 1, 2 -> "The mail server of that domain does not answer or broke the connection off.";
      case 3, 4 -> "The mail server of that domain could not be found in DNS.";
      case 6 -> "The message went in a circle; a postmaster has to correct the forwarding.";
      default -> "The mail server of that domain could not be reached.";
    };
  }

  private static String content(int detail) {
    return switch (detail) {
      case 7 -> "The address has letters beyond ASCII, which that mail system does not take.";
      default -> "That mail system does not take a message of this form.";
    };
  }

  private static String policy(int detail) {
    return switch (detail) {
      case 8, 9, 14 -> "The mail server did not accept this system's login or its sender address.";
      case 10, 11, 5 -> "The connection could not be made secure as the settings demand.";
      default ->
          "That mail system refuses the message by its own rules; the answer above says more, and"
              + " its postmaster can lift it.";
    };
  }
}
