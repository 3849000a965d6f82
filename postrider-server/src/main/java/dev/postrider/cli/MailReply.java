package dev.postrider.cli;

import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.message.HeaderAddresses;
import dev.postrider.mail.message.HeaderField;
import dev.postrider.mailbox.LetterHeader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Begins answers to letters (RFC 5322 §3.6.3, §3.6.4). For one thread. */
final class MailReply {
  /** Characters of References, of one line (RFC 5322 §2.1.1): the first and the newest are kept. */
  private static final int MOST_REFERENCES = 900;

  private static final int MOST_ID = 400;

  private final Set<String> ownAddresses;

  /**
   * @param ownAddresses who needs no copy of an answer: lower case, with domain
   */
  MailReply(Set<String> ownAddresses) {
    this.ownAddresses = ownAddresses;
  }

  /** Begins a letter to the author of a message, or of several, and to nobody else. */
  MailDraft toAuthors(MailFolder folder, List<Integer> list) throws IOException {
    Map<String, String> to = new LinkedHashMap<>();
    for (int index : list) {
      add(answered(folder, folder.entries.get(index)), to);
    }
    return draft(folder, list, to, Map.of());
  }

  /** Begins a letter to the author and to all others that a message was for. */
  MailDraft toAll(MailFolder folder, List<Integer> list) throws IOException {
    Map<String, String> to = new LinkedHashMap<>();
    Map<String, String> cc = new LinkedHashMap<>();
    Map<String, String> answered = new LinkedHashMap<>();
    for (int index : list) {
      List<HeaderField> header = folder.header(folder.entries.get(index));
      add(answered(folder, folder.entries.get(index)), answered);
      add(addresses(header, "To"), to);
      add(addresses(header, "Cc"), cc);
    }
    to.keySet().removeIf(this::isOwn);
    cc.keySet().removeIf(this::isOwn);
    answered.putAll(to);
    cc.keySet().removeAll(answered.keySet());
    return draft(folder, list, answered, cc);
  }

  private MailDraft draft(
      MailFolder folder, List<Integer> list, Map<String, String> to, Map<String, String> cc)
      throws IOException {
    MailDraft draft = new MailDraft();
    draft.to.addAll(to.values());
    draft.cc.addAll(cc.values());
    List<HeaderField> header = folder.header(folder.entries.get(list.getFirst()));
    draft.subject = subject(MailPrinter.field(header, "Subject"));
    String id = LetterHeader.value(header, "Message-ID");
    if (isId(id)) {
      draft.fields.add("In-Reply-To: " + id);
      draft.fields.add("References: " + references(header, id));
    }
    return draft;
  }

  /** Reply-To if there is one, else From, else who sent it. */
  private static List<Mailbox> answered(MailFolder folder, MailEntry entry) throws IOException {
    List<HeaderField> header = folder.header(entry);
    for (String name : List.of("Reply-To", "From", "Sender")) {
      List<Mailbox> found = addresses(header, name);
      if (!found.isEmpty()) {
        return found;
      }
    }
    String sender = folder.separator(entry).sender();
    return addresses(List.of(new HeaderField("From", " " + sender)), "From");
  }

  private static List<Mailbox> addresses(List<HeaderField> header, String name) {
    List<Mailbox> found = new ArrayList<>();
    header.stream()
        .filter(field -> field.is(name))
        .forEach(field -> found.addAll(HeaderAddresses.addresses(field)));
    return found;
  }

  private static void add(List<Mailbox> mailboxes, Map<String, String> to) {
    for (Mailbox mailbox : mailboxes) {
      to.putIfAbsent(mailbox.external().toLowerCase(Locale.ROOT), mailbox.external());
    }
  }

  private boolean isOwn(String address) {
    return ownAddresses.contains(address);
  }

  private static String subject(String subject) {
    if (subject.isEmpty() || subject.regionMatches(true, 0, "re:", 0, 3)) {
      return subject;
    }
    return "Re: " + subject;
  }

  private static boolean isId(String word) {
    return word.startsWith("<") && word.endsWith(">") && word.length() < MOST_ID;
  }

  private static String references(List<HeaderField> header, String id) {
    String before = LetterHeader.value(header, "References");
    if (before.isEmpty()) {
      before = LetterHeader.value(header, "In-Reply-To");
    }
    List<String> ids = new ArrayList<>();
    for (String word : before.split("[ \t]+")) {
      if (isId(word)) {
        ids.add(word);
      }
    }
    ids.add(id);
    while (ids.size() > 2 && String.join(" ", ids).length() > MOST_REFERENCES) {
      ids.remove(1);
    }
    return String.join(" ", ids);
  }
}
