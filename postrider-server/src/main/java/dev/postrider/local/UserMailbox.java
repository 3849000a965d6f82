package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.io.Account;
import dev.postrider.io.ActingAs;
import dev.postrider.mail.envelope.Recipient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox of a user: home_mailbox, else a file in mail_spool_directory; written with the user's
 * rights, never with the daemon's. Safe on any thread.
 */
final class UserMailbox {
  private final String homeMailbox;
  private final Path spoolDirectory;
  private final boolean spoolIsMaildirs;
  private final List<String> forwardPaths;
  private final String delimiters;
  private final MboxFile mbox;
  private final Maildir maildir;
  private final long ownUid;
  private final ActingAs actingAs;

  UserMailbox(Config config, InstantSource clock, long ownUid, ActingAs actingAs) {
    this.actingAs = actingAs;
    this.homeMailbox = config.text("home_mailbox");
    String spool = config.text("mail_spool_directory");
    this.spoolDirectory = Path.of(spool);
    this.spoolIsMaildirs = spool.endsWith("/");
    String forwardPath = config.written("forward_path");
    this.forwardPaths =
        List.of((forwardPath == null ? "$home/.forward" : forwardPath).trim().split("[,\\s]+"));
    this.delimiters = config.text("recipient_delimiter");
    this.mbox = new MboxFile(config, clock);
    this.maildir = new Maildir(config.text("myhostname"), clock);
    this.ownUid = ownUid;
  }

  /**
   * Delivers one message.
   *
   * @return the text of the log
   */
  String deliver(Account owner, String extension, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    return asOwner(owner, () -> deliverHere(owner, extension, request, recipient));
  }

  /**
   * Finds out where mail would go, without writing any.
   *
   * @return the text of the log
   */
  String probe(Account owner, String extension) throws IOException, InterruptedException {
    return asOwner(
        owner,
        () -> {
          refuseForwardFile(owner, extension);
          return isMaildir() ? "delivers to maildir" : "delivers to mailbox";
        });
  }

  private boolean isMaildir() {
    return homeMailbox.isEmpty() ? spoolIsMaildirs : homeMailbox.endsWith("/");
  }

  private String asOwner(Account owner, ActingAs.Work<String> work)
      throws IOException, InterruptedException {
    if (owner.uid() == ownUid) {
      return work.run();
    }
    if (!ActingAs.isSupported()) {
      throw new DeliveryFailure(
          "4.3.0",
          "the mailbox of user "
              + owner.name()
              + " belongs to another user than uid "
              + ownUid
              + ", as which this instance runs; on this system it delivers to its own user only");
    }
    try {
      return actingAs.run(owner.uid(), owner.gid(), groups(owner), work);
    } catch (ActingAs.Refused e) {
      throw new DeliveryFailure(
          "4.3.0",
          "the mailbox of user "
              + owner.name()
              + " belongs to another user than uid "
              + ownUid
              + ", as which this instance runs; start it as root or with CAP_SETUID and CAP_SETGID");
    }
  }

  /** The user's group, and that of the spool directory where members of it may make files. */
  private List<Long> groups(Account owner) throws IOException {
    List<Long> groups = new ArrayList<>(List.of(owner.gid()));
    if (homeMailbox.isEmpty() && Files.isDirectory(spoolDirectory)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(spoolDirectory);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          && Files.getAttribute(spoolDirectory, "unix:gid") instanceof Integer gid) {
        groups.add(Integer.toUnsignedLong(gid));
      }
    }
    return groups;
  }

  private String deliverHere(
      Account owner, String extension, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    refuseForwardFile(owner, extension);
    Path target =
        homeMailbox.isEmpty()
            ? spoolDirectory.resolve(owner.name())
            : owner.home().resolve(homeMailbox);
    if (isMaildir()) {
      maildir.deliver(target, owner, request, recipient);
      return "delivered to maildir";
    }
    mbox.append(target, owner, request, recipient);
    return "delivered to mailbox";
  }

  /** A user who forwards elsewhere must not find the mail here: it waits instead. */
  private void refuseForwardFile(Account owner, String extension) throws IOException {
    for (String pattern : forwardPaths) {
      boolean extended = pattern.contains("extension");
      if (extended && extension.isEmpty()) {
        continue;
      }
      @Nullable Path file = forwardFile(pattern, owner, extension);
      if (file != null && isForward(file, owner)) {
        throw new DeliveryFailure(
            "4.3.0",
            file
                + " of user "
                + owner.name()
                + " asks for forwarding, and this version delivers to addresses and mailboxes"
                + " only; put an alias into alias_maps instead and remove the file");
      }
    }
  }

  private @Nullable Path forwardFile(String pattern, Account owner, String extension) {
    String delimiter = delimiters.isEmpty() ? "" : delimiters.substring(0, 1);
    String path =
        pattern
            .replace("${home}", "$home")
            .replace("$home", owner.home().toString())
            .replace("${recipient_delimiter}", delimiter)
            .replace("${extension}", extension)
            .replace("$recipient_delimiter", delimiter)
            .replace("$extension", extension)
            .replace("${user}", owner.name())
            .replace("$user", owner.name());
    return path.indexOf('$') >= 0 || path.contains("..") ? null : Path.of(path);
  }

  /** As Postfix: a file that is empty, no regular file or open to others does not count. */
  private static boolean isForward(Path file, Account owner) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) == 0) {
      return false;
    }
    boolean owned =
        Files.getAttribute(file, "unix:uid") instanceof Integer uid
            && (uid == 0 || Integer.toUnsignedLong(uid) == owner.uid());
    return owned && !Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE);
  }
}
