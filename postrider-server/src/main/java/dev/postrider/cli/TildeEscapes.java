package dev.postrider.cli;

import dev.postrider.io.Signals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a letter typed at a terminal, with the tilde escapes of mailx. For one thread. */
final class TildeEscapes {
  /** How the typing ended. */
  enum End {
    SEND,
    QUIT_AND_SAVE,
    DISCARD
  }

  /** As the shell and Java count: 128 and SIGINT. */
  private static final int ENDED_BY_INTERRUPT = 130;

  private final MailDraft draft;
  private final MailLines in;
  private final PrintStream out;
  private final Map<String, String> environment;
  private Quotes quotes = (letter, list) -> null;

  /** Letters that are being read, which a letter can quote. */
  @FunctionalInterface
  interface Quotes {
    /**
     * The text for {@code ~m} and the like, or null if no letters are being read.
     *
     * @param letter m or f, a capital one for all header fields
     * @param list a message list
     */
    @Nullable String of(char letter, String list) throws IOException, MailRefusal;
  }

  TildeEscapes(MailDraft draft, MailLines in, PrintStream out, Map<String, String> environment) {
    this.draft = draft;
    this.in = in;
    this.out = out;
    this.environment = environment;
  }

  /** The same, while letters are being read. */
  TildeEscapes withQuotes(Quotes letters) {
    quotes = letters;
    return this;
  }

  /** Reads up to a line of one dot, the end of input, or an escape that ends it. */
  End read(boolean dotEnds) throws IOException, InterruptedException {
    boolean interrupted = false;
    while (true) {
      String line;
      try {
        line = in.readLine();
      } catch (MailInterruptException e) {
        if (interrupted) {
          out.println();
          return End.QUIT_AND_SAVE;
        }
        interrupted = true;
        out.println("\n(Interrupt -- one more to kill letter)");
        out.flush();
        continue;
      }
      if (line == null) {
        return End.SEND;
      }
      interrupted = false;
      if (dotEnds && line.equals(".")) {
        return End.SEND;
      }
      if (line.length() < 2 || line.charAt(0) != '~') {
        draft.line(line);
        continue;
      }
      char letter = line.charAt(1);
      String argument = line.substring(2).strip();
      switch (letter) {
        case '.' -> {
          return End.SEND;
        }
        case 'q' -> {
          return End.QUIT_AND_SAVE;
        }
        case 'x' -> {
          return End.DISCARD;
        }
        case '~' -> draft.line(line.substring(1));
        default -> escape(letter, argument);
      }
      out.flush();
    }
  }

  private void escape(char letter, String argument) throws IOException, InterruptedException {
    switch (letter) {
      case 's' -> draft.subject = argument;
      case 't' -> add(draft.to, argument);
      case 'c' -> add(draft.cc, argument);
      case 'b' -> add(draft.bcc, argument);
      case 'h' -> heading();
      case 'r', '<' -> {
        if (argument.startsWith("!")) {
          pipe(argument.substring(1), new byte[0], draft::append);
        } else {
          insert(Path.of(argument));
        }
      }
      case 'd' -> insert(DeadLetter.of(environment).file());
      case 'm', 'M', 'f', 'F' -> quote(letter, argument);
      case '@' -> attach(argument);
      case 'w' -> write(argument);
      case 'p' -> print();
      case 'e' -> edit("EDITOR", "ed");
      case 'v' -> edit("VISUAL", "vi");
      case '|' -> pipe(argument, draft.body(), draft::replace);
      case '!' -> {
        out.flush();
        shell(argument);
        out.println("!");
      }
      case '?' -> help();
      default -> out.println("Unknown tilde escape: ~" + letter + " (~? lists them)");
    }
  }

  private void quote(char letter, String list) throws IOException {
    try {
      String text = quotes.of(letter, list);
      if (text == null) {
        out.println("~" + letter + ": no mailbox is being read");
      } else {
        draft.append(text.getBytes(StandardCharsets.UTF_8));
        out.println("(continue)");
      }
    } catch (MailRefusal e) {
      out.println(e.getMessage());
    }
  }

  private static void add(List<String> list, String addresses) {
    if (!addresses.isEmpty()) {
      list.add(addresses);
    }
  }

  private void heading() throws IOException, InterruptedException {
    ask("To", draft.to);
    out.print("Subject: " + (draft.subject.isEmpty() ? "" : "[" + draft.subject + "] "));
    out.flush();
    String subject = in.readLine();
    if (subject != null && !subject.isBlank()) {
      draft.subject = subject.strip();
    }
    ask("Cc", draft.cc);
    ask("Bcc", draft.bcc);
  }

  private void ask(String name, List<String> list) throws IOException, InterruptedException {
    out.print(name + ": " + (list.isEmpty() ? "" : "[" + String.join(", ", list) + "] "));
    out.flush();
    String answer = in.readLine();
    if (answer != null && !answer.isBlank()) {
      list.clear();
      list.add(answer.strip());
    }
  }

  private void insert(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      draft.append(bytes);
      out.println("\"" + file + "\" " + bytes.length);
    } catch (IOException e) {
      out.println(file + ": " + MailReason.of(e));
    }
  }

  private void attach(String argument) {
    Path file = Path.of(argument);
    if (Files.isReadable(file) && Files.isRegularFile(file)) {
      draft.attachments.add(file);
    } else {
      out.println(file + ": cannot be read");
    }
  }

  private void write(String argument) {
    Path file = Path.of(argument);
    try {
      byte[] body = draft.body();
      Files.write(file, body, java.nio.file.StandardOpenOption.CREATE_NEW);
      out.println("\"" + file + "\" " + body.length);
    } catch (IOException e) {
      out.println(file + ": " + MailReason.of(e));
    }
  }

  private void print() {
    out.println("-------\nMessage contains:");
    line("To", draft.to);
    if (!draft.subject.isEmpty()) {
      out.println("Subject: " + draft.subject);
    }
    line("Cc", draft.cc);
    line("Bcc", draft.bcc);
    out.println();
    out.print(new String(draft.body(), StandardCharsets.UTF_8));
    draft.attachments.forEach(file -> out.println("Attachment: " + file));
    out.println("(continue)");
  }

  private void line(String name, List<String> list) {
    if (!list.isEmpty()) {
      out.println(name + ": " + String.join(", ", list));
    }
  }

  private void edit(String variable, String otherwise) throws IOException, InterruptedException {
    Path file = Files.createTempFile("mail", null);
    try {
      Files.write(file, draft.body());
      String editor = environment.getOrDefault(variable, otherwise);
      out.flush();
      // The variable may hold options, as the shell would read it; the file comes as an argument.
      // An interrupt that the editor lives through must not end the shell around it.
      int code = shell("trap : INT; " + editor + " \"$1\"", file.toString());
      if (code == 0) {
        draft.replace(Files.readAllBytes(file));
      } else {
        out.println(editor + " failed (" + code + "): the letter is unchanged");
      }
      out.println("(continue)");
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static int shell(String command, String... arguments)
      throws IOException, InterruptedException {
    List<String> line = new java.util.ArrayList<>(List.of("/bin/sh", "-c", command, "sh"));
    line.addAll(List.of(arguments));
    return interruptible(() -> new ProcessBuilder(line).inheritIO().start().waitFor());
  }

  /** Starts a program and waits for it. */
  private interface Run {
    int run() throws IOException, InterruptedException;
  }

  /**
   * An interrupt from the terminal goes to the program that was started and to us alike; it must
   * not end the letter while its writer is in an editor.
   */
  private static int interruptible(Run program) throws IOException, InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);
    Runnable restore = Signals.on("INT", interrupted::countDown);
    try {
      int code = program.run();
      if (code == ENDED_BY_INTERRUPT) {
        // Ours may still be on its way here.
        boolean _ = interrupted.await(5, TimeUnit.SECONDS);
      }
      return code;
    } finally {
      restore.run();
    }
  }

  /** Runs a command on some input and uses what it prints, unless it fails or prints nothing. */
  private void pipe(String command, byte[] input, Consumer<byte[]> use)
      throws IOException, InterruptedException {
    Path given = Files.createTempFile("mail", null);
    try {
      Files.write(given, input);
      ByteArrayOutputStream output = new ByteArrayOutputStream();
      int code =
          interruptible(() -> {
            Process process =
                new ProcessBuilder("/bin/sh", "-c", command)
                    .redirectInput(given.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            process.getInputStream().transferTo(output);
            return process.waitFor();
          });
      if (code == 0 && output.size() > 0) {
        use.accept(output.toByteArray());
        out.println("(continue)");
      } else {
        out.println("\"" + command + "\" failed or printed nothing: the letter is unchanged");
      }
    } finally {
      Files.deleteIfExists(given);
    }
  }

  private void help() {
    out.println(
        """
        ~.         send the letter (so does a line of one dot)
        ~~text     a line that begins with a tilde
        ~s text    subject        ~t ~c ~b list   more To, Cc, Bcc        ~h  ask for all
        ~r file    insert a file (also ~<)         ~<!command  insert what it prints
        ~@ file    attach a file                   ~d  insert dead.letter
        ~m ~f list insert letters that are being read, indented or not (~M ~F: all of them)
        ~p         show the letter                 ~e ~v  edit it (EDITOR, VISUAL)
        ~| command replace the letter by what the command makes of it
        ~! command run a command                   ~w file  write the text to a file
        ~q         quit, keep it in dead.letter    ~x  quit, throw it away\
        """);
  }
}
