package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/**
 * The attributes that a table asks for: terminal ones first, then those of leaves, ordinary and
 * special ones. Immutable.
 *
 * @param names in this order
 * @param terminal how many are terminal
 * @param leaf how many are of leaves
 * @param values how many are not special
 */
record LdapAttributes(List<String> names, int terminal, int leaf, int values) {
  LdapAttributes {
    names = List.copyOf(names);
  }

  static LdapAttributes of(ParameterFile parameters) {
    List<String> names = new ArrayList<>();
    names.addAll(TableSpec.split(parameters.text("terminal_result_attribute", "")));
    int terminal = names.size();
    names.addAll(TableSpec.split(parameters.text("leaf_result_attribute", "")));
    int leaf = names.size() - terminal;
    names.addAll(TableSpec.split(parameters.text("result_attribute", "maildrop")));
    int values = names.size();
    names.addAll(TableSpec.split(parameters.text("special_result_attribute", "")));
    return new LdapAttributes(names, terminal, leaf, values);
  }

  /** Which of the names an attribute of an entry is, options such as {@code ;lang-en} aside. */
  int index(String attribute) {
    for (int i = 0; i < names.size(); i++) {
      if (isSubtype(names.get(i), attribute)) {
        return i;
      }
    }
    return names.size();
  }

  /**
   * What a URL may fetch: the names that it allows, each in the narrower of the two forms.
   *
   * @param allowed none for all
   */
  List<String> within(List<String> allowed) {
    if (allowed.isEmpty()) {
      return names;
    }
    List<String> both = new ArrayList<>();
    for (String one : allowed) {
      for (String other : names) {
        if (isSubtype(one, other)) {
          both.add(other);
        } else if (isSubtype(other, one)) {
          both.add(one);
        }
      }
    }
    return both;
  }

  private static boolean isSubtype(String type, String attribute) {
    return attribute.regionMatches(true, 0, type, 0, type.length())
        && (attribute.length() == type.length() || attribute.charAt(type.length()) == ';');
  }
}
