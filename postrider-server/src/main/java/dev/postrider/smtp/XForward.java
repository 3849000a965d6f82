package dev.postrider.smtp;

import dev.postrider.mail.envelope.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Tells a content filter behind us where a message came from, with the command XFORWARD, as far as
 * the server has announced that it wants to know. Functions only.
 */
final class XForward {
  private XForward() {}

  /**
   * The commands to send before MAIL: two at most, so that no line becomes too long.
   *
   * @param wanted the attributes that the server has announced, in capitals
   * @param client who brought the message
   * @param queueId by which this machine's log knows it
   * @param local whether its header was completed as that of a message of this machine
   */
  static List<String> commands(Set<String> wanted, Client client, String queueId, boolean local) {
    List<String> origin = new ArrayList<>();
    add(origin, wanted, "NAME", known(client.name()));
    add(origin, wanted, "ADDR", known(client.literal()));
    add(origin, wanted, "PORT", known(client.portText()));
    List<String> session = new ArrayList<>();
    add(session, wanted, "PROTO", known(client.protocol()));
    add(session, wanted, "HELO", client.helo());
    add(session, wanted, "IDENT", client.isNone() ? "" : queueId);
    add(session, wanted, "SOURCE", local ? "LOCAL" : "REMOTE");
    List<String> commands = new ArrayList<>();
    for (List<String> attributes : List.of(origin, session)) {
      if (!attributes.isEmpty()) {
        commands.add("XFORWARD " + String.join(" ", attributes));
      }
    }
    return commands;
  }

  private static String known(String value) {
    return value.equalsIgnoreCase("unknown") ? "" : value;
  }

  private static void add(List<String> to, Set<String> wanted, String name, String value) {
    if (wanted.contains(name) && !value.isEmpty()) {
      to.add(name + "=" + MailCommands.xtext(value, "+"));
    }
  }
}
