package dev.postrider.pipe;

import dev.postrider.config.ConfigException;
import dev.postrider.config.Expansion;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.Client;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.table.RecipientDelimiter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills the macros of a command in. An argument that names something of a recipient becomes as many
 * arguments as there are recipients. Immutable.
 *
 * @param delimiter recipient_delimiter
 */
record Arguments(RecipientDelimiter delimiter) {
  private static final Set<String> OF_A_RECIPIENT =
      Set.of("recipient", "original_recipient", "user", "extension", "mailbox", "domain");

  /** What SMTP clients said and were; empty for local mail. */
  private static final Set<String> OF_THE_CLIENT =
      Set.of(
          "client_address",
          "client_helo",
          "client_hostname",
          "client_port",
          "client_protocol",
          "sasl_method",
          "sasl_sender",
          "sasl_username");

  private static final Set<String> OF_THE_MESSAGE =
      Set.of("nexthop", "sender", "size", "queue_id", "envid");

  /**
   * The command line for one delivery.
   *
   * @throws ConfigException for a macro that does not exist, or an expression that is none
   */
  List<String> of(PipeAttributes attributes, DeliveryRequest request) throws ConfigException {
    Values values = new Values(attributes, request, delimiter);
    List<String> arguments = new ArrayList<>();
    for (String written : attributes.command()) {
      Set<String> names = names(written);
      if (names.stream().noneMatch(OF_A_RECIPIENT::contains)) {
        arguments.add(expand(written, values, null));
        continue;
      }
      for (Recipient recipient : request.recipients()) {
        arguments.add(expand(written, values, recipient));
      }
    }
    return arguments;
  }

  /** The macros that an argument names, each of which exists. */
  private static Set<String> names(String written) throws ConfigException {
    Set<String> names = new HashSet<>();
    Expansion.mention(
        written,
        new Macros() {
          @Override
          public @Nullable String value(String name) {
            names.add(name);
            return null;
          }
        });
    for (String name : names) {
      if (!OF_A_RECIPIENT.contains(name)
          && !OF_THE_MESSAGE.contains(name)
          && !OF_THE_CLIENT.contains(name)) {
        throw new ConfigException("unknown macro name: \"" + name + "\"");
      }
    }
    return names;
  }

  /** Values are taken as they stand: an address may hold a dollar. */
  private interface Macros extends Expansion.Names {
    @Override
    default boolean raw(String name) {
      return true;
    }
  }

  private static String expand(String written, Values values, @Nullable Recipient recipient)
      throws ConfigException {
    return Expansion.expand(
        written,
        new Macros() {
          @Override
          public String value(String name) {
            return recipient != null && OF_A_RECIPIENT.contains(name)
                ? values.ofRecipient(name, recipient)
                : values.ofMessage(name);
          }
        });
  }

  /** What the macros of one delivery stand for. */
  private record Values(
      PipeAttributes attributes, DeliveryRequest request, RecipientDelimiter delimiter) {
    String ofMessage(String name) {
      return switch (name) {
        case "nexthop" -> {
          String nextHop = request.nextHop().destination();
          yield attributes.has(PipeFlag.FOLD_DOMAIN) ? lower(nextHop) : nextHop;
        }
        case "sender" -> sender();
        case "size" -> Long.toString(request.content().size());
        case "queue_id" -> request.queueId();
        case "envid" -> {
          String id = request.envelope().envelopeId();
          yield id == null ? "" : id;
        }
        default -> ofClient(name, request.envelope().client());
      };
    }

    private static String ofClient(String name, Client client) {
      return switch (name) {
        case "client_address" -> client.literal();
        case "client_helo" -> client.helo();
        case "client_hostname" -> client.name();
        case "client_port" -> client.portText();
        case "client_protocol" -> client.protocol();
        case "sasl_method" -> client.saslMethod();
        case "sasl_sender" -> client.saslSender();
        default -> client.saslUsername();
      };
    }

    private String sender() {
      if (request.envelope().sender().isNull()) {
        return attributes.has(PipeFlag.QUOTE_ADDRESSES)
            ? quoted(attributes.nullSender())
            : attributes.nullSender();
      }
      return attributes.has(PipeFlag.QUOTE_ADDRESSES)
          ? request.envelope().sender().external()
          : request.envelope().sender().internal();
    }

    private static String quoted(String address) {
      int at = address.lastIndexOf('@');
      if (at == 0 || address.isEmpty()) {
        return address;
      }
      return at < 0
          ? new Mailbox(address, "").external()
          : new Mailbox(address.substring(0, at), address.substring(at + 1)).external();
    }

    String ofRecipient(String name, Recipient recipient) {
      Mailbox folded = folded(recipient.mailbox());
      return switch (name) {
        case "recipient" -> whole(folded);
        case "original_recipient" -> whole(folded(recipient.original()));
        case "user" -> user(recipient);
        case "extension" -> {
          int start = delimiter.start(folded.localPart());
          yield start < 0 ? "" : folded.localPart().substring(start + 1);
        }
        case "mailbox" -> folded.localPart();
        default -> folded.domain();
      };
    }

    private String user(Recipient recipient) {
      String localPart = folded(recipient.mailbox()).localPart();
      int start = delimiter.start(localPart);
      return start < 0 ? localPart : localPart.substring(0, start);
    }

    private String whole(Mailbox mailbox) {
      return attributes.has(PipeFlag.QUOTE_ADDRESSES) ? mailbox.external() : mailbox.internal();
    }

    private Mailbox folded(Mailbox mailbox) {
      return new Mailbox(
          attributes.has(PipeFlag.FOLD_LOCAL_PART)
              ? lower(mailbox.localPart())
              : mailbox.localPart(),
          attributes.has(PipeFlag.FOLD_DOMAIN) ? lower(mailbox.domain()) : mailbox.domain());
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }
}
