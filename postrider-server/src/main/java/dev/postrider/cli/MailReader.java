package dev.postrider.cli;

import dev.postrider.mailbox.Mailbox;
import dev.postrider.mailbox.MailboxException;
import dev.postrider.mailbox.PlainText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * mailx's receive mode: a prompt, commands, message lists, as POSIX and Debian's bsd-mailx have
 * them. For one thread.
 */
final class MailReader {
  private final MailConsole console;
  private final MailSettings settings;
  private final MailPlaces places;
  private final MailWriting writing;
  private final MailSetting setting;
  private final MailStartup startup;
  private final MailHeaderList headers;
  private final MailPrinter printer;
  private final MailFiler filer;
  private final MailPrograms programs;
  private MailFolder folder;
  private Path previous;
  private boolean begun;
  private boolean ended;
  private int code;

  /**
   * @param folder is closed at the end
   */
  MailReader(
      MailConsole console,
      MailSettings settings,
      MailPlaces places,
      MailStartup startup,
      MailWriting writing,
      MailFolder folder) {
    this.console = console;
    this.settings = settings;
    this.places = places;
    this.startup = startup;
    this.writing = writing;
    this.setting = new MailSetting(settings, console);
    this.headers = new MailHeaderList(console, settings);
    this.printer = new MailPrinter(console, settings);
    this.filer = new MailFiler(console);
    this.programs = new MailPrograms(console, settings);
    this.folder = folder;
    this.previous = folder.mailbox.path();
  }

  /** Opens a mailbox; what is wrong is said in the refusal, with what helps. */
  static MailFolder open(Path path, Path home, boolean system)
      throws MailRefusal, IOException, InterruptedException {
    try {
      return new MailFolder(Mailbox.open(path, home), path.toString(), system);
    } catch (AccessDeniedException e) {
      throw new MailRefusal(
          path + ": Permission denied (a mailbox is read with its owner's rights, or root's)");
    } catch (FileSystemException e) {
      throw new MailRefusal(path + ": " + MailReason.of(e));
    } catch (MailboxException e) {
      throw new MailRefusal(String.valueOf(e.getMessage()));
    }
  }

  /** Only the list of messages. */
  void list() throws IOException {
    headers.all(folder);
  }

  /** Reads commands to the end; returns the exit code. */
  int run() throws IOException, InterruptedException {
    try {
      if (!settings.isSet("quiet")) {
        console.out().println("Postrider mail.  Type ? for help.");
      }
      announce(settings.isSet("header"));
      while (!ended) {
        turn();
      }
      return code;
    } finally {
      folder.close();
    }
  }

  private void announce(boolean withHeaders) throws IOException {
    console.out().println(folder.announcement());
    if (withHeaders && !folder.entries.isEmpty()) {
      headers.around(folder, folder.dot);
    }
  }

  private void turn() throws IOException, InterruptedException {
    try {
      String line = console.line(settings.text("prompt", "& "));
      while (line != null && line.endsWith("\\")) {
        String more = console.line("");
        line = line.substring(0, line.length() - 1) + (more == null ? "" : more);
      }
      if (line != null) {
        execute(line.strip());
      } else if (console.isInteractive() && settings.isSet("ignoreeof")) {
        console.out().println("Use \"quit\" to quit.");
      } else {
        if (console.isInteractive()) {
          console.out().println();
        }
        quit();
      }
    } catch (MailInterruptException e) {
      console.out().println("\nInterrupt");
    } catch (MailRefusal e) {
      console.out().println(PlainText.line(String.valueOf(e.getMessage())));
    } catch (ClosedOutputException e) {
      throw e;
    } catch (IOException e) {
      // The mailbox, a file, a program: said, and the reader goes on.
      console.out().println(PlainText.line(MailReason.of(e)));
      code = 1;
      ended |= !console.isInteractive();
    }
  }

  private void execute(String line) throws MailRefusal, IOException, InterruptedException {
    int length = MailCommand.nameLength(line);
    String word = line.substring(0, length);
    String rest = line.substring(length).strip();
    if (word.isEmpty()) {
      place(line);
      return;
    }
    @Nullable String command = MailCommand.find(word);
    if (command == null) {
      throw new MailRefusal("Unknown command: \"" + word + "\"");
    }
    if (!setting.run(command, MailWords.of(rest)) && !look(command, rest)) {
      begun = true;
      if (!letters(command, rest) && !file(command, rest)) {
        session(command, rest);
      }
    }
  }

  /** A line without a command's name: empty, a message list, {@code +} or {@code -}. */
  private void place(String line) throws MailRefusal, IOException, InterruptedException {
    if (line.isEmpty()) {
      next(List.of());
      return;
    }
    boolean sign = line.startsWith("+") || line.startsWith("-");
    if (sign && line.length() > 1) {
      int steps = steps(line.substring(1).strip());
      for (int i = 0; i < steps; i++) {
        folder.dot = selection().step(line.startsWith("+") ? 1 : -1, false);
      }
      begun = true;
      printer.print(folder, List.of(folder.dot), false, false);
      return;
    }
    if (line.equals("+") && !begun) {
      next(List.of());
      return;
    }
    begun = true;
    printer.print(folder, select(MailWords.of(line)), false, false);
  }

  private static int steps(String number) throws MailRefusal {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new MailRefusal("\"" + number + "\": not a number of messages");
    }
  }

  /** Commands that only show where one is. */
  private boolean look(String command, String rest)
      throws MailRefusal, IOException, InterruptedException {
    switch (command) {
      case "headers" -> headers.around(folder, select(MailWords.of(rest)).getFirst());
      case "z" -> headers.scroll(folder, rest);
      case "=" -> console.out().println(folder.entries.isEmpty() ? 0 : folder.dot + 1);
      case "help" -> console.out().println(MailHelp.TEXT);
      case "list" -> {
        console.out().println("Commands are:");
        console.out().println(String.join(", ", MailCommand.names()));
      }
      case "version" -> console.out().println("Postrider mail");
      case "echo" -> console.out().println(String.join(" ", MailWords.of(rest)));
      case "if", "else", "endif" ->
          throw new MailRefusal(command + ": belongs into a start-up file");
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Commands on a list of messages. */
  private boolean letters(String command, String rest)
      throws MailRefusal, IOException, InterruptedException {
    List<String> words = MailWords.of(rest);
    switch (command) {
      case "next" -> next(words);
      case "print" -> printer.print(folder, select(words), false, false);
      case "Print" -> printer.print(folder, select(words), true, false);
      case "more" -> printer.print(folder, select(words), false, true);
      case "More" -> printer.print(folder, select(words), true, true);
      case "top" -> printer.top(folder, select(words));
      case "from" -> {
        List<Integer> list = select(words);
        for (int index : list) {
          console.out().println(headers.line(folder, index));
        }
        folder.dot = list.getLast();
      }
      case "size" -> {
        for (int index : select(words)) {
          MailEntry entry = folder.entries.get(index);
          console
              .out()
              .println(index + 1 + ": " + entry.letter.lines() + "/" + entry.letter.size());
        }
      }
      case "delete" -> {
        folder.delete(select(words));
        if (settings.isSet("autoprint")) {
          printer.print(folder, select(List.of()), false, false);
        }
      }
      case "dp" -> deleteAndPrint(words);
      case "undelete" -> {
        for (int index : selection().of(words, true)) {
          folder.entries.get(index).deleted = false;
          folder.dot = index;
        }
      }
      case "touch" -> mark(words, entry -> entry.touched = true);
      case "unread" ->
          mark(
              words,
              entry -> {
                entry.read = false;
                entry.touched = false;
              });
      case "preserve", "mbox" -> {
        if (!folder.system) {
          throw new MailRefusal("Cannot \"" + command + "\" in edit mode");
        }
        boolean hold = command.equals("preserve");
        mark(
            words,
            entry -> {
              entry.touched |= !hold;
              entry.held = hold;
              entry.toMbox = !hold;
            });
      }
      case "reply", "Reply" -> {
        boolean all = command.equals("reply") != settings.isSet("Replyall");
        List<Integer> list = select(words);
        list.forEach(index -> folder.entries.get(index).touch());
        compose(
            all
                ? writing.replies().toAll(folder, list)
                : writing.replies().toAuthors(folder, list));
      }
      case "edit", "visual" -> {
        for (int index : select(words)) {
          programs.edit(folder, index, command.equals("edit"));
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private interface Mark {
    void on(MailEntry entry);
  }

  private void mark(List<String> words, Mark mark) throws MailRefusal, IOException {
    for (int index : select(words)) {
      mark.on(folder.entries.get(index));
      folder.dot = index;
    }
  }

  private MailSelection selection() {
    return new MailSelection(folder);
  }

  private List<Integer> select(List<String> words) throws MailRefusal, IOException {
    return selection().of(words, false);
  }

  /** The message at hand if nothing was looked at yet, else the next one. */
  private void next(List<String> words) throws MailRefusal, IOException, InterruptedException {
    int target = -1;
    if (!words.isEmpty()) {
      List<Integer> list = select(words);
      target = list.stream().filter(i -> i > folder.dot).findFirst().orElse(list.getFirst());
    } else if (!begun || folder.entries.isEmpty()) {
      target = select(List.of()).getFirst();
    } else {
      for (int i = folder.dot + 1; i < folder.entries.size() && target < 0; i++) {
        MailEntry entry = folder.entries.get(i);
        target = entry.deleted || entry.saved ? -1 : i;
      }
      if (target < 0) {
        throw new MailRefusal("At EOF");
      }
    }
    begun = true;
    printer.print(folder, List.of(target), false, false);
  }

  private void deleteAndPrint(List<String> words)
      throws MailRefusal, IOException, InterruptedException {
    int before = folder.dot;
    folder.delete(select(words));
    if (folder.entries.get(folder.dot).deleted) {
      throw new MailRefusal("No more messages");
    }
    if (folder.dot <= before) {
      throw new MailRefusal("At EOF");
    }
    printer.print(folder, List.of(folder.dot), false, false);
  }

  /** Commands that put messages into files. */
  private boolean file(String command, String rest)
      throws MailRefusal, IOException, InterruptedException {
    switch (command) {
      case "save", "copy", "write" -> {
        List<String> words = MailWords.of(rest);
        if (words.isEmpty()) {
          throw new MailRefusal("No file specified.");
        }
        List<Integer> list = select(words.subList(0, words.size() - 1));
        Path file = places.file(words.getLast(), previous);
        if (command.equals("write")) {
          filer.write(folder, list, file);
        } else {
          filer.save(folder, list, file);
        }
        for (int index : list) {
          folder.entries.get(index).saved |= !command.equals("copy");
        }
      }
      case "pipe" -> programs.pipe(folder, rest);
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Commands of the session itself. */
  private void session(String command, String rest)
      throws MailRefusal, IOException, InterruptedException {
    switch (command) {
      case "quit" -> quit();
      case "exit" -> ended = true;
      case "mail" -> {
        if (rest.isEmpty()) {
          throw new MailRefusal("mail: to whom? (mail address ...)");
        }
        MailDraft draft = new MailDraft();
        draft.to.addAll(settings.expand(MailWords.of(rest)));
        compose(draft);
      }
      case "folder" -> change(rest);
      case "folders" -> {
        try (Stream<Path> files = Files.list(places.folders())) {
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.startsWith("."))
              .sorted()
              .forEach(name -> console.out().println(PlainText.line(name)));
        }
      }
      case "inc" -> {
        int arrived = folder.readArrivals();
        if (arrived > 0) {
          folder.dot = folder.entries.size() - arrived;
          headers.around(folder, folder.dot);
        } else {
          console.out().println("No new mail");
        }
      }
      case "!" -> {
        int _ = console.shell(rest);
        console.out().println("!");
      }
      case "shell" -> {
        int _ = console.shell("exec " + settings.text("SHELL", "/bin/sh"));
        console.out().println();
      }
      case "chdir" ->
          // The directory of a running JVM cannot be changed, and half of it would be a trap.
          throw new MailRefusal("chdir: not possible here; give files with their directory");
      case "source" -> {
        for (String name : MailWords.of(rest)) {
          startup.read(places.file(name, previous));
        }
      }
      default -> throw new MailRefusal("Unknown command: \"" + command + "\"");
    }
  }

  /** To another mailbox, when this one is written back. */
  private void change(String rest) throws MailRefusal, IOException, InterruptedException {
    if (rest.isEmpty()) {
      console.out().println(folder.announcement());
      return;
    }
    String name = MailWords.of(rest).getFirst();
    Path path = places.file(name, previous);
    boolean same = path.equals(folder.mailbox.path());
    MailFolder next = same ? folder : open(path, places.home(), name.startsWith("%"));
    boolean written = false;
    try {
      new MailClosing(folder, settings, console.out()).run(places.mbox(), filer);
      written = true;
    } finally {
      if (!written && !same) {
        next.close();
      }
    }
    boolean system = name.startsWith("%") || (same && folder.system);
    previous = folder.mailbox.path();
    folder.close();
    folder = same ? open(path, places.home(), system) : next;
    begun = false;
    announce(true);
  }

  private void quit() throws MailRefusal, IOException, InterruptedException {
    new MailClosing(folder, settings, console.out()).run(places.mbox(), filer);
    ended = true;
  }

  private void compose(MailDraft draft) throws IOException, InterruptedException {
    writing.write(draft, this::quoted);
  }

  private String quoted(char letter, String list) throws IOException, MailRefusal {
    StringBuilder out = new StringBuilder();
    List<Integer> chosen = list.isEmpty() ? List.of(folder.dot) : select(MailWords.of(list));
    String prefix = letter == 'm' || letter == 'M' ? settings.text("indentprefix", "\t") : "";
    for (int index : chosen) {
      if (index >= folder.entries.size()) {
        throw new MailRefusal("No applicable messages");
      }
      MailEntry entry = folder.entries.get(index);
      boolean all = letter == 'M' || letter == 'F';
      out.append(printer.quoted(folder, entry, all, prefix));
    }
    return out.toString();
  }
}
