package dev.postrider.config;

import java.util.List;

/**
 * The manual page postconf(5), made of the registry: what the program knows of a parameter is what
 * the page says. The build puts it beside the other pages. Functions only.
 */
public final class ParameterPage {
  private static final String HEAD =
      """
      .Dd November 27, 2026
      .Dt POSTCONF 5
      .Os Postrider
      .Sh NAME
      .Nm postconf
      .Nd parameters of main.cf
      .Sh DESCRIPTION
      .Pa main.cf
      has one setting a line:
      .Ql name = value .
      A line that begins with white space continues the one before.
      Empty lines and lines whose first visible character is
      .Ql #
      are skipped; a comment behind a value is part of the value.
      Of a name that is set twice the last setting counts, with a warning.
      .Pp
      .Ql $name ,
      .Ql ${name}
      and
      .Ql $(name)
      stand for the value of a parameter,
      .Ql ${name?{text}}
      for the text if that value is not empty,
      .Ql ${name:{text}}
      if it is,
      .Ql ${name?{text}:{other}}
      for the one or the other;
      .Ql "${{left} == {right} ? {text} : {other}}"
      compares, with
      .Ql == != < <= > >= .
      .Pp
      Sizes are in bytes.
      A time is a number and
      .Cm s , m , h , d
      or
      .Cm w ;
      without a letter it is in the unit that its parameter names.
      Lists have commas or white space between their words.
      .Pp
      .Xr postconf 1
      prints and changes parameters,
      .Ql postfix check
      says what is wrong with a setting, with its line.
      A running system takes changes with
      .Ql postfix reload .
      .Ss Names made of a service's name
      A parameter such as
      .Va default_destination_concurrency_limit
      can be set for one transport of
      .Xr master 5
      by putting its name in the place of
      .Ql default :
      .Va relay_destination_concurrency_limit .
      .Sh PARAMETERS
      All parameters of Postfix 3.11 and those of Postrider.
      The value in parentheses is the default.
      A setting of one that is not supported yet is ignored with a warning when it is found, unless
      the entry says something else.
      .Bl -tag -width Ds
      """;

  private static final String FOOT =
      """
      .El
      .Sh SEE ALSO
      .Xr postconf 1 ,
      .Xr postfix 1 ,
      .Xr master 5
      """;

  private ParameterPage() {}

  /** The page in mdoc(7). */
  public static String text() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Parameter parameter : Registry.get().all()) {
      page.append(".It Va ").append(parameter.name()).append(" Pq ");
      page.append(quoted(defaultOf(parameter))).append('\n');
      if (!parameter.documentation().isEmpty()) {
        page.append(sentence(parameter.documentation())).append('\n');
      }
      page.append(support(parameter));
      page.append(kind(parameter));
    }
    return page.append(FOOT).toString();
  }

  private static String defaultOf(Parameter parameter) {
    if (parameter.type() == Parameter.Type.LEGACY) {
      return "an old name";
    }
    if (!parameter.defaultValue().isEmpty()) {
      return parameter.defaultValue();
    }
    return switch (parameter.name()) {
      case "myhostname", "mydomain", "mynetworks", "process_id", "process_name", "service_name" ->
          "see postconf -d";
      default -> "empty";
    };
  }

  private static String support(Parameter parameter) {
    List<String> values = parameter.harmless();
    return switch (parameter.support()) {
      case SUPPORTED ->
          values.isEmpty() ? "" : "These words work: " + words(values) + "; others are an error.\n";
      case NOT_YET ->
          "Not supported yet"
              + (values.isEmpty() ? "" : "; " + words(values) + " is what happens anyway")
              + ".\n";
      case MEANINGLESS -> "It means nothing here.\n";
      case MAIL_WAITS -> "Not supported yet: mail that needs it waits.\n";
      case UNSAFE_TO_IGNORE ->
          "Not supported yet, and unsafe to ignore: the mail system does not start with a setting"
              + " other than the default"
              + (values.stream().allMatch(String::isEmpty) ? "" : " or " + words(values))
              + ".\n";
    };
  }

  private static String kind(Parameter parameter) {
    if (parameter.support() != Parameter.Support.SUPPORTED) {
      return "";
    }
    return switch (parameter.type()) {
      case TEXT, LEGACY -> "";
      case RAW -> "Names behind a dollar sign are those of the delivery.\n";
      case READ_ONLY -> "Computed; setting it changes nothing.\n";
      case FLAG -> "Yes or no.\n";
      case NUMBER -> "A number" + bounds(parameter, "") + ".\n";
      case SIZE -> "A number of bytes" + bounds(parameter, "") + ".\n";
      case TIME -> "A time in " + unit(parameter.unit()) + bounds(parameter, "s") + ".\n";
      case WORDS -> "One of " + words(parameter.words()) + ".\n";
      case ANY_WORDS -> "Any of " + words(parameter.words()) + ".\n";
    };
  }

  private static String bounds(Parameter parameter, String unit) {
    String least = parameter.minimum() > 0 ? ", at least " + parameter.minimum() + unit : "";
    String most = parameter.maximum() > 0 ? ", at most " + parameter.maximum() + unit : "";
    return least + most;
  }

  private static String unit(char letter) {
    return switch (letter) {
      case 's' -> "seconds";
      case 'm' -> "minutes";
      case 'h' -> "hours";
      case 'd' -> "days";
      case 'w' -> "weeks";
      default -> throw new IllegalStateException("unit " + letter);
    };
  }

  private static String words(List<String> words) {
    return sentence(String.join(", ", words.stream().filter(word -> !word.isEmpty()).toList()));
  }

  /** One argument of a macro, whatever is in it. */
  private static String quoted(String value) {
    return "\"\\&" + escaped(value).replace("\"", "\\(dq") + '"';
  }

  /** Text, each sentence a line, also where it begins with what means something to troff. */
  private static String sentence(String text) {
    String lines = escaped(text).replaceAll("(?<=[.]) (?=[A-Z])", "\n");
    return lines.startsWith(".") || lines.startsWith("'") ? "\\&" + lines : lines;
  }

  private static String escaped(String text) {
    StringBuilder line = new StringBuilder();
    int unbroken = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> line.append("\\e");
        case '-' -> line.append("\\-");
        case '\t' -> line.append(' ');
        default -> line.append(c);
      }
      unbroken = c == ' ' ? 0 : unbroken + 1;
      // Where a long value may go on in the next line.
      if ((unbroken > 30 && ",:/}_".indexOf(c) >= 0) || unbroken > 50) {
        line.append("\\:");
        unbroken = 0;
      }
    }
    return line.toString();
  }
}
