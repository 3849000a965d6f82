package dev.postrider.sieve;

import java.util.ArrayList;
import java.util.List;
import org.apache.jsieve.Arguments;
import org.apache.jsieve.SieveContext;
import org.apache.jsieve.TestManager;
import org.apache.jsieve.exception.LookupException;
import org.apache.jsieve.exception.SieveException;
import org.apache.jsieve.mail.MailAdapter;
import org.apache.jsieve.tests.AllOf;
import org.apache.jsieve.tests.AnyOf;
import org.apache.jsieve.tests.ExecutableTest;
import org.apache.jsieve.tests.False;
import org.apache.jsieve.tests.Not;
import org.apache.jsieve.tests.True;

/**
 * The tests of a script. Those that join others are jSieve's; those that look at the message are
 * not: its own make patterns into regular expressions that take for ever, find keys in fields that
 * are not there, end the script at an address that cannot be parsed, and fold case by the language
 * of the machine. Stateless.
 */
final class MessageTests implements TestManager {
  private static final List<String> PARTS = List.of(":localpart", ":domain", ":user", ":detail");

  /** What a test asks of a message. */
  @FunctionalInterface
  private interface Question {
    boolean ask(Run run, Call call) throws ScriptProblem, Work.Exhausted;
  }

  @Override
  public ExecutableTest getTest(String name) throws LookupException {
    return switch (name) {
      case "true" -> new True();
      case "false" -> new False();
      case "not" -> new Not();
      case "allof" -> new AllOf();
      case "anyof" -> new AnyOf();
      case "exists" ->
          test(
              name,
              (run, call) ->
                  call.texts(0).stream().noneMatch(field -> run.message().values(field).isEmpty()));
      case "size" -> test(name, MessageTests::size);
      case "header" -> test(name, (run, call) -> compared(run, call, headers(run, call)));
      case "body" ->
          test(
              name,
              (run, call) -> Comparison.of(call).fits(body(run, call), call.texts(0), run.work()));
      case "address" -> test(name, (run, call) -> compared(run, call, addresses(run, call)));
      case "envelope" -> test(name, (run, call) -> compared(run, call, envelope(run, call)));
      default -> throw new LookupException("there is no test " + name);
    };
  }

  private static ExecutableTest test(String name, Question question) {
    return new ExecutableTest() {
      @Override
      public boolean execute(MailAdapter mail, Arguments arguments, SieveContext context)
          throws SieveException {
        Form form = java.util.Objects.requireNonNull(Form.ofTest(name));
        try {
          return question.ask((Run) mail, Call.of(name, form, arguments.getArgumentList()));
        } catch (ScriptProblem e) {
          throw Run.stopped(context, e.text());
        } catch (Work.Exhausted e) {
          throw Run.stopped(context, String.valueOf(e.getMessage()));
        }
      }
    };
  }

  private static boolean compared(Run run, Call call, List<String> values)
      throws ScriptProblem, Work.Exhausted {
    return Comparison.of(call).fits(values, call.texts(1), run.work());
  }

  private static boolean size(Run run, Call call) {
    Integer over = call.number(":over");
    Integer under = call.number(":under");
    long size = run.message().size();
    return over != null ? size > over : under != null && size < under;
  }

  private static List<String> body(Run run, Call call) {
    MessageBody body = run.message().body();
    return switch (call.oneOf(List.of(":raw", ":content"), ":text")) {
      case ":raw" -> List.of(body.raw());
      case ":content" -> body.content(call.texts(":content"));
      default -> body.text();
    };
  }

  private static List<String> headers(Run run, Call call) {
    List<String> values = new ArrayList<>();
    for (String field : call.texts(0)) {
      values.addAll(run.message().values(field));
    }
    return values;
  }

  private static List<String> addresses(Run run, Call call) {
    List<String> values = new ArrayList<>();
    for (String field : call.texts(0)) {
      for (AddressText address : run.message().addresses(field)) {
        address.addPart(part(call), values);
      }
    }
    return values;
  }

  private static List<String> envelope(Run run, Call call) {
    List<String> values = new ArrayList<>();
    for (String name : call.texts(0)) {
      (name.equalsIgnoreCase("from") ? run.message().sender() : run.message().recipient())
          .addPart(part(call), values);
    }
    return values;
  }

  private static String part(Call call) {
    return call.oneOf(PARTS, ":all");
  }

  @Override
  public List<String> getExtensions() {
    return List.of();
  }
}
