package dev.postrider.local;

import dev.postrider.helper.Helper;
import dev.postrider.helper.Identity;
import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.io.ReadRights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code .forward} and list files: with the rights of the user whose they are, or, where a
 * file of root's names them, with all rights there are. Safe on any thread.
 *
 * @param helper acts as a user
 * @param rights reads for root
 */
record UserFiles(Helper helper, ReadRights rights) {
  /** Half a million addresses; the whole list is in memory while it is being delivered to. */
  static final int MOST = 16 << 20;

  private static final int USUAL = 64 << 10;

  UserFile read(Rights as, String file) throws IOException, InterruptedException {
    @Nullable Account account = as.account();
    try {
      if (account == null || account.uid() == 0) {
        return rights.read(() -> readAsRoot(Path.of(file)));
      }
      // Most are small, and room is made for as much as is asked for.
      UserFile found = helper.read(identity(account), Path.of(file), USUAL);
      return found instanceof UserFile.Unsuitable(String reason) && reason.contains("larger")
          ? helper.read(identity(account), Path.of(file), MOST)
          : found;
    } catch (AccessDeniedException e) {
      return new UserFile.Unsuitable("not readable: Permission denied");
    }
  }

  static Identity identity(Account account) {
    return new Identity(account.name(), account.uid(), account.gid());
  }

  private static UserFile readAsRoot(Path file) throws IOException {
    try {
      if (!Files.isRegularFile(file)) {
        return Files.exists(file)
            ? new UserFile.Unsuitable("not a regular file")
            : new UserFile.Missing();
      }
      byte[] content;
      try (InputStream in = Files.newInputStream(file)) {
        content = in.readNBytes(MOST + 1);
      }
      if (content.length > MOST) {
        return new UserFile.Unsuitable("larger than " + MOST + " octets");
      }
      return Files.getAttribute(file, "unix:uid") instanceof Integer uid
              && Files.getAttribute(file, "unix:mode") instanceof Integer mode
          ? new UserFile.Read(
              new String(content, StandardCharsets.ISO_8859_1),
              Integer.toUnsignedLong(uid),
              mode & 07777)
          : new UserFile.Unsuitable("its owner is not known");
    } catch (NoSuchFileException e) {
      return new UserFile.Missing();
    }
  }
}
