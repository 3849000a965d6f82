package dev.postrider.cli;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code /etc/mail.rc}, {@code ~/.mailrc} and what source names. For one thread.
 *
 * <p>A file there may be written for another mail program: what it asks for and does not exist here
 * is said once and passed over.
 */
final class MailStartup {
  private static final int MOST_READ = 1 << 18;
  private static final int MOST_NESTED = 10;

  private final MailSetting setting;
  private final Invocation call;
  private final Path home;
  private int depth;

  MailStartup(MailSetting setting, Invocation call, Path home) {
    this.setting = setting;
    this.call = call;
    this.home = home;
  }

  /**
   * Reads the files that are there.
   *
   * @param system whether that of the system too
   */
  void read(boolean system) {
    Path systemFile = Path.of("/etc/mail.rc");
    if (system && Files.isRegularFile(systemFile)) {
      read(systemFile);
    }
    String named = call.environment().getOrDefault("MAILRC", "");
    Path own = named.isEmpty() ? home.resolve(".mailrc") : Path.of(named);
    if (Files.isRegularFile(own)) {
      read(own);
    }
  }

  /** Reads one file; what is wrong with it is told, with its line. */
  void read(Path file) {
    try {
      if (++depth > MOST_NESTED) {
        call.warning(file + ": not read: start-up files name each other more than 10 deep");
        return;
      }
      if (!isTrusted(file)) {
        call.warning(file + ": not read: it is neither yours nor root's");
        return;
      }
      byte[] bytes;
      try (var in = Files.newInputStream(file)) {
        bytes = in.readNBytes(MOST_READ + 1);
      }
      if (bytes.length > MOST_READ) {
        call.warning(file + ": not read: a start-up file has at most 256 kB");
        return;
      }
      lines(file, new String(bytes, StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      call.warning(file + ": " + MailReason.of(e));
    } finally {
      depth--;
    }
  }

  private static boolean isTrusted(Path file) throws IOException {
    return OwnUser.owns(file)
        || (Files.getAttribute(file, "unix:uid") instanceof Integer uid && uid == 0);
  }

  private void lines(Path file, List<String> lines) {
    boolean skipping = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      int length = MailCommand.nameLength(line);
      String word = line.substring(0, length);
      String rest = line.substring(length).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      switch (word) {
        // Files are read for reading mail: "if s" is what holds for sending.
        case "if" -> skipping = rest.startsWith("s");
        case "else" -> skipping = !skipping;
        case "endif" -> skipping = false;
        default -> {
          if (!skipping) {
            line(file, i + 1, word, rest);
          }
        }
      }
    }
  }

  private void line(Path file, int number, String word, String rest) {
    @Nullable String command = MailCommand.find(word);
    try {
      if (word.isEmpty() || command == null) {
        throw new MailRefusal("no command of this program");
      }
      if (command.equals("source")) {
        for (String name : MailWords.of(rest)) {
          read(name.startsWith("~/") ? home.resolve(name.substring(2)) : Path.of(name));
        }
      } else if (!setting.run(command, MailWords.of(rest))) {
        throw new MailRefusal(command + ": in a file only what sets something is done");
      }
    } catch (MailRefusal e) {
      // unset of what is not set is how such files are written.
      if (!"unset".equals(command)) {
        call.warning(file + ", line " + number + ": " + word + ": " + e.getMessage());
      }
    }
  }
}
