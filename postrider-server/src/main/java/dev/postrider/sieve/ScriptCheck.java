package dev.postrider.sieve;

import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.jsieve.Argument;
import org.apache.jsieve.StringListArgument;
import org.apache.jsieve.parser.generated.ASTargument;
import org.apache.jsieve.parser.generated.ASTarguments;
import org.apache.jsieve.parser.generated.ASTblock;
import org.apache.jsieve.parser.generated.ASTcommand;
import org.apache.jsieve.parser.generated.ASTcommands;
import org.apache.jsieve.parser.generated.ASTstring;
import org.apache.jsieve.parser.generated.ASTtest;
import org.apache.jsieve.parser.generated.Node;
import org.apache.jsieve.parser.generated.SimpleNode;
import org.jspecify.annotations.Nullable;

/**
 * Checks a parsed script from beginning to end, so that what is wrong is found before mail comes
 * and not in the one branch that a message takes. For one script and one thread.
 */
final class ScriptCheck {
  private static final int MOST_ERRORS = 20;
  private static final List<String> CONDITIONS = List.of("if", "elsif");

  private final List<ScriptError> errors = new ArrayList<>();
  private final Set<String> required = new LinkedHashSet<>();
  private final Set<String> effects = new LinkedHashSet<>();
  private int commands;

  /** What is wrong, in the order of the script. */
  List<ScriptError> errors() {
    return errors;
  }

  /** How many commands there are, {@code require} not counted. */
  int commands() {
    return commands;
  }

  /** What {@code require} names. */
  Set<String> required() {
    return required;
  }

  /** What the actions of the script are, in words. */
  Set<String> effects() {
    return effects;
  }

  /** Checks the whole. */
  void start(SimpleNode start) {
    for (SimpleNode commandList : children(start, ASTcommands.class)) {
      commands(commandList, true);
    }
  }

  private void commands(SimpleNode list, boolean top) {
    String before = "";
    boolean prologue = top;
    for (SimpleNode command : children(list, ASTcommand.class)) {
      String name = command.getName();
      try {
        if (name.equals("require")) {
          if (!prologue) {
            throw new ScriptProblem("require must stand before all other commands");
          }
        } else {
          prologue = false;
          commands++;
        }
        boolean follows = name.equals("else") || name.equals("elsif");
        if (follows && !CONDITIONS.contains(before)) {
          throw new ScriptProblem(name + " must follow the block of an if or elsif");
        }
        command(command);
      } catch (ScriptProblem e) {
        error(command, e);
      }
      before = name;
      for (SimpleNode block : children(command, ASTblock.class)) {
        for (SimpleNode inner : children(block, ASTcommands.class)) {
          commands(inner, false);
        }
      }
    }
  }

  private void error(SimpleNode at, ScriptProblem problem) {
    if (errors.size() < MOST_ERRORS) {
      errors.add(
          new ScriptError(
              at.getFirstToken().beginLine, at.getFirstToken().beginColumn, problem.text()));
    }
  }

  private void command(SimpleNode node) throws ScriptProblem {
    String name = node.getName();
    @Nullable Form form = Form.ofCommand(name);
    if (form == null) {
      throw new ScriptProblem(
          Form.ofTest(name) == null
              ? "there is no command " + name + "; is it misspelled?"
              : name + " is a test; put it behind if");
    }
    needs(name, form.capability());
    boolean block = !children(node, ASTblock.class).isEmpty();
    if (block != form.block()) {
      throw new ScriptProblem(
          block ? name + " has no block; end it with ;" : name + " needs a { block }");
    }
    Call call = call(name, form, node);
    switch (name) {
      case "require" -> require(call.texts(0));
      case "redirect" -> effects.add(new Effect.Redirect(address(call.text(0))).toString());
      case "fileinto" -> effects.add(new Effect.FileInto(folder(call.text(0))).toString());
      case "keep", "discard" -> effects.add(name);
      case "reject", "ereject" -> effects.add("reject");
      case "vacation" -> {
        VacationCall _ = VacationCall.of(call);
        effects.add(name);
      }
      default -> {}
    }
  }

  private void require(List<String> names) throws ScriptProblem {
    for (String name : names) {
      if (!Form.CAPABILITIES.contains(name)) {
        throw new ScriptProblem(
            "extension \""
                + name
                + "\" is not supported; these are: "
                + String.join(", ", Form.CAPABILITIES));
      }
      required.add(name);
    }
  }

  private void needs(String name, @Nullable String capability) throws ScriptProblem {
    boolean implied = Form.VACATION.equals(capability) && required.contains(Form.VACATION_SECONDS);
    if (capability != null && !required.contains(capability) && !implied) {
      throw new ScriptProblem(
          name + " needs require \"" + capability + "\"; at the beginning of the script");
    }
  }

  private Call call(String name, Form form, SimpleNode node) throws ScriptProblem {
    List<Argument> arguments = new ArrayList<>();
    List<SimpleNode> tests = new ArrayList<>();
    boolean listed = false;
    for (SimpleNode each : children(node, ASTarguments.class)) {
      for (int i = 0; i < each.jjtGetNumChildren(); i++) {
        Node child = each.jjtGetChild(i);
        if (child instanceof ASTargument argument) {
          arguments.add(argument(argument));
        } else if (child instanceof ASTtest test) {
          tests.add(test);
        } else if (child instanceof SimpleNode list) {
          listed = true;
          tests.addAll(children(list, ASTtest.class));
        }
      }
    }
    Call call = Call.of(name, form, arguments);
    for (String tag : call.tags().keySet()) {
      Form.@Nullable Tag known = form.tag(tag);
      needs(tag, known == null ? null : known.capability());
    }
    tests(name, form, tests, listed);
    return call;
  }

  private void tests(String name, Form form, List<SimpleNode> tests, boolean listed)
      throws ScriptProblem {
    switch (form.tests()) {
      case NONE -> {
        if (!tests.isEmpty()) {
          throw new ScriptProblem(
              "\"" + tests.getFirst().getName() + "\" cannot follow " + name + "; is a ; missing?");
        }
      }
      case ONE -> {
        if (tests.size() != 1 || listed) {
          throw new ScriptProblem(
              name
                  + (tests.isEmpty()
                      ? " needs a test"
                      : " takes one test; put allof or anyof before the list"));
        }
      }
      case SOME -> {
        if (!listed) {
          throw new ScriptProblem(name + " needs (tests, parted by commas, in parentheses)");
        }
      }
    }
    for (SimpleNode test : tests) {
      try {
        test(test);
      } catch (ScriptProblem e) {
        error(test, e);
      }
    }
  }

  private void test(SimpleNode node) throws ScriptProblem {
    String name = node.getName();
    @Nullable Form form = Form.ofTest(name);
    if (form == null) {
      throw new ScriptProblem("there is no test " + name + "; is it misspelled?");
    }
    needs(name, form.capability());
    Call call = call(name, form, node);
    if (name.equals("size") && call.tags().isEmpty()) {
      throw new ScriptProblem("size needs :over or :under");
    }
    if (form.tag(":comparator") != null) {
      Comparison comparison = Comparison.of(call);
      if (comparison.collation() == Collation.NUMERIC) {
        needs("i;ascii-numeric", Form.NUMERIC);
      }
    }
    for (String type : call.texts(":content")) {
      checkContent(type);
    }
    if (name.equals("envelope")) {
      for (String part : call.texts(0)) {
        if (!part.equalsIgnoreCase("from") && !part.equalsIgnoreCase("to")) {
          throw new ScriptProblem("the envelope has no \"" + part + "\", only from and to");
        }
      }
    }
  }

  private static void checkContent(String type) throws ScriptProblem {
    String main = type.toLowerCase(Locale.ROOT);
    if (main.startsWith("multipart") || main.startsWith("message")) {
      throw new ScriptProblem(
          "body :content looks at parts that have no parts of their own, not at \""
              + type
              + "\"; use \"text\", another type, or \"\" for all of them");
    }
  }

  /** An address as a script names it. */
  static Mailbox address(String text) throws ScriptProblem {
    AddressList list = AddressList.parse(text);
    List<Mailbox> found = list.mailboxes();
    // One that names no mailbox, such as a@, is a mistake beside another one too.
    if (found.size() != 1
        || list.addresses().size() != 1
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new ScriptProblem("\"" + text + "\" is not one address, such as user@example.com");
    }
    return found.getFirst();
  }

  static FolderName folder(String name) throws ScriptProblem {
    @Nullable String problem = FolderName.problem(name);
    if (problem != null) {
      throw new ScriptProblem(problem);
    }
    return new FolderName(name);
  }

  private static Argument argument(ASTargument node) {
    if (node.getValue() instanceof Argument value) {
      return value;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < node.jjtGetNumChildren(); i++) {
      if (node.jjtGetChild(i) instanceof SimpleNode list) {
        for (SimpleNode text : children(list, ASTstring.class)) {
          texts.add(String.valueOf(text.getValue()));
        }
      }
    }
    return new StringListArgument(texts);
  }

  private static List<SimpleNode> children(SimpleNode node, Class<? extends SimpleNode> kind) {
    List<SimpleNode> found = new ArrayList<>();
    for (int i = 0; i < node.jjtGetNumChildren(); i++) {
      if (kind.isInstance(node.jjtGetChild(i))) {
        found.add(kind.cast(node.jjtGetChild(i)));
      }
    }
    return found;
  }
}
