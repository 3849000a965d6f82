package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a call of postmulti(1) asks for. Immutable.
 *
 * @param reverse whether the last instance comes first
 * @param newName for {@code -I}: null if not given, empty to take the name away
 * @param newGroup for {@code -G}, likewise
 * @param operands the command to run, or settings of a new instance
 */
record PostmultiRequest(
    Mode mode,
    InstanceSelection selection,
    boolean reverse,
    @Nullable String newName,
    @Nullable String newGroup,
    List<String> operands) {
  /** What is done with the instances; those of {@code -e} by its word. */
  enum Mode {
    LIST(""),
    POSTFIX(""),
    COMMAND(""),
    CREATE("create"),
    DESTROY("destroy"),
    IMPORT("import"),
    DEPORT("deport"),
    ENABLE("enable"),
    DISABLE("disable"),
    ASSIGN("assign"),
    INIT("init");

    final String word;

    Mode(String word) {
      this.word = word;
    }

    boolean isEdit() {
      return !word.isEmpty();
    }

    boolean isAddition() {
      return this == CREATE || this == IMPORT;
    }

    static @Nullable Mode of(String word) {
      for (Mode mode : values()) {
        if (mode.isEdit() && mode.word.equals(word)) {
          return mode;
        }
      }
      return null;
    }
  }

  PostmultiRequest {
    operands = List.copyOf(operands);
  }

  /**
   * Reads the command line.
   *
   * @throws ConfigException with what is wrong in it, worded as Postfix does
   */
  static PostmultiRequest parse(Invocation call) throws ConfigException {
    return new Parser(call).parse();
  }

  /** The options while they are read, and the rules about which may go together. */
  private static final class Parser {
    private final Invocation call;
    private final Getopt options;
    private @Nullable Mode mode;
    private int modes;
    private InstanceSelection selection = new InstanceSelection.None();
    private int selections;
    private boolean reverse;
    private @Nullable String newName;
    private @Nullable String newGroup;

    Parser(Invocation call) {
      this.call = call;
      this.options = new Getopt(call.arguments(), "ae:g:i:G:I:lpRvx");
    }

    PostmultiRequest parse() throws ConfigException {
      for (var next = options.next(); next.isPresent(); next = options.next()) {
        take(next.get());
      }
      return checked(options.operands());
    }

    private void take(Getopt.Option option) throws ConfigException {
      String value = option.value();
      switch (option.letter()) {
        case 'a' -> {
          if (!(selection instanceof InstanceSelection.All)) {
            selections++;
          }
          selection = new InstanceSelection.All();
        }
        case 'g' -> {
          selections++;
          selection = new InstanceSelection.Group(value);
        }
        case 'i' -> {
          selections++;
          selection = new InstanceSelection.Name(value);
        }
        case 'G' -> {
          if (newGroup != null) {
            throw new ConfigException("Specify at most one '-G' option");
          }
          newGroup = value.equals("-") ? "" : value;
        }
        case 'I' -> {
          if (newName != null) {
            throw new ConfigException("Specify at most one '-I' option");
          }
          newName = value.equals("-") ? "" : value;
        }
        case 'e' -> mode(edit(value));
        case 'l' -> mode(Mode.LIST);
        case 'p' -> mode(Mode.POSTFIX);
        case 'x' -> mode(Mode.COMMAND);
        case 'R' -> reverse = !reverse;
        case 'v' -> {
          // More logging is Postfix's own affair.
        }
        default -> {
          call.err()
              .println(
                  option.letter() == ':'
                      ? "postmulti: option requires an argument -- '" + value + "'"
                      : "postmulti: invalid option -- '" + value + "'");
          throw usage();
        }
      }
    }

    private void mode(Mode wanted) {
      if (mode != wanted) {
        modes++;
      }
      mode = wanted;
    }

    private static Mode edit(String word) throws ConfigException {
      Mode edit = Mode.of(word);
      if (edit == null) {
        throw new ConfigException(
            "Invalid '-e' edit action '"
                + word
                + "'. Specify 'create', 'destroy', 'import', 'deport', 'enable', 'disable',"
                + " 'assign' or 'init'");
      }
      return edit;
    }

    private PostmultiRequest checked(List<String> operands) throws ConfigException {
      if (selections > 1) {
        throw new ConfigException("Specify no more than one of '-a', '-g', '-i'");
      }
      if (mode == null || modes != 1) {
        throw new ConfigException("Specify exactly one of '-e', '-l', '-p', '-x'");
      }
      if (mode == Mode.LIST && !operands.isEmpty()) {
        throw new ConfigException("Command not allowed with '-l'");
      }
      if (Set.of(Mode.POSTFIX, Mode.COMMAND).contains(mode) && operands.isEmpty()) {
        throw new ConfigException("Command required with '-p' or '-x' option");
      }
      if ((mode == Mode.POSTFIX || mode.isEdit()) && reverse) {
        throw new ConfigException("The '-p' and '-e' options preclude the use of '-R'");
      }
      checkNames(mode);
      if (mode.isEdit() && !mode.isAddition() && !operands.isEmpty()) {
        throw new ConfigException("Parameter overrides not valid with '-e " + mode.word + "'");
      }
      return new PostmultiRequest(mode, selection, reverse, newName, newGroup, operands);
    }

    private void checkNames(Mode mode) throws ConfigException {
      boolean given = newName != null || newGroup != null;
      if (given && !mode.isEdit()) {
        throw new ConfigException("Cannot assign instance name or group without '-e assign'");
      }
      if (given && !mode.isAddition() && mode != Mode.ASSIGN) {
        throw new ConfigException(
            "Cannot assign instance name or group with '-e " + mode.word + "'");
      }
      if (!given && mode == Mode.ASSIGN) {
        throw new ConfigException("Specify new instance name or group with '-e assign'");
      }
    }

    private static ConfigException usage() {
      return new ConfigException(
          "Usage:postmulti -l [-v] [-a] [-g group] [-i instance] | "
              + "postmulti -p [-v] [-a] [-g group] [-i instance] command... | "
              + "postmulti -x [-v] [-a] [-i name] [-g group] command... | "
              + "postmulti -e action [-v] [-a] [-i name] [-g group] [-I name] [-G group]"
              + " [param=value ...]");
    }
  }
}
