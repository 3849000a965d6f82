package dev.postrider.cli;

import dev.postrider.io.Printable;
import dev.postrider.migrate.Migration;
import dev.postrider.migrate.Note;
import dev.postrider.migrate.Password;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Tells a person what an import found. For one call. */
final class ImportReport {
  private static final int MOST_LINES = 20;

  private final Invocation call;

  ImportReport(Invocation call) {
    this.call = call;
  }

  void sources(String program, List<Path> files) {
    call.out().println(program + ", as it stands in:");
    files.stream().distinct().forEach(file -> line(file.toString()));
    call.out().println();
  }

  void notes(List<Note> notes) {
    for (Note.Kind kind : Note.Kind.values()) {
      List<Note> some = notes.stream().filter(note -> note.kind() == kind).toList();
      if (!some.isEmpty()) {
        call.out().println(title(kind));
        for (Note note : some) {
          line(note.place() + ": " + note.said() + arrow(kind) + note.meaning());
        }
        call.out().println();
      }
    }
  }

  private static String title(Note.Kind kind) {
    return switch (kind) {
      case UNDERSTOOD -> "Understood:";
      case DIFFERS -> "Not as before:";
      case IMPOSSIBLE -> "Cannot be carried over:";
      case UNKNOWN -> "Not understood:";
    };
  }

  private static String arrow(Note.Kind kind) {
    return kind == Note.Kind.UNDERSTOOD ? " -> " : ": ";
  }

  /** What would be written. */
  void result(Migration migration) {
    call.out().println("main.cf:");
    for (Map.Entry<String, String> setting : migration.settings().entrySet()) {
      line((setting.getKey() + " = " + setting.getValue()).stripTrailing());
    }
    call.out().println();
    for (Map.Entry<String, List<String>> table : migration.tables().entrySet()) {
      call.out().println(Printable.of(table.getKey()) + ":");
      List<String> lines = table.getValue();
      lines.stream().limit(MOST_LINES).forEach(this::line);
      if (lines.size() > MOST_LINES) {
        line("... and " + (lines.size() - MOST_LINES) + " lines more");
      }
      call.out().println();
    }
    if (!migration.passwords().isEmpty()) {
      call.out().println(Migration.PASSWORDS + ", mode 0600:");
      for (Password password : migration.passwords()) {
        line(password.toString());
      }
      call.out().println();
    }
  }

  void line(String text) {
    call.out().println("  " + Printable.of(text));
  }
}
