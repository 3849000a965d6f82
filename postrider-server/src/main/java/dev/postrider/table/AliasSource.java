package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code name: value} source text as aliases(5) and postalias(1) describe it. The value is
 * spelled anew, so that a list always looks the same. Stateless.
 */
public final class AliasSource {
  private AliasSource() {}

  /**
   * Reads a whole file.
   *
   * @param path the file's name for messages
   * @param utf8 whether lines that are not UTF-8 are left out (smtputf8_enable)
   */
  public static SourceText parse(String path, byte[] bytes, boolean utf8) {
    List<SourceEntry> entries = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    SourceLines.each(
        path, bytes, utf8, faults, (line, place) -> split(line, place, entries, faults));
    return new SourceText(entries, faults, List.of());
  }

  /** Takes one line apart. */
  static void split(
      LogicalLines.Line line, String place, List<SourceEntry> entries, List<String> faults) {
    List<AddressTokens.Token> tokens = AddressTokens.scan(line.text());
    int colon = 0;
    while (colon < tokens.size() && !tokens.get(colon).is(':')) {
      colon++;
    }
    if (colon == 0 || colon >= tokens.size() - 1) {
      faults.add(place + ": need name:value pair");
      return;
    }
    List<AddressTokens.Token> name = tokens.subList(0, colon);
    if (name.stream().anyMatch(token -> token.is('@'))) {
      faults.add(place + ": name must be local");
      return;
    }
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < name.size(); i++) {
      boolean apart =
          i > 0
              && name.get(i).kind() != AddressTokens.Kind.OPERATOR
              && name.get(i - 1).kind() != AddressTokens.Kind.OPERATOR;
      key.append(apart ? " " : "").append(name.get(i).text());
    }
    String value = AddressTokens.print(tokens.subList(colon + 1, tokens.size()));
    entries.add(new SourceEntry(key.toString(), value, line.first()));
  }
}
