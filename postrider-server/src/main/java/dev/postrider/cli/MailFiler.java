package dev.postrider.cli;

import dev.postrider.mailbox.FolderFile;
import dev.postrider.mailbox.LetterText;
import dev.postrider.mailbox.ReadStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Puts letters into files: save, copy, write, and mbox at the end. For one thread. */
final class MailFiler {
  private static final int MOST_NAMES = 100;

  private final MailConsole console;

  MailFiler(MailConsole console) {
    this.console = console;
  }

  /** Adds whole messages to an mbox; those in the list are then marked as read. */
  void save(MailFolder folder, List<Integer> list, Path file)
      throws IOException, InterruptedException, MailRefusal {
    boolean fresh = !Files.exists(file);
    list.forEach(index -> folder.entries.get(index).touch());
    List<MailEntry> entries = list.stream().map(folder.entries::get).toList();
    try {
      append(folder, entries, file, false);
    } catch (FileSystemException e) {
      throw refusal(file, e);
    }
    told(file, fresh);
  }

  /**
   * Appends to an mbox.
   *
   * @param settled with the status that the messages have after a session
   */
  void append(MailFolder folder, List<MailEntry> entries, Path file, boolean settled)
      throws IOException, InterruptedException {
    FolderFile.append(
        file,
        out -> {
          for (MailEntry entry : entries) {
            ReadStatus status = settled ? entry.kept().status() : entry.status();
            if (entry.content == null) {
              FolderFile.copy(folder.mailbox, entry.letter, status, out);
            } else {
              FolderFile.copy(folder.separator(entry), entry.content, status, out);
            }
          }
        });
  }

  /** Adds the text of messages to a file, and makes a file of each attachment beside it. */
  void write(MailFolder folder, List<Integer> list, Path file) throws IOException, MailRefusal {
    boolean fresh = !Files.exists(file);
    List<String> attached = new ArrayList<>();
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int index : list) {
        MailEntry entry = folder.entries.get(index);
        entry.touch();
        LetterText letter;
        try (InputStream in = folder.open(entry)) {
          letter = LetterText.of(in);
        }
        if (letter.plain()) {
          try (InputStream in = folder.open(entry)) {
            LetterText.copyContent(in, out);
          }
        } else {
          out.write(letter.body().getBytes(java.nio.charset.StandardCharsets.UTF_8));
          for (LetterText.Attachment attachment : letter.attachments()) {
            attached.add(attach(file, attachment));
          }
        }
      }
    } catch (FileSystemException e) {
      throw refusal(file, e);
    }
    told(file, fresh);
    attached.forEach(console.out()::println);
  }

  /** Never over a file that is there: the name is the sender's choice. */
  private static String attach(Path beside, LetterText.Attachment attachment) throws IOException {
    for (int i = 0; i < MOST_NAMES; i++) {
      String name = attachment.fileName() + (i == 0 ? "" : "." + i);
      Path file = beside.resolveSibling(name);
      try {
        Files.write(file, attachment.content(), StandardOpenOption.CREATE_NEW);
        return "\"" + file + "\" [New file] " + attachment.type();
      } catch (FileAlreadyExistsException e) {
        // The next name, then.
      }
    }
    return "\"" + attachment.fileName() + "\": not saved: too many files of that name";
  }

  private void told(Path file, boolean fresh) {
    console.out().println("\"" + file + "\" " + (fresh ? "[New file]" : "[Appended]"));
  }

  static MailRefusal refusal(Path file, IOException e) {
    return new MailRefusal("\"" + file + "\": " + MailReason.of(e));
  }
}
