package dev.postrider.sieve;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.jsieve.SieveFactory;
import org.apache.jsieve.exception.SieveException;
import org.apache.jsieve.parser.generated.ParseException;
import org.apache.jsieve.parser.generated.SieveParser;
import org.apache.jsieve.parser.generated.SimpleNode;
import org.apache.jsieve.parser.generated.Token;
import org.apache.jsieve.parser.generated.TokenMgrError;
import org.jspecify.annotations.Nullable;

/** A script in which nothing is wrong. Immutable. */
public final class SieveScript {
  /** Octets that a script may have. */
  public static final int LARGEST = 256 << 10;

  /** What became of reading a script. */
  public sealed interface Parsed {
    /** It can be run. */
    record Good(SieveScript script) implements Parsed {}

    /**
     * It cannot.
     *
     * @param errors at least one
     */
    record Bad(List<ScriptError> errors) implements Parsed {
      public Bad {
        errors = List.copyOf(errors);
      }
    }
  }

  /** What a script makes of a message. */
  public sealed interface Outcome {
    /**
     * That it wants done.
     *
     * @param effects each once; none throws the message away
     */
    record Decided(List<Effect> effects) implements Outcome {
      public Decided {
        effects = List.copyOf(effects);
      }
    }

    /** It cannot go on; nothing of it counts, and the message is kept (RFC 5228 §2.10.6). */
    record Broken(ScriptError error) implements Outcome {}
  }

  private final SimpleNode root;
  private final ScriptCheck check;

  private SieveScript(SimpleNode root, ScriptCheck check) {
    this.root = root;
    this.check = check;
  }

  /**
   * Reads a script.
   *
   * @param octets its text, a {@code char} per octet (ISO 8859-1), in UTF-8
   */
  public static Parsed parse(String octets) {
    if (octets.length() > LARGEST) {
      return bad(1, 0, "the script has more than " + LARGEST + " octets");
    }
    String text = new String(octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    int odd = text.indexOf('\uFFFD');
    if (odd >= 0) {
      int line = 1 + (int) text.substring(0, odd).chars().filter(c -> c == '\n').count();
      return bad(line, 0, "the text is not UTF-8; save the script in UTF-8");
    }
    try {
      SimpleNode root = new SieveParser(new StringReader(ScriptText.of(text))).start();
      ScriptCheck check = new ScriptCheck();
      check.start(root);
      return check.errors().isEmpty()
          ? new Parsed.Good(new SieveScript(root, check))
          : new Parsed.Bad(check.errors());
    } catch (ScriptText.Malformed e) {
      return new Parsed.Bad(List.of(e.error()));
    } catch (ParseException e) {
      return new Parsed.Bad(List.of(misplaced(e)));
    } catch (TokenMgrError e) {
      return bad(1, 0, String.valueOf(e.getMessage()));
    }
  }

  private static Parsed bad(int line, int column, String text) {
    return new Parsed.Bad(List.of(new ScriptError(line, column, text)));
  }

  private static ScriptError misplaced(ParseException e) {
    @Nullable Token token = e.currentToken == null ? null : e.currentToken.next;
    if (token == null) {
      return new ScriptError(1, 0, String.valueOf(e.getMessage()));
    }
    String text =
        token.kind == 0
            ? "the script ends in the middle; a ; or } is missing before its end"
            : "\""
                + abridged(token.image)
                + "\" cannot stand here; is a ; { or } missing before it?";
    return new ScriptError(token.beginLine, token.beginColumn, text);
  }

  private static String abridged(String image) {
    return image.length() <= 30 ? image : image.substring(0, 30) + "...";
  }

  /** How many commands it has, {@code require} not counted. */
  public int commands() {
    return check.commands();
  }

  /** Whether a test of it may look at the body of a message. */
  boolean looksAtBody() {
    return check.required().contains("body");
  }

  /** The extensions that it requires, in order of the alphabet. */
  public Set<String> required() {
    return new TreeSet<>(check.required());
  }

  /** The actions that stand in it, in words, in the order of the script. */
  public List<String> actions() {
    return List.copyOf(check.effects());
  }

  /**
   * Finds what it wants done.
   *
   * @throws IOException if the message cannot be read
   */
  public Outcome run(SieveMessage message) throws IOException {
    Run run = new Run(message);
    SieveFactory interpreter =
        new SieveFactory(new ActionCommands(), new NoComparators(), new MessageTests());
    try {
      interpreter.evaluate(run, root);
      return new Outcome.Decided(run.effects());
    } catch (Run.Stopped e) {
      return new Outcome.Broken(e.error());
    } catch (SieveException e) {
      return new Outcome.Broken(new ScriptError(1, 0, String.valueOf(e.getMessage())));
    } catch (UncheckedIOException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
