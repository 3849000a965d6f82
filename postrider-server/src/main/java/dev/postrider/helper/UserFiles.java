package dev.postrider.helper;

import dev.postrider.io.FileFacts;
import dev.postrider.io.PinnedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads small files with the rights of the thread that asks. Stateless. */
final class UserFiles {
  private static final int PERMISSIONS = 07777;
  private static final UserFile NOT_REGULAR = new UserFile.Unsuitable("it is no regular file");

  private UserFiles() {}

  static UserFile read(Path file, int most) throws IOException {
    Path real;
    try {
      real = file.toRealPath();
    } catch (NoSuchFileException _) {
      return new UserFile.Missing();
    } catch (FileSystemException e) {
      String reason = String.valueOf(e.getReason());
      if (reason.equals("Not a directory")) {
        return new UserFile.Missing();
      }
      if (reason.startsWith("Too many levels of symbolic links")) {
        return new UserFile.Unsuitable("it is a symbolic link to itself");
      }
      throw e;
    }
    // A device or a socket is not even opened: that may fail, which would make the mail wait, or do
    // something to the device. What is opened in spite of this look is looked at again.
    if (!FileFacts.of(real, LinkOption.NOFOLLOW_LINKS).regular()) {
      return NOT_REGULAR;
    }
    try (PinnedFile pinned = PinnedFile.open(real)) {
      if (pinned.facts().size() > most) {
        return new UserFile.Unsuitable("it is larger than " + most + " bytes");
      }
      ByteBuffer content = ByteBuffer.allocate(most + 1);
      while (content.hasRemaining()) {
        if (pinned.channel().read(content) < 0) {
          break;
        }
      }
      if (content.position() > most) {
        return new UserFile.Unsuitable("it is larger than " + most + " bytes");
      }
      return new UserFile.Read(
          new String(content.array(), 0, content.position(), StandardCharsets.ISO_8859_1),
          pinned.facts().uid(),
          pinned.facts().mode() & PERMISSIONS);
    } catch (FileSystemException e) {
      if ("it is no regular file".equals(e.getReason())) {
        return NOT_REGULAR;
      }
      throw e;
    }
  }
}
