package dev.postrider.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a reader has set: variables, aliases, which header fields to show. For one thread. */
final class MailSettings {
  /** What says nothing to a person; P shows it all the same. */
  private static final List<String> DULL =
      List.of(
          "received",
          "message-id",
          "resent-message-id",
          "status",
          "x-status",
          "mail-from",
          "return-path",
          "via",
          "delivered-to",
          "x-original-to",
          "mime-version",
          "content-type",
          "content-transfer-encoding",
          "content-disposition",
          "content-language",
          "in-reply-to",
          "references",
          "dkim-signature",
          "domainkey-signature",
          "authentication-results",
          "received-spf",
          "arc-seal",
          "arc-message-signature",
          "arc-authentication-results");

  private final TreeMap<String, String> variables = new TreeMap<>();
  private final Map<String, List<String>> aliases = new LinkedHashMap<>();
  private final TreeSet<String> ignored = new TreeSet<>(DULL);
  private final TreeSet<String> retained = new TreeSet<>();
  private final Set<String> alternates = new LinkedHashSet<>();

  MailSettings(Map<String, String> environment) {
    for (String name : List.of("ask", "crt", "dot", "header", "save")) {
      variables.put(name, "");
    }
    // As the real ones do: the environment gives what no file sets.
    for (String name : List.of("PAGER", "EDITOR", "VISUAL", "SHELL", "MBOX", "DEAD")) {
      String value = environment.getOrDefault(name, "");
      if (!value.isEmpty()) {
        variables.put(name, value);
      }
    }
  }

  boolean isSet(String name) {
    return variables.containsKey(name);
  }

  String text(String name, String otherwise) {
    String value = variables.getOrDefault(name, "");
    return value.isEmpty() ? otherwise : value;
  }

  /** A number that a person may have set; {@code otherwise} if not, or if it is none. */
  int number(String name, int otherwise) {
    try {
      return Math.max(1, Integer.parseInt(text(name, Integer.toString(otherwise))));
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** {@code name}, {@code name=value} or {@code noname}. */
  void set(String assignment) throws MailRefusal {
    int equals = assignment.indexOf('=');
    String name = equals < 0 ? assignment : assignment.substring(0, equals);
    if (name.isEmpty()) {
      throw new MailRefusal("Non-null variable name required");
    }
    if (equals < 0 && name.equals("noheader")) {
      variables.remove("header");
    } else if (equals < 0 && name.startsWith("no") && isSet(name.substring(2))) {
      variables.remove(name.substring(2));
    } else {
      variables.put(name, equals < 0 ? "" : assignment.substring(equals + 1));
    }
  }

  void unset(String name) throws MailRefusal {
    if (variables.remove(name) == null) {
      throw new MailRefusal("\"" + name + "\": undefined variable");
    }
  }

  List<String> variables() {
    List<String> lines = new ArrayList<>();
    variables.forEach((name, value) -> lines.add(name + "\t" + value));
    return lines;
  }

  void ignore(List<String> names) {
    names.forEach(name -> ignored.add(name.toLowerCase(Locale.ROOT)));
  }

  void retain(List<String> names) {
    names.forEach(name -> retained.add(name.toLowerCase(Locale.ROOT)));
  }

  Set<String> ignored() {
    return ignored;
  }

  Set<String> retained() {
    return retained;
  }

  /**
   * Whether print shows a header field: what is retained, if anything is, else what is not dull.
   */
  boolean shows(String field) {
    String name = field.toLowerCase(Locale.ROOT);
    return retained.isEmpty() ? !ignored.contains(name) : retained.contains(name);
  }

  Set<String> alternates() {
    return alternates;
  }

  Map<String, List<String>> aliases() {
    return aliases;
  }

  /** Replaces the names of aliases, those within aliases too, each at most once. */
  List<String> expand(List<String> names) {
    Set<String> out = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    names.forEach(name -> expand(name, out, seen));
    return new ArrayList<>(out);
  }

  private void expand(String name, Set<String> out, Set<String> seen) {
    List<String> members = aliases.get(name);
    if (members == null || !seen.add(name)) {
      out.add(name);
    } else {
      members.forEach(member -> expand(member, out, seen));
    }
  }
}
