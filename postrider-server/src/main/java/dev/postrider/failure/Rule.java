package dev.postrider.failure;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One rule: when it fits, and what it says. Immutable.
 *
 * @param id unique within a file
 * @param stages where it fits; empty means anywhere
 * @param codes reply codes, {@code 4xx}, {@code 5xx} or {@code none}; empty means any
 * @param texts alternatives in lower case; of each, all words must be there; empty means any text
 * @param hosts suffixes of the server's name; empty means any
 * @param ports that were connected to; empty means any
 * @param way which servers; {@code UNKNOWN} means any
 * @param what happened, with placeholders in braces
 * @param who must act
 * @param remedy what to do, with placeholders
 * @param treatment what the queue does
 */
record Rule(
    String id,
    Set<Stage> stages,
    List<String> codes,
    List<List<String>> texts,
    List<String> hosts,
    List<Integer> ports,
    Incident.Way way,
    String what,
    Actor who,
    String remedy,
    Treatment treatment) {
  static final Set<String> PLACEHOLDERS =
      Set.of("sender", "recipient", "login", "address", "host", "port", "size", "limit", "myhost");

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z]+)}");
  private static final Pattern LIMIT = Pattern.compile("(?i)limit (?:of )?(\\d+)|limit is (\\d+)");
  private static final Pattern SIZE = Pattern.compile("(?i)message size (\\d+)");

  Rule {
    stages = Set.copyOf(stages);
    codes = List.copyOf(codes);
    texts = List.copyOf(texts);
    hosts = List.copyOf(hosts);
    ports = List.copyOf(ports);
  }

  /**
   * Whether it fits.
   *
   * @param lowerText the incident's text in lower case
   */
  boolean fits(Incident incident, String lowerText) {
    return (stages.isEmpty() || stages.contains(incident.stage()))
        && fitsCode(incident.code())
        && (ports.isEmpty() || ports.contains(incident.port()))
        && (way == Incident.Way.UNKNOWN
            || incident.way() == Incident.Way.UNKNOWN
            || way == incident.way())
        && fitsHost(incident.host())
        && (texts.isEmpty()
            || texts.stream().anyMatch(words -> words.stream().allMatch(lowerText::contains)));
  }

  private boolean fitsCode(int code) {
    if (codes.isEmpty()) {
      return true;
    }
    for (String each : codes) {
      boolean fits =
          switch (each) {
            case "none" -> code == 0;
            case "4xx" -> code / 100 == 4;
            case "5xx" -> code / 100 == 5;
            default -> each.equals(String.valueOf(code));
          };
      if (fits) {
        return true;
      }
    }
    return false;
  }

  private boolean fitsHost(String host) {
    if (hosts.isEmpty()) {
      return true;
    }
    String lower = host.toLowerCase(Locale.ROOT);
    return hosts.stream().anyMatch(each -> lower.equals(each) || lower.endsWith("." + each));
  }

  Advice advice(Incident incident, Facts facts) {
    return new Advice(
        id, fill(what, incident, facts), who, fill(remedy, incident, facts), treatment);
  }

  private static String fill(String words, Incident incident, Facts facts) {
    if (words.indexOf('{') < 0) {
      return words;
    }
    Matcher matcher = PLACEHOLDER.matcher(words);
    return matcher.replaceAll(
        found -> Matcher.quoteReplacement(value(found.group(1), incident, facts)));
  }

  private static String value(String name, Incident incident, Facts facts) {
    return switch (name) {
      case "sender" -> facts.sender().isEmpty() ? "the sender" : facts.sender();
      case "recipient" -> facts.recipient().isEmpty() ? "the recipient" : facts.recipient();
      case "login" -> facts.login().isEmpty() ? "the account" : facts.login();
      case "address" -> facts.login().indexOf('@') > 0 ? facts.login() : "YOU@PROVIDER";
      case "host" -> incident.host().isEmpty() ? "the server" : incident.host();
      case "port" -> incident.port() == 0 ? "587" : String.valueOf(incident.port());
      case "size" -> {
        String told = number(SIZE, incident.text());
        yield told.isEmpty() && facts.size() >= 0 ? String.valueOf(facts.size()) : orMany(told);
      }
      case "limit" -> orMany(number(LIMIT, incident.text()));
      case "myhost" -> {
        int at = facts.sender().lastIndexOf('@');
        yield at < 0 ? "HOST" : facts.sender().substring(at + 1);
      }
      default -> "{" + name + "}";
    };
  }

  private static String orMany(String number) {
    return number.isEmpty() ? "fewer" : number;
  }

  private static String number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return "";
    }
    for (int i = 1; i <= matcher.groupCount(); i++) {
      if (matcher.group(i) != null) {
        return matcher.group(i);
      }
    }
    return "";
  }
}
