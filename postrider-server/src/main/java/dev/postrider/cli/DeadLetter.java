package dev.postrider.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/** Where a letter goes that could not be sent: DEAD, else dead.letter in the home directory. */
record DeadLetter(Path file) {
  static DeadLetter of(Map<String, String> environment) {
    String named = environment.getOrDefault("DEAD", "");
    String home = environment.getOrDefault("HOME", ".");
    return new DeadLetter(named.isEmpty() ? Path.of(home, "dead.letter") : Path.of(named));
  }

  /** Adds it to the file and returns what to tell its writer. */
  String save(byte[] letter) {
    try (var channel =
        Files.newByteChannel(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      var buffer = java.nio.ByteBuffer.wrap(letter);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return "\"" + file + "\" " + lines(letter) + "/" + letter.length;
    } catch (IOException e) {
      return "the letter could not be saved in " + file + ": " + MailReason.of(e);
    }
  }

  private static int lines(byte[] letter) {
    int count = 0;
    for (byte b : letter) {
      count += b == '\n' ? 1 : 0;
    }
    return count;
  }
}
