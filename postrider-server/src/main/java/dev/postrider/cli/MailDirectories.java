package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.DefaultFiles;
import dev.postrider.io.OwnUser;
import dev.postrider.log.LogTarget;
import dev.postrider.pickup.HandOver;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories the mail system needs, with their modes and, when root makes them, their owner.
 * Made at each start, so that a fresh machine needs no other preparation.
 */
final class MailDirectories {
  /**
   * Anyone may put a file in, nobody may list, nobody may take another's; files inherit the group.
   */
  private static final int MAILDROP_MODE = 03733;

  private final Config config;
  private @Nullable GroupPrincipal ownersGroup;

  MailDirectories(Config config) {
    this.config = config;
  }

  /**
   * Makes what is missing and mends modes.
   *
   * @throws IOException naming the directory and the remedy
   */
  void prepare() throws IOException {
    Path queue = Path.of(config.text("queue_directory"));
    Map<Path, Integer> modes = new LinkedHashMap<>();
    modes.put(queue, 0755);
    modes.put(queue.resolve("spool"), 0700);
    modes.put(queue.resolve("events"), 0700);
    modes.put(queue.resolve("maildrop"), MAILDROP_MODE);
    modes.put(queue.resolve("public"), 0755);
    // Where guides have other servers put the sockets that the mail system connects to.
    modes.put(queue.resolve("private"), 0700);
    modes.put(queue.resolve("pid"), 0755);
    modes.put(Path.of(config.text("data_directory")), 0700);
    for (Map.Entry<Path, Integer> entry : modes.entrySet()) {
      make(entry.getKey(), entry.getValue());
    }
    masterCf();
    makeLogFile();
    HandOver.refreshIfAllowed(config.directory());
  }

  /** A machine that never had Postfix has no master.cf: it gets the usual services. */
  private void masterCf() throws IOException {
    Path file = config.directory().resolve("master.cf");
    if (!Files.exists(file)) {
      try {
        Files.writeString(file, DefaultFiles.masterCf(), StandardOpenOption.CREATE_NEW);
      } catch (IOException e) {
        throw new IOException("cannot write " + file + ": " + reason(e), e);
      }
    }
  }

  /**
   * Makes the log file if it is missing and root asks: the daemon could not make one in /var/log.
   *
   * @throws IOException naming the parameter, the file and the reason
   */
  void makeLogFile() throws IOException {
    String name = config.text("maillog_file");
    Path file = Path.of(name);
    if (name.isEmpty() || name.startsWith("/dev/") || !OwnUser.isRoot()) {
      return;
    }
    try {
      if (!Files.exists(file)) {
        createLogFile(file);
      }
      // One that a syslog daemon owns stays its own.
      if (Files.getOwner(file).getName().equals("root")) {
        giveToOwner(file);
      }
    } catch (IOException e) {
      throw new IOException("maillog_file = " + name + ": cannot make it: " + reason(e), e);
    }
  }

  private void createLogFile(Path file) throws IOException {
    try {
      Files.createFile(
          file,
          PosixFilePermissions.asFileAttribute(
              LogTarget.permissions(config.text("maillog_file_permissions"))));
    } catch (FileAlreadyExistsException _) {
      // The daemon was quicker, which misses it too while it is rotated.
      return;
    }
  }

  private void make(Path directory, int mode) throws IOException {
    try {
      Files.createDirectories(directory);
      if (OwnUser.isRoot()) {
        giveToOwner(directory);
      }
      int now = (Integer) Files.getAttribute(directory, "unix:mode") & 07777;
      if (now != mode && mayChange(directory)) {
        Files.setAttribute(directory, "unix:mode", mode);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + " is no directory: move it away", e);
    } catch (IOException e) {
      throw new IOException(
          "cannot prepare directory "
              + directory
              + ": "
              + reason(e)
              + " (start as root, or use a configuration directory of your own with -c, whose"
              + " queue_directory and data_directory you may write)",
          e);
    }
  }

  private static String reason(IOException e) {
    return e instanceof java.nio.file.AccessDeniedException
        ? "permission denied"
        : String.valueOf(e.getMessage());
  }

  private void giveToOwner(Path path) throws IOException {
    UserPrincipalLookupService lookup = path.getFileSystem().getUserPrincipalLookupService();
    String name = config.text("mail_owner");
    UserPrincipal owner = lookup.lookupPrincipalByName(name);
    GroupPrincipal group = ownersGroup;
    if (group == null) {
      // Asking costs a process: once is enough for all directories.
      group = lookup.lookupPrincipalByGroupName(MailOwner.group(name));
      ownersGroup = group;
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (!view.readAttributes().owner().equals(owner)) {
      view.setOwner(owner);
    }
    if (!view.readAttributes().group().equals(group)) {
      view.setGroup(group);
    }
  }

  private static boolean mayChange(Path directory) throws IOException {
    return OwnUser.isRoot() || OwnUser.owns(directory);
  }
}
