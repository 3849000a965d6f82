package dev.postrider.account;

import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A small file of lines with tabs between fields, replaced as a whole at each change; mode 0600.
 * For one thread at a time.
 */
final class StateFile {
  private final Path file;
  private final String head;

  /**
   * @param head its first line, which names its format
   */
  StateFile(Path file, String head) {
    this.file = file;
    this.head = head;
  }

  /** Its lines' fields; none if there is no such file, or it is of another format. */
  List<List<String>> read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException _) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    if (!lines.isEmpty() && lines.getFirst().equals(head)) {
      for (String line : lines.subList(1, lines.size())) {
        rows.add(List.of(line.split("\t", -1)));
      }
    }
    return rows;
  }

  /** Takes the place of what was there; survives a power cut as one or the other. */
  void write(List<List<String>> rows) throws IOException {
    StringBuilder text = new StringBuilder(head).append('\n');
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        text.append(i == 0 ? "" : "\t").append(row.get(i).replaceAll("[\\p{Cntrl}]", " "));
      }
      text.append('\n');
    }
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        int _ = channel.write(bytes);
      }
      channel.force(true);
    }
    // Written by root, while no mail system runs, it is the mail system's all the same.
    UserPrincipal owner = Files.getOwner(file.toAbsolutePath().getParent());
    if (OwnUser.isRoot() && !Files.getOwner(fresh).equals(owner)) {
      Files.setOwner(fresh, owner);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
