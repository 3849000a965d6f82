package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.helper.Append;
import dev.postrider.helper.Helper;
import dev.postrider.helper.Identity;
import dev.postrider.helper.Payload;
import dev.postrider.helper.UserFile;
import dev.postrider.io.Account;
import dev.postrider.mail.envelope.Recipient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mailbox of a user: home_mailbox, else a file in mail_spool_directory; written with the user's
 * rights, never with the daemon's. Safe on any thread.
 */
final class UserMailbox {
  private static final int LARGEST_FORWARD_FILE = 1 << 20;
  private static final int OTHERS_MAY_WRITE = 02;

  private final String homeMailbox;
  private final Path spoolDirectory;
  private final boolean spoolIsMaildirs;
  private final List<String> forwardPaths;
  private final String delimiters;
  private final Helper helper;
  private final InstantSource clock;
  private final long largest;

  UserMailbox(Config config, InstantSource clock, Helper helper) {
    this.helper = helper;
    this.clock = clock;
    this.largest = config.size("mailbox_size_limit");
    this.homeMailbox = config.text("home_mailbox");
    String spool = config.text("mail_spool_directory");
    this.spoolDirectory = Path.of(spool);
    this.spoolIsMaildirs = spool.endsWith("/");
    String forwardPath = config.written("forward_path");
    this.forwardPaths =
        List.of((forwardPath == null ? "$home/.forward" : forwardPath).trim().split("[,\\s]+"));
    this.delimiters = config.text("recipient_delimiter");
  }

  /**
   * Delivers one message.
   *
   * @return the text of the log
   */
  String deliver(Account owner, String extension, DeliveryRequest request, Recipient recipient)
      throws IOException, InterruptedException {
    Identity as = new Identity(owner.name(), owner.uid(), owner.gid());
    refuseForwardFile(as, owner, extension);
    Path target =
        homeMailbox.isEmpty()
            ? spoolDirectory.resolve(owner.name())
            : owner.home().resolve(homeMailbox);
    if (isMaildir()) {
      helper.addToMaildir(as, target, largest, maildirFile(request, recipient));
      return "delivered to maildir";
    }
    Append.Kind kind = homeMailbox.isEmpty() ? Append.Kind.SPOOL_MAILBOX : Append.Kind.MAILBOX;
    helper.append(as, new Append(target, kind), mboxEntry(request, recipient));
    return "delivered to mailbox";
  }

  private static Payload maildirFile(DeliveryRequest request, Recipient recipient) {
    return out -> {
      out.write(MailboxFormat.trace(request, recipient).getBytes(StandardCharsets.UTF_8));
      MailboxFormat.copy(request, out, false);
    };
  }

  private Payload mboxEntry(DeliveryRequest request, Recipient recipient) {
    String head =
        MailboxFormat.separator(request, clock.instant()) + MailboxFormat.trace(request, recipient);
    return out -> {
      out.write(head.getBytes(StandardCharsets.UTF_8));
      MailboxFormat.copy(request, out, true);
      out.write('\n');
    };
  }

  /**
   * Finds out where mail would go, without writing any.
   *
   * @return the text of the log
   */
  String probe(Account owner, String extension) throws IOException, InterruptedException {
    refuseForwardFile(new Identity(owner.name(), owner.uid(), owner.gid()), owner, extension);
    return isMaildir() ? "delivers to maildir" : "delivers to mailbox";
  }

  private boolean isMaildir() {
    return homeMailbox.isEmpty() ? spoolIsMaildirs : homeMailbox.endsWith("/");
  }

  /** A user who forwards elsewhere must not find the mail here: it waits instead. */
  private void refuseForwardFile(Identity as, Account owner, String extension)
      throws IOException, InterruptedException {
    for (String pattern : forwardPaths) {
      boolean extended = pattern.contains("extension");
      if (extended && extension.isEmpty()) {
        continue;
      }
      @Nullable Path file = forwardFile(pattern, owner, extension);
      if (file != null && isForward(as, file)) {
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
  private boolean isForward(Identity as, Path file) throws IOException, InterruptedException {
    return switch (helper.read(as, file, LARGEST_FORWARD_FILE)) {
      case UserFile.Read(String content, long owner, int mode) ->
          !content.isEmpty() && (owner == 0 || owner == as.uid()) && (mode & OTHERS_MAY_WRITE) == 0;
      case UserFile.Missing _, UserFile.Unsuitable _ -> false;
    };
  }
}
