package dev.postrider.pickup;

import dev.postrider.config.Config;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.MailLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.Reply;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Stores single submissions, whichever way they came. Safe on any thread. */
final class Pickup {
  static final String PROCESS = "pickup";

  private static final Pattern SENDMAILS = Pattern.compile("[0-9]{1,20}\\.[0-9]{1,9}");

  /** What became of a maildrop file. */
  enum Fate {
    /** No longer in the directory. */
    TAKEN,
    /** Left for a later attempt. */
    LEFT
  }

  private final Supplier<Config> config;
  private final Intake intake;
  private final MailLog log;

  Pickup(Supplier<Config> config, Intake intake, MailLog log) {
    this.config = config;
    this.intake = intake;
    this.log = log;
  }

  /**
   * Stores the message of a file and removes the file. A crash between the two stores it twice, the
   * lesser evil: the window is one unlink.
   */
  Fate take(MaildropFile file) throws IOException {
    Submitter owner = Submitter.of(file.uid());
    LocalSubmission local;
    if (!SubmitUsers.allows(config.get(), owner)) {
      return refuse(file, owner, SubmitUsers.refusal(owner));
    }
    try {
      local = read(file, owner);
    } catch (MaildropFormatException e) {
      return refuse(file, owner, String.valueOf(e.getMessage()));
    }
    for (Submission submission : local.submissions()) {
      IntakeOutcome outcome;
      try (InputStream in = file.open()) {
        MaildropHeader.read(in);
        outcome = intake.store(submission, new CleanedContent(in, local.options().dotEnds()));
      }
      switch (outcome) {
        case IntakeOutcome.Stored _ -> {
          // Intake has logged it, as it knows the queue id first.
        }
        case IntakeOutcome.Refused(Reply reply) when reply.code() < 500 -> {
          log.warning(PROCESS, "maildrop/" + name(file) + ": not taken yet: " + reply.oneLine());
          return Fate.LEFT;
        }
        case IntakeOutcome.Refused(Reply reply) -> {
          return refuse(file, owner, reply.oneLine());
        }
      }
    }
    Files.deleteIfExists(file.path());
    return Fate.TAKEN;
  }

  private LocalSubmission read(MaildropFile file, Submitter owner) throws IOException {
    try (InputStream in = file.open()) {
      return LocalSubmission.of(MaildropHeader.read(in), owner, config.get());
    }
  }

  /** Stores what comes by the socket; the answer is the line the client reads. */
  String take(InputStream stream, Submitter owner) {
    if (!SubmitUsers.allows(config.get(), owner)) {
      return PickupClient.FAILED + SubmitUsers.refusal(owner);
    }
    try {
      InputStream in = new BufferedInputStream(stream);
      MaildropHeader header = MaildropHeader.read(in);
      LocalSubmission local = LocalSubmission.of(header, owner, config.get());
      if (local.submissions().size() != 1) {
        return PickupClient.FAILED + "VERP needs a maildrop directory that can be written";
      }
      Submission submission = local.submissions().getFirst();
      InputStream content =
          new CleanedContent(
              new TrailedContent(
                  in,
                  MaildropHeader.trailer(PickupClient.STREAM_NAME),
                  config.get().size("message_size_limit")),
              local.options().dotEnds());
      return switch (intake.store(submission, content)) {
        case IntakeOutcome.Stored stored ->
            PickupClient.STORED + intake.print(stored.message().id());
        case IntakeOutcome.Refused(Reply reply) when reply.code() == 552 -> PickupClient.TOO_BIG;
        case IntakeOutcome.Refused(Reply reply) -> PickupClient.FAILED + reply.oneLine();
      };
    } catch (SubmissionTooBigException e) {
      return PickupClient.TOO_BIG;
    } catch (IOException e) {
      log.warning(PROCESS, "submission by uid=" + owner.uid() + " failed: " + e.getMessage());
      return PickupClient.FAILED + e.getMessage();
    }
  }

  /**
   * A message that can never be taken, whose sendmail has long answered 0: kept in {@code corrupt}
   * for the administrator, and its owner is told by mail. Nothing is lost and nothing loops.
   */
  private Fate refuse(MaildropFile file, Submitter owner, String reason) throws IOException {
    Path directory = Path.of(config.get().text("queue_directory")).resolve("corrupt");
    if (!Files.isDirectory(directory)) {
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    // A name that is not sendmail's may be as long as a name can be, and hold anything.
    String name = SENDMAILS.matcher(name(file)).matches() ? name(file) : "inode" + file.inode();
    Path kept = directory.resolve("maildrop-" + name + "-" + file.modified().toEpochMilli());
    log.warning(
        PROCESS,
        "maildrop/" + name(file) + ": uid=" + owner.uid() + ": " + reason + "; kept as " + kept);
    // Told first: a crash in between tells twice rather than never.
    tell(owner, reason, kept);
    Files.move(file.path(), kept, StandardCopyOption.ATOMIC_MOVE);
    return Fate.TAKEN;
  }

  private void tell(Submitter owner, String reason, Path kept) throws IOException {
    Mailbox mailbox = new Mailbox(owner.login(), "");
    String text =
        "From: MAILER-DAEMON (Mail Delivery System)\n"
            + "To: "
            + mailbox.external()
            + "\nSubject: Your message could not be sent\n"
            + "Auto-Submitted: auto-replied\n\n"
            + "A message you handed to sendmail was not sent:\n\n    "
            + reason.replace('\n', ' ')
            + "\n\nIt is kept in the file\n\n    "
            + kept
            + "\n\nwhich the administrator of this machine can read.\n";
    Submission notice =
        new Submission(
            Envelope.of(new ReversePath.Null(), List.of(Recipient.of(mailbox))),
            new Origin.Internal(),
            false);
    IntakeOutcome outcome =
        intake.store(notice, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    if (outcome instanceof IntakeOutcome.Refused(Reply reply)) {
      log.warning(PROCESS, "uid=" + owner.uid() + " could not be told: " + reply.oneLine());
    }
  }

  private static String name(MaildropFile file) {
    return String.valueOf(file.path().getFileName());
  }
}
