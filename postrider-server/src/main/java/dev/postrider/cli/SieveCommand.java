package dev.postrider.cli;

import dev.postrider.io.Printable;
import dev.postrider.mail.address.AddressList;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.sieve.Effect;
import dev.postrider.sieve.ScriptError;
import dev.postrider.sieve.SieveMessage;
import dev.postrider.sieve.SieveScript;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code postrider sieve}: says what is wrong in a script, and what a script would do with a
 * message, before mail comes. Looks at the files that are named and at nothing else.
 */
public final class SieveCommand implements Command {
  private static final int BROKEN = 1;
  private static final int EX_UNAVAILABLE = 69;

  /** Octets of a message that is looked at; scripts see less of it, but its size. */
  private static final int MOST_MESSAGE = 256 << 20;

  private static final String USAGE =
      """
      usage: postrider sieve check FILE...
             postrider sieve test [--from SENDER] [--to RECIPIENT] FILE MESSAGE

        check           say what is wrong in Sieve scripts; - is standard input
        test            say what a script would do with a message; nothing is delivered
        --from SENDER   the sender of the envelope; "<>" is the null sender (default: you)
        --to RECIPIENT  whom the message would be for (default: you)

      Exit code: 0 if nothing is wrong, 1 if something is wrong in a script, 69 if a file
      cannot be read.
      """;

  @Override
  public int run(Invocation call) {
    List<String> arguments = new ArrayList<>(call.arguments());
    if (!arguments.isEmpty() && List.of("help", "--help", "-h").contains(arguments.getFirst())) {
      call.out().print(USAGE);
      return 0;
    }
    try {
      String verb = arguments.isEmpty() ? "" : arguments.removeFirst();
      return switch (verb) {
        case "check" -> check(call, arguments);
        case "test" -> test(call, arguments);
        default ->
            throw new IllegalArgumentException(
                verb.isEmpty() ? "say check or test" : verb + ": there is no such command");
      };
    } catch (IllegalArgumentException e) {
      return call.as("postrider sieve", List.of()).misused(String.valueOf(e.getMessage()), USAGE);
    } catch (IOException e) {
      call.as("postrider sieve", List.of()).fatal(String.valueOf(e.getMessage()));
      return EX_UNAVAILABLE;
    }
  }

  private static int check(Invocation call, List<String> files) throws IOException {
    refuseOptions(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("name a script");
    }
    int code = 0;
    for (String file : files) {
      SieveScript.Parsed parsed = parse(call, file);
      switch (parsed) {
        case SieveScript.Parsed.Good(SieveScript script) ->
            print(call, shown(file) + ": ok (" + summary(script) + ")");
        case SieveScript.Parsed.Bad(List<ScriptError> errors) -> {
          code = BROKEN;
          errors(call, file, errors);
        }
      }
    }
    return code;
  }

  private static String summary(SieveScript script) {
    int commands = script.commands();
    return (commands == 1 ? "1 command" : commands + " commands")
        + (script.required().isEmpty() ? "" : ", requires " + String.join(", ", script.required()));
  }

  private static void errors(Invocation call, String file, List<ScriptError> errors) {
    for (ScriptError error : errors) {
      print(call, shown(file) + ": " + error);
    }
  }

  private static int test(Invocation call, List<String> arguments) throws IOException {
    Mailbox you = new Mailbox(System.getProperty("user.name", "you"), "localhost");
    ReversePath sender = ReversePath.of(you);
    Mailbox recipient = you;
    List<String> files = new ArrayList<>();
    while (!arguments.isEmpty()) {
      String word = arguments.removeFirst();
      switch (word) {
        case "--from" -> sender = sender(value(word, arguments));
        case "--to" -> recipient = mailbox(value(word, arguments));
        default -> files.add(word);
      }
    }
    refuseOptions(files);
    if (files.size() != 2) {
      throw new IllegalArgumentException("name a script and a message");
    }
    return switch (parse(call, files.getFirst())) {
      case SieveScript.Parsed.Bad(List<ScriptError> errors) -> {
        errors(call, files.getFirst(), errors);
        yield BROKEN;
      }
      case SieveScript.Parsed.Good(SieveScript script) -> {
        byte[] octets = read(call, files.getLast(), MOST_MESSAGE);
        SieveMessage message =
            SieveMessage.read(
                new ByteArrayInputStream(octets),
                octets.length,
                new SieveMessage.Envelope(sender, recipient, "+"),
                script);
        yield judged(call, files.getFirst(), script.run(message));
      }
    };
  }

  private static int judged(Invocation call, String file, SieveScript.Outcome outcome) {
    return switch (outcome) {
      case SieveScript.Outcome.Broken(ScriptError error) -> {
        errors(call, file, List.of(error));
        print(call, "keep (because of the error)");
        yield BROKEN;
      }
      case SieveScript.Outcome.Decided(List<Effect> effects) -> {
        if (effects.stream().allMatch(Effect::isAnswer)) {
          print(call, "discard");
        }
        effects.forEach(effect -> print(call, effect.toString()));
        yield 0;
      }
    };
  }

  private static SieveScript.Parsed parse(Invocation call, String file) throws IOException {
    byte[] octets = read(call, file, SieveScript.LARGEST + 1);
    return SieveScript.parse(new String(octets, StandardCharsets.ISO_8859_1));
  }

  private static byte[] read(Invocation call, String file, int most) throws IOException {
    if (file.equals("-")) {
      return call.in().readNBytes(most);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(most);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": may not be read: Permission denied", e);
    } catch (InvalidPathException e) {
      throw new IOException(file + ": is no name of a file", e);
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static void refuseOptions(List<String> files) {
    for (String file : files) {
      if (file.startsWith("-") && file.length() > 1) {
        throw new IllegalArgumentException(file + ": there is no such option");
      }
    }
  }

  private static String value(String option, List<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.removeFirst();
  }

  private static ReversePath sender(String text) {
    return text.isBlank() || text.equals("<>")
        ? new ReversePath.Null()
        : ReversePath.of(mailbox(text));
  }

  private static Mailbox mailbox(String text) {
    List<Mailbox> found = AddressList.parse(text).mailboxes();
    if (found.size() != 1) {
      throw new IllegalArgumentException("\"" + text + "\" is no address");
    }
    return found.getFirst();
  }

  private static String shown(String file) {
    return file.equals("-") ? "standard input" : file;
  }

  private static void print(Invocation call, String line) {
    call.out().println(Printable.of(line));
  }
}
