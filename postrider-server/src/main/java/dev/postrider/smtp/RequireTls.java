package dev.postrider.smtp;

import dev.postrider.delivery.MessageContent;
import dev.postrider.mail.message.HeaderWord;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.io.IOException;
import java.io.InputStream;
import java.net.IDN;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a message whose sender asked for TLS all the way (REQUIRETLS, RFC 8689), by next
 * hop: {@code smtp_requiretls_policy}. Immutable and safe on any thread.
 *
 * @param parameter its name, for the log
 * @param items words and tables in order
 * @param warnings hears what is wrong with them
 */
record RequireTls(String parameter, List<Item> items, Consumer<String> warnings) {
  /** Which marks such a message, as the server that took it leaves it for what comes after. */
  private static final String FIELD = "Require-TLS-ESMTP";

  /** How much is asked of a server. */
  enum Level {
    /** Nothing, as if the sender had not asked. */
    DISABLE,
    /** The request is passed on to a server that knows it. */
    OPPORTUNISTIC,
    /** And TLS is a must, whoever's. */
    OPPORTUNISTIC_STARTTLS,
    /** All of it: TLS, the right certificate, and a server that knows the request. */
    ENFORCE,
    /** The policy cannot be read: the mail waits. */
    UNKNOWN;

    boolean needsTls() {
      return this == OPPORTUNISTIC_STARTTLS || this == ENFORCE;
    }
  }

  /** A part of the list. */
  sealed interface Item {
    record Word(String text) implements Item {}

    record Table(LookupTable table) implements Item {}
  }

  RequireTls {
    items = List.copyOf(items);
  }

  /** Whether a sender asked for it; a message that cannot be read says nothing. */
  static boolean isIn(MessageContent content) {
    try (InputStream in = content.open()) {
      return HeaderWord.isIn(in, FIELD, "yes");
    } catch (IOException _) {
      // The delivery itself will say so.
      return false;
    }
  }

  /** What is asked of the servers of a next hop. */
  Level at(String host) {
    String name;
    try {
      name = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
    } catch (IllegalArgumentException _) {
      warnings.accept(parameter + ": malformed next-hop destination: \"" + host + "\"");
      return Level.ENFORCE;
    }
    for (Item item : items) {
      switch (item) {
        case Item.Word(var text) -> {
          return level(text);
        }
        case Item.Table(var table) -> {
          Level found = lookup(table, name);
          if (found != null) {
            return found;
          }
        }
      }
    }
    return Level.ENFORCE;
  }

  private @Nullable Level lookup(LookupTable table, String name) {
    for (String key : keys(table, name)) {
      switch (table.lookup(key)) {
        case Lookup.Found(var value) -> {
          return level(value.strip());
        }
        case Lookup.Unavailable(var reason) -> {
          warnings.accept(parameter + ": " + reason);
          return Level.UNKNOWN;
        }
        case Lookup.NotFound _ -> {}
      }
    }
    return null;
  }

  /** The name, and for tables of fixed keys its parents with a leading dot. */
  private static List<String> keys(LookupTable table, String name) {
    List<String> keys = new ArrayList<>();
    keys.add(name);
    boolean isAddress = name.indexOf(':') >= 0 || Character.isDigit(name.charAt(name.length() - 1));
    if (!table.matchesPatterns() && !isAddress) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        keys.add(name.substring(dot));
      }
    }
    return keys;
  }

  private Level level(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "enforce" -> Level.ENFORCE;
      case "opportunistic+starttls" -> Level.OPPORTUNISTIC_STARTTLS;
      case "opportunistic" -> Level.OPPORTUNISTIC;
      case "disable" -> Level.DISABLE;
      default -> {
        warnings.accept(
            parameter
                + ": unknown policy action: \""
                + word
                + "\" (use enforce, opportunistic+starttls, opportunistic or disable)");
        yield Level.UNKNOWN;
      }
    };
  }
}
