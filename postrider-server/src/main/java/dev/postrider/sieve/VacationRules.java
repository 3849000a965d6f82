package dev.postrider.sieve;

import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whom a machine may answer (RFC 5230 §4.5 and §4.6, RFC 3834 §2): people who wrote to the user,
 * never other machines, lists or the user. Functions only.
 */
final class VacationRules {
  /** What is found. */
  sealed interface Verdict {
    /**
     * It may be answered.
     *
     * @param to who wrote
     * @param as the address of the user that was written to
     */
    record Answer(Mailbox to, Mailbox as) implements Verdict {}

    /**
     * It may not.
     *
     * @param why in words
     */
    record Silence(String why) implements Verdict {}
  }

  private static final List<String> RECIPIENTS =
      List.of("To", "Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc");
  private static final Set<String> MACHINES =
      Set.of(
          "mailer-daemon",
          "majordomo",
          "listserv",
          "listproc",
          "bounce",
          "bounces",
          "noreply",
          "no-reply",
          "donotreply",
          "do-not-reply");
  private static final List<String> MACHINE_BEGINNINGS = List.of("owner-", "bounce-", "bounces-");
  private static final List<String> MACHINE_ENDS =
      List.of("-owner", "-request", "-bounce", "-bounces", "-noreply", "-no-reply");
  private static final Set<String> BULK = Set.of("bulk", "list", "junk");

  private VacationRules() {}

  /**
   * Judges a message.
   *
   * @param addresses others of the user's addresses
   */
  static Verdict judge(SieveMessage message, List<Mailbox> addresses) {
    @Nullable Mailbox sender = message.sender().mailbox();
    if (sender == null) {
      return new Verdict.Silence("it has no sender");
    }
    if (isMachine(message.sender())) {
      return new Verdict.Silence("its sender <" + sender.external() + "> is a machine");
    }
    Map<String, Mailbox> own = own(message, addresses);
    if (own.containsKey(key(sender)) || own.containsKey(key(base(message.sender(), sender)))) {
      return new Verdict.Silence("its sender is the user");
    }
    @Nullable String machine = fieldOfAMachine(message);
    if (machine != null) {
      return new Verdict.Silence(machine);
    }
    @Nullable Mailbox as = writtenTo(message, own);
    return as == null
        ? new Verdict.Silence(
            "neither To nor Cc has an address of the user; :addresses names others of them")
        : new Verdict.Answer(sender, as);
  }

  private static boolean isMachine(AddressText sender) {
    List<String> names = new ArrayList<>();
    sender.addPart(":localpart", names);
    sender.addPart(":user", names);
    for (String name : names) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (MACHINES.contains(lower)
          || MACHINE_BEGINNINGS.stream().anyMatch(lower::startsWith)
          || MACHINE_ENDS.stream().anyMatch(lower::endsWith)) {
        return true;
      }
    }
    return false;
  }

  /** What the header says of a list or another machine, in words; or null. */
  private static @Nullable String fieldOfAMachine(SieveMessage message) {
    @Nullable String list = message.fieldOfPrefix("List-");
    if (list != null) {
      return "it comes from a list (" + list + ")";
    }
    for (String value : message.values("Auto-Submitted")) {
      if (!firstWord(value).equals("no")) {
        return "a machine wrote it (Auto-Submitted)";
      }
    }
    for (String value : message.values("Precedence")) {
      if (BULK.contains(firstWord(value))) {
        return "it went to many (Precedence)";
      }
    }
    for (String value : message.values("X-Auto-Response-Suppress")) {
      String lower = value.toLowerCase(Locale.ROOT);
      if (lower.contains("all") || lower.contains("oof") || lower.contains("autoreply")) {
        return "its sender wants no answer by machine (X-Auto-Response-Suppress)";
      }
    }
    for (String value : message.values("X-Spam-Flag")) {
      if (firstWord(value).equals("yes")) {
        return "it is spam (X-Spam-Flag)";
      }
    }
    return null;
  }

  /** In lower case, up to a space, a comment or a parameter. */
  private static String firstWord(String value) {
    String text = value.strip().toLowerCase(Locale.ROOT);
    int end = 0;
    while (end < text.length() && " \t;(".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, end);
  }

  /** The user's addresses, with and without extension, by key. */
  private static Map<String, Mailbox> own(SieveMessage message, List<Mailbox> addresses) {
    Map<String, Mailbox> own = new LinkedHashMap<>();
    List<AddressText> all = new ArrayList<>(List.of(message.recipient(), message.original()));
    addresses.forEach(each -> all.add(new AddressText(each, "")));
    for (AddressText each : all) {
      if (each.mailbox() != null) {
        own.putIfAbsent(key(each.mailbox()), each.mailbox());
        Mailbox base = base(each, each.mailbox());
        own.putIfAbsent(key(base), base);
      }
    }
    return own;
  }

  private static @Nullable Mailbox writtenTo(SieveMessage message, Map<String, Mailbox> own) {
    Set<String> named = new HashSet<>();
    for (String field : RECIPIENTS) {
      for (AddressText each : message.addresses(field)) {
        if (each.mailbox() != null) {
          named.add(key(each.mailbox()));
        }
      }
    }
    for (Map.Entry<String, Mailbox> each : own.entrySet()) {
      if (named.contains(each.getKey())) {
        return each.getValue();
      }
    }
    return null;
  }

  private static String key(Mailbox mailbox) {
    return mailbox.internal().toLowerCase(Locale.ROOT);
  }

  /** An address without its extension. */
  private static Mailbox base(AddressText address, Mailbox whole) {
    List<String> user = new ArrayList<>(1);
    address.addPart(":user", user);
    return new Mailbox(user.getFirst(), whole.domain());
  }
}
