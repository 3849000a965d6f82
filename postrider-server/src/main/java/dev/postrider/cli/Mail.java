package dev.postrider.cli;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * mail(1), mailx: options of both bsd-mailx and s-nail, as scripts use them. What only one of them
 * knows is taken; where they differ ({@code -a}) the argument decides. It sends what follows here,
 * or reads a mailbox: {@link MailReading}.
 */
public final class Mail implements Command {
  private static final int EX_FAILED = 1;
  private static final int EX_INTERRUPTED = 130;
  private static final int MAX_BODY = 64 << 20;

  private static final String LETTERS = "A:a:b:c:dEefHIiNnq:r:S:s:u:v~";
  private static final String USAGE =
      "usage: mail [-Einv~] [-s subject] [-c cc] [-b bcc] [-r from] [-a \"Header: value\"]"
          + " [-A file] [--] recipient ...\n"
          + "       mail [-eHNn~] [-u user | -f [file]]";

  /** One call's letter and what is to be done with it. For one thread. */
  private static final class Task {
    final MailDraft draft;
    final List<String> sendmailOptions = new ArrayList<>();
    boolean dropEmpty;
    boolean verbose;
    boolean escapes;
    boolean debug;
    boolean subjectGiven;
    boolean reads;
    boolean file;
    boolean headersOnly;
    boolean testOnly;
    boolean noHeaders;
    boolean noSystemFile;
    String user = "";
    @Nullable Path quote;

    Task(MailDraft draft) {
      this.draft = draft;
    }

    /** Options and words that only a letter to be sent has. */
    boolean sends() {
      return subjectGiven
          || !draft.cc.isEmpty()
          || !draft.bcc.isEmpty()
          || !draft.fields.isEmpty()
          || !draft.attachments.isEmpty()
          || quote != null
          || !draft.from.isEmpty();
    }
  }

  private final Command sendmail;

  /**
   * @param sendmail takes the message on standard input
   */
  public Mail(Command sendmail) {
    this.sendmail = sendmail;
  }

  @Override
  public int run(Invocation invoked) throws IOException, InterruptedException {
    Invocation call = invoked.as("mail", invoked.arguments());
    Task task = new Task(new MailDraft());
    String misuse = arguments(call.arguments(), task);
    if (misuse.isEmpty() && (task.reads || (task.draft.to.isEmpty() && !task.sends()))) {
      misuse = misread(task);
      if (misuse.isEmpty()) {
        return read(call, task);
      }
    } else if (misuse.isEmpty() && task.draft.to.isEmpty()) {
      misuse = "You must specify to-addr recipients when using -s, -c, -b, or -r";
    }
    if (!misuse.isEmpty()) {
      call.err().println("mail: " + misuse);
      call.err().println(USAGE);
      return EX_FAILED;
    }
    for (Path file : task.draft.attachments) {
      // Before anything is read or sent: half a letter is worse than none.
      if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
        call.err()
            .println(
                "mail: "
                    + file
                    + ": "
                    + (Files.exists(file) ? "cannot be read" : "No such file or directory")
                    + "; nothing was sent");
        return EX_FAILED;
      }
    }
    if (task.quote != null) {
      try {
        task.draft.append(Files.readAllBytes(task.quote));
      } catch (IOException e) {
        call.err().println("mail: " + task.quote + ": " + MailReason.of(e) + "; nothing was sent");
        return EX_FAILED;
      }
    }
    return write(call, task);
  }

  /** What is wrong with a command line that asks for reading; empty if nothing is. */
  private static String misread(Task task) {
    if (task.sends()) {
      return "-s, -c, -b, -r, -a, -A and -q are for sending; -e, -f, -H, -N and -u for reading";
    }
    int words = task.draft.to.size();
    if (task.file && !task.user.isEmpty()) {
      return "-f and -u name two mailboxes";
    }
    if (words > (task.file ? 1 : 0)) {
      return "\"" + task.draft.to.getLast() + "\": one mailbox is read at a time (-f file)";
    }
    return "";
  }

  private int read(Invocation call, Task task) throws IOException, InterruptedException {
    MailReading.Wish wish =
        new MailReading.Wish(
            task.headersOnly,
            task.testOnly,
            task.noHeaders,
            task.noSystemFile,
            task.escapes,
            task.file,
            task.draft.to.isEmpty() ? "" : task.draft.to.getFirst(),
            task.user);
    return new MailReading(call, wish)
        .run(draft -> {
          Task letter = new Task(draft);
          letter.verbose = task.verbose;
          letter.debug = task.debug;
          letter.dropEmpty = task.dropEmpty;
          int _ = send(call, letter);
        });
  }

  /** Takes options and operands in any order; empty if all is well, else what is wrong. */
  private static String arguments(List<String> arguments, Task task) {
    List<String> rest = arguments;
    boolean options = true;
    while (!rest.isEmpty()) {
      String before = "";
      if (options) {
        Getopt getopt = new Getopt(rest, LETTERS);
        for (var next = getopt.next(); next.isPresent(); next = getopt.next()) {
          String misuse = option(next.get(), task);
          if (!misuse.isEmpty()) {
            return misuse;
          }
        }
        int taken = rest.size() - getopt.operands().size();
        before = taken > 0 ? rest.get(taken - 1) : "";
        boolean ended = before.equals("--");
        rest = getopt.operands();
        if (ended && !task.draft.to.isEmpty()) {
          // After recipients, two dashes begin options for sendmail, as bsd-mailx has it.
          task.sendmailOptions.addAll(rest);
          return "";
        }
        options = !ended;
      }
      if (!rest.isEmpty()) {
        // fail2ban calls mail -E 'set escape': with GNU mailutils -E takes a command.
        if (!before.equals("-E") || !rest.getFirst().startsWith("set ")) {
          task.draft.to.add(rest.getFirst());
        }
        rest = rest.subList(1, rest.size());
      }
    }
    return "";
  }

  private static String option(Getopt.Option option, Task task) {
    String value = option.value();
    switch (option.letter()) {
      case 's' -> {
        task.draft.subject = value;
        task.subjectGiven = true;
      }
      case 'c' -> task.draft.cc.add(value);
      case 'b' -> task.draft.bcc.add(value);
      case 'r' -> task.draft.from = value;
      case 'A' -> {
        return attach(task, value);
      }
      case 'a' -> {
        if (isHeader(value)) {
          task.draft.fields.add(value);
        } else {
          return attach(task, value);
        }
      }
      case 'q' -> task.quote = Path.of(value);
      case 'S' -> {
        if (value.startsWith("from=")) {
          task.draft.from = value.substring("from=".length());
        }
      }
      case 'e' -> {
        task.testOnly = true;
        task.reads = true;
      }
      case 'f' -> {
        task.file = true;
        task.reads = true;
      }
      case 'H' -> {
        task.headersOnly = true;
        task.reads = true;
      }
      case 'N' -> {
        task.noHeaders = true;
        task.reads = true;
      }
      case 'u' -> {
        task.user = value;
        task.reads = true;
      }
      case 'n' -> task.noSystemFile = true;
      case 'E' -> task.dropEmpty = true;
      case 'v' -> task.verbose = true;
      case '~' -> task.escapes = true;
      case 'd' -> task.debug = true;
      case 'i', 'I' -> {
        // Interrupts do no harm here, and whether somebody types is seen.
      }
      case ':' -> {
        return "option requires an argument -- '" + value + "'";
      }
      default -> {
        return "invalid option -- '" + value + "'";
      }
    }
    return "";
  }

  private static String attach(Task task, String file) {
    try {
      task.draft.attachments.add(Path.of(file));
      return "";
    } catch (InvalidPathException e) {
      return "-a: no header (\"Name: value\") and no file name: \"" + file + "\"";
    }
  }

  /** {@code Name: value}, RFC 5322 §2.2; a file of such a name can be given as {@code ./Name:x}. */
  private static boolean isHeader(String argument) {
    int colon = argument.indexOf(':');
    return colon > 0
        && argument.substring(0, colon).chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/');
  }

  private int write(Invocation call, Task task) throws IOException, InterruptedException {
    boolean terminal = call.environment().containsKey("POSTRIDER_IN_TTY");
    if (!terminal && !task.escapes) {
      byte[] body = call.in().readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        call.err().println("mail: the letter is above 64 MB; nothing was sent");
        return EX_FAILED;
      }
      task.draft.append(body);
      return send(call, task);
    }
    BufferedReader reader =
        new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
    if (terminal && !task.subjectGiven) {
      call.out().print("Subject: ");
      call.out().flush();
      String subject = reader.readLine();
      task.draft.subject = subject == null ? "" : subject;
    }
    DeadLetter dead = DeadLetter.of(call.environment());
    // An interrupt ends the virtual machine: what was typed so far is kept.
    Thread rescue = new Thread(() -> dead.save(task.draft.body()));
    Runtime.getRuntime().addShutdownHook(rescue);
    TildeEscapes.End end =
        new TildeEscapes(task.draft, reader::readLine, call.out(), call.environment())
            .read(terminal);
    Runtime.getRuntime().removeShutdownHook(rescue);
    return switch (end) {
      case SEND -> {
        if (terminal) {
          call.out().println("EOT");
        }
        yield send(call, task);
      }
      case QUIT_AND_SAVE -> {
        call.err().println(dead.save(task.draft.body()));
        yield EX_INTERRUPTED;
      }
      case DISCARD -> EX_INTERRUPTED;
    };
  }

  private int send(Invocation call, Task task) throws IOException, InterruptedException {
    MailDraft draft = task.draft;
    if (draft.body().length == 0 && draft.attachments.isEmpty()) {
      if (task.dropEmpty) {
        return 0;
      }
      call.err().println("Null message body; hope that's ok");
    }
    byte[] message;
    try {
      message = MailMessage.of(draft, "=_" + UUID.randomUUID());
    } catch (IOException e) {
      call.err().println("mail: attachment: " + MailReason.of(e) + "; nothing was sent");
      call.err().println(DeadLetter.of(call.environment()).save(draft.body()));
      return EX_FAILED;
    }
    if (task.debug) {
      call.out().write(message);
      return 0;
    }
    Invocation handOver =
        new Invocation(
            "sendmail",
            sendmailArguments(task),
            call.environment(),
            new ByteArrayInputStream(message),
            call.out(),
            call.err());
    int code = sendmail.run(handOver);
    if (code != 0) {
      call.err().println(DeadLetter.of(call.environment()).save(message));
      call.err().println(". . . message not sent.");
    }
    return code;
  }

  private static List<String> sendmailArguments(Task task) {
    List<String> arguments = new ArrayList<>(List.of("-i"));
    if (task.verbose) {
      arguments.add("-v");
    }
    if (!task.draft.from.isEmpty()) {
      arguments.add("-f");
      arguments.add(address(task.draft.from));
    }
    arguments.addAll(task.sendmailOptions);
    arguments.add("--");
    arguments.addAll(task.draft.recipients());
    return arguments;
  }

  /** The address in {@code Name <address>}. */
  private static String address(String from) {
    int open = from.lastIndexOf('<');
    int close = from.indexOf('>', open + 1);
    return open >= 0 && close > open ? from.substring(open + 1, close) : from.strip();
  }
}
