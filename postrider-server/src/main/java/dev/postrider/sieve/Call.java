package dev.postrider.sieve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.jsieve.Argument;
import org.apache.jsieve.NumberArgument;
import org.apache.jsieve.StringListArgument;
import org.apache.jsieve.TagArgument;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a command or a test, sorted and checked against its form. Immutable.
 *
 * @param tags the tags that are given, with what follows each; a tag that stands alone has itself
 * @param positional the others, in order
 */
record Call(Map<String, Argument> tags, List<Argument> positional) {
  Call {
    tags = Map.copyOf(tags);
    positional = List.copyOf(positional);
  }

  /**
   * Sorts them.
   *
   * @param name as messages name the command or test
   * @throws ScriptProblem saying what is wrong
   */
  static Call of(String name, Form form, List<Argument> arguments) throws ScriptProblem {
    Map<String, Argument> tags = new HashMap<>();
    Set<String> groups = new HashSet<>();
    List<Argument> positional = new ArrayList<>();
    for (Iterator<Argument> rest = arguments.iterator(); rest.hasNext(); ) {
      Argument argument = rest.next();
      if (!(argument instanceof TagArgument tagArgument)) {
        positional.add(argument);
        continue;
      }
      String written = tagArgument.getTag();
      Form.@Nullable Tag tag = form.tag(written);
      if (tag == null) {
        throw new ScriptProblem(name + " has no " + written + known(form));
      }
      if (!positional.isEmpty()) {
        throw new ScriptProblem(written + " must stand before the other arguments of " + name);
      }
      if (!groups.add(tag.group())) {
        throw new ScriptProblem(name + " has more than one " + tag.group() + "; keep one");
      }
      if (tag.value() == Form.Kind.NOTHING) {
        tags.put(written, argument);
        continue;
      }
      @Nullable Argument value = rest.hasNext() ? rest.next() : null;
      if (value == null || !fits(tag.value(), value)) {
        throw new ScriptProblem(tag.value().words() + " must follow " + written);
      }
      tags.put(written, value);
    }
    checkPositional(name, form, positional);
    return new Call(tags, positional);
  }

  private static String known(Form form) {
    return form.tags().isEmpty()
        ? ""
        : "; it has " + String.join(", ", form.tags().stream().map(Form.Tag::name).toList());
  }

  private static void checkPositional(String name, Form form, List<Argument> given)
      throws ScriptProblem {
    List<Form.Kind> wanted = form.positional();
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= given.size() || !fits(wanted.get(i), given.get(i))) {
        throw new ScriptProblem(
            name
                + " needs "
                + (wanted.size() > 1 ? (i == 0 ? "first " : "then ") : "")
                + wanted.get(i).words());
      }
    }
    if (given.size() > wanted.size()) {
      throw new ScriptProblem(
          name
              + (wanted.isEmpty() ? " takes no argument" : " has too many arguments")
              + "; is a ; missing?");
    }
  }

  private static boolean fits(Form.Kind kind, Argument argument) {
    return switch (kind) {
      case NUMBER -> argument instanceof NumberArgument;
      case STRINGS -> argument instanceof StringListArgument;
      case STRING ->
          argument instanceof StringListArgument strings && strings.getList().size() == 1;
      case NOTHING -> false;
    };
  }

  boolean has(String tag) {
    return tags.containsKey(tag);
  }

  /** The one of these tags that is given, or {@code otherwise}. */
  String oneOf(List<String> names, String otherwise) {
    for (String name : names) {
      if (has(name)) {
        return name;
      }
    }
    return otherwise;
  }

  /** What follows a tag, or null without the tag. */
  @Nullable String text(String tag) {
    return tags.get(tag) instanceof StringListArgument strings
        ? strings.getList().getFirst()
        : null;
  }

  /** The number behind a tag, or null without the tag. */
  @Nullable Integer number(String tag) {
    return tags.get(tag) instanceof NumberArgument number ? number.getInteger() : null;
  }

  /** The texts behind a tag; none without the tag. */
  List<String> texts(String tag) {
    return tags.get(tag) instanceof StringListArgument strings ? strings.getList() : List.of();
  }

  /** One of the others. */
  String text(int position) {
    return texts(position).getFirst();
  }

  /** The texts of one of the others. */
  List<String> texts(int position) {
    return positional.get(position) instanceof StringListArgument strings
        ? strings.getList()
        : List.of();
  }
}
