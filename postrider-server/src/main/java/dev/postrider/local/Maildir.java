package dev.postrider.local;

import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.io.Account;
import dev.postrider.mail.envelope.Recipient;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoField;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes messages into maildirs: a file in {@code tmp}, forced, renamed into {@code new}, the
 * directory forced. Needs no locks. Safe on any thread.
 */
final class Maildir {
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> PRIVATE_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final String host;
  private final InstantSource clock;
  private final AtomicLong sequence = new AtomicLong();

  Maildir(String host, InstantSource clock) {
    this.host = host.replace('/', '_').replace(':', '_');
    this.clock = clock;
  }

  void deliver(Path maildir, Account owner, DeliveryRequest request, Recipient recipient)
      throws IOException {
    try {
      write(maildir, request, recipient);
    } catch (IOException e) {
      throw new DeliveryFailure(
          MboxFile.isFull(e) ? "4.2.2" : "4.2.0",
          "maildir delivery failed for user " + owner.name() + ": " + MboxFile.reason(e));
    }
  }

  private void write(Path maildir, DeliveryRequest request, Recipient recipient)
      throws IOException {
    for (String part : new String[] {"tmp", "new", "cur"}) {
      if (!Files.isDirectory(maildir.resolve(part))) {
        Files.createDirectories(maildir.resolve(part), PRIVATE_DIRECTORY);
      }
    }
    Instant now = clock.instant();
    long seconds = now.getEpochSecond();
    Path temporary =
        maildir.resolve(
            "tmp/"
                + seconds
                + ".P"
                + ProcessHandle.current().pid()
                + "Q"
                + sequence.incrementAndGet()
                + "."
                + host);
    boolean moved = false;
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
              PRIVATE_FILE)) {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 65_536);
        out.write(MailboxFormat.trace(request, recipient).getBytes(StandardCharsets.UTF_8));
        MailboxFormat.copy(request, out, false);
        out.flush();
        channel.force(true);
      }
      long device = number(temporary, "unix:dev");
      long inode = number(temporary, "unix:ino");
      Path target =
          maildir.resolve(
              "new/%d.V%xI%xM%d.%s"
                  .formatted(seconds, device, inode, now.get(ChronoField.MICRO_OF_SECOND), host));
      Files.move(temporary, target);
      moved = true;
      try (FileChannel directory = FileChannel.open(maildir.resolve("new"))) {
        directory.force(true);
      }
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  private static long number(Path file, String attribute) throws IOException {
    return Files.getAttribute(file, attribute) instanceof Number number ? number.longValue() : 0;
  }
}
