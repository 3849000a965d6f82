package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryFailure;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Outlook;
import dev.postrider.helper.Append;
import dev.postrider.helper.CommandCall;
import dev.postrider.helper.CommandEnd;
import dev.postrider.helper.Helper;
import dev.postrider.helper.Identity;
import dev.postrider.helper.Payload;
import dev.postrider.helper.UserFile;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Submission;
import dev.postrider.io.Account;
import dev.postrider.io.Accounts;
import dev.postrider.io.ReadRights;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.Reply;
import dev.postrider.route.Route;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user's Sieve script does to the user's mail, with a helper that only takes notes. */
final class SieveFilesTest {
  private static final String MESSAGE = "From: a@b.example\nSubject: [list] s\n\nbody\n";

  /** A user that every Unix has and that is not root. */
  private static final String USER = "daemon";

  @TempDir Path directory;
  private final Map<String, UserFile> files = new HashMap<>();
  private final List<String> written = new ArrayList<>();
  private final List<Submission> forwarded = new ArrayList<>();
  private final List<String> contents = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();
  private final RememberedLog log = new RememberedLog();
  private ReversePath sender = ReversePath.of(new Mailbox("a", "b.example"));
  private Account account = new Account("", 0, 0, Path.of("/"), "");
  private boolean unreadable;
  private String folderFailure = "";
  private String refusal = "";
  private Instant now = Instant.parse("2026-11-05T10:00:00Z");

  @BeforeEach
  void settings() throws Exception {
    account = new Accounts().find(USER).orElseThrow();
    settings.put("data_directory", directory + "/data");
    settings.put("myhostname", "host.example");
    settings.put("mydestination", "host.example");
    settings.put("myorigin", "host.example");
    settings.put("mail_spool_directory", "/var/spool/none");
    settings.put("alias_maps", "");
    settings.put("recipient_delimiter", "+");
  }

  /** Notes what is asked of it. */
  private final class NotingHelper implements Helper {
    @Override
    public void append(Identity as, Append to, Payload payload) throws IOException {
      assertThat(as.user()).isEqualTo(USER);
      if (to.kind() == Append.Kind.FOLDER && !folderFailure.isEmpty()) {
        throw new DeliveryFailure(folderFailure, "no such luck");
      }
      written.add(to.kind() + " " + to.file());
    }

    @Override
    public void addToMaildir(Identity as, Path maildir, long largest, Payload payload) {
      assertThat(as.user()).isEqualTo(USER);
      written.add("MAILDIR " + maildir);
    }

    @Override
    public CommandEnd run(Identity as, CommandCall call, Payload payload) {
      written.add("COMMAND " + call.arguments());
      return new CommandEnd.Exited(0, "");
    }

    @Override
    public UserFile read(Identity as, Path file, int most) throws IOException {
      if (unreadable) {
        throw new IOException("the disk is gone");
      }
      UserFile found = files.getOrDefault(file.toString(), new UserFile.Missing());
      if (found instanceof UserFile.Unsuitable(String reason) && reason.equals("denied")) {
        throw new AccessDeniedException(file.toString());
      }
      return found;
    }
  }

  private String home(String name) {
    return account.home() + "/" + name;
  }

  private void script(String text) {
    files.put(home(".sieve"), new UserFile.Read(text, account.uid(), 0644));
  }

  private LocalTransport transport() throws Exception {
    Config config = Config.of(directory, settings);
    return new LocalTransport(
        config,
        new LocalTransport.Surroundings(
            log,
            new Tables(config, log),
            (submission, content) -> {
              if (!refusal.isEmpty()) {
                return new IntakeOutcome.Refused(Reply.of(452, refusal));
              }
              forwarded.add(submission);
              contents.add(new String(content.readAllBytes(), StandardCharsets.UTF_8));
              return new IntakeOutcome.Stored(
                  new StoredMessage(
                      new QueueId(1_795_571_173_123_456L),
                      Instant.EPOCH,
                      submission.envelope(),
                      List.of(),
                      false,
                      false,
                      Set.of(),
                      0,
                      Instant.EPOCH,
                      1,
                      MemoryContent.of("")));
            },
            new NotingHelper(),
            ReadRights.own(),
            (_, mailbox) ->
                new Route.To(
                    mailbox.domain().equalsIgnoreCase("host.example")
                        ? new NextHop("local", "host.example")
                        : new NextHop("smtp", mailbox.domain())),
            _ -> null,
            () -> now));
  }

  private DeliveryStatus deliver(String localPart) throws Exception {
    return deliver(localPart, MESSAGE);
  }

  private DeliveryStatus deliver(String localPart, String message) throws Exception {
    Mailbox mailbox = new Mailbox(localPart, "host.example");
    Recipient recipient =
        new Recipient(mailbox, mailbox, new DsnRequest(Set.of(DsnRequest.Event.SUCCESS), null));
    return deliver(recipient, message);
  }

  private DeliveryStatus deliver(Recipient recipient, String message) throws Exception {
    List<DeliveryStatus> statuses = new ArrayList<>();
    transport()
        .deliver(
            new DeliveryRequest(
                "4bXyZk1",
                Instant.EPOCH,
                Envelope.of(sender, List.of(recipient)),
                List.of(recipient),
                new NextHop("local", "host.example"),
                MemoryContent.of(message)),
            (_, status) -> statuses.add(status));
    assertThat(statuses).hasSize(1);
    return statuses.getFirst();
  }

  private static String mailboxOf(String user) {
    return "SPOOL_MAILBOX /var/spool/none/" + user;
  }

  @Test
  void withoutAScriptTheMailboxGetsIt() throws Exception {
    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    assertThat(written).containsExactly(mailboxOf(USER));
  }

  @Test
  void foldersAreBesideTheMailbox() throws Exception {
    script(
        "require \"fileinto\"; if header :contains \"subject\" \"[list]\" { fileinto \"a/b\"; }");

    assertThat(deliver(USER).text()).isEqualTo("delivered to folder: " + home("mail/a/b"));
    settings.put("home_mailbox", "Maildir/");
    assertThat(deliver(USER).text()).isEqualTo("delivered to folder: " + home("Maildir/.a.b"));
    settings.put("home_mailbox", "");
    settings.put("mail_spool_directory", "/var/spool/none/");
    assertThat(deliver(USER, "Subject: other\n\n").text()).isEqualTo("delivered to maildir");

    assertThat(written)
        .containsExactly(
            "FOLDER " + home("mail/a/b"),
            "MAILDIR " + home("Maildir/.a.b"),
            "MAILDIR /var/spool/none/" + USER);
  }

  @Test
  void itIsNotAskedWhenAnotherTakesTheMail() throws Exception {
    script("discard;");
    settings.put("mailbox_command", "/bin/cat");
    assertThat(deliver(USER).text()).isEqualTo("delivered to command: /bin/cat");
    settings.remove("mailbox_command");
    settings.put("postrider_sieve", "no");
    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    settings.remove("postrider_sieve");
    files.put(home(".forward"), new UserFile.Read("x@y.example", account.uid(), 0644));
    assertThat(deliver(USER).text()).isEqualTo("forwarded as 1E240391B865");
    // A .forward that names the user means the mailbox, and so the script.
    files.put(home(".forward"), new UserFile.Read("\\" + USER, account.uid(), 0644));
    assertThat(deliver(USER).text()).isEqualTo("discarded");
  }

  @Test
  void theDirectoryOfTheAdministratorComesFirst() throws Exception {
    script("discard;");
    settings.put("sieve_dir", "/etc/sieve");
    assertThat(deliver(USER).text()).isEqualTo("discarded");
    files.put("/etc/sieve/" + USER + ".sieve", new UserFile.Read("keep;", 0, 0644));

    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
  }

  @Test
  void whatIsSentOnKeepsItsSenderAndRemembersWhereItWas() throws Exception {
    script("require \"copy\"; redirect :copy \"x@y.example\"; redirect :copy \"" + USER + "\";");

    DeliveryStatus status = deliver(USER + "+ext");

    assertThat(((DeliveryStatus.Sent) status).completion())
        .isEqualTo(DeliveryStatus.Completion.EXPANDED);
    assertThat(written).containsExactly(mailboxOf(USER));
    Envelope envelope = forwarded.getFirst().envelope();
    assertThat(envelope.sender()).isEqualTo(sender);
    assertThat(envelope.recipients())
        .extracting(each -> each.mailbox().internal())
        .containsExactly("x@y.example", USER + "@host.example");
    assertThat(contents).containsExactly("Delivered-To: " + USER + "+ext@host.example\n" + MESSAGE);
  }

  @Test
  void redirectingToOneselfIsKeeping() throws Exception {
    script("redirect \"" + USER.toUpperCase(java.util.Locale.ROOT) + "@host.example\";");

    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    assertThat(forwarded).isEmpty();
  }

  @Test
  void severalFoldersAreOneDelivery() throws Exception {
    script("require \"fileinto\"; keep; fileinto \"a\"; fileinto \"b\";");

    assertThat(((DeliveryStatus.Sent) deliver(USER)).completion())
        .isEqualTo(DeliveryStatus.Completion.DELIVERED);
    assertThat(written)
        .containsExactly(mailboxOf(USER), "FOLDER " + home("mail/a"), "FOLDER " + home("mail/b"));
  }

  @Test
  void aRejectedMessageGoesBackWithTheReasonOnOneLine() throws Exception {
    script("require \"reject\"; reject text:\nNo,\n thanks.\n.\n;");

    DeliveryStatus status = deliver(USER);
    assertThat(status).isInstanceOf(DeliveryStatus.Bounced.class);
    assertThat(status.code().toString()).isEqualTo("5.7.1");
    assertThat(status.text()).isEqualTo("refused by the recipient: No, thanks.");

    sender = new ReversePath.Null();
    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
  }

  @Test
  void aBrokenScriptKeepsTheMailAndIsNamedOnce() throws Exception {
    script("keep;\nfileinto \"a\";\nkepp;\n");

    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    assertThat(log.text())
        .filteredOn(line -> line.contains("sieve"))
        .singleElement()
        .asString()
        .contains(
            "4bXyZk1: sieve script "
                + home(".sieve")
                + " line 2, column 1: fileinto needs require \"fileinto\"; at the beginning of the"
                + " script (and 1 more). The mail is kept in the mailbox");
  }

  @Test
  void whatCannotBeFiledIsKeptOnceAndNeverReturned() throws Exception {
    script("require \"fileinto\";\nfileinto \"a\";\n");
    folderFailure = "5.2.0";
    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    assertThat(log.text())
        .anySatisfy(line ->
            assertThat(line)
                .contains(
                    "4bXyZk1: folder "
                        + home("mail/a")
                        + " of a sieve script: no such luck. The mail is kept in the mailbox"));
    script("require \"fileinto\";\nkeep;\nfileinto \"a\";\n");
    assertThat(deliver(USER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(written).containsExactly(mailboxOf(USER), mailboxOf(USER));

    folderFailure = "4.3.0";
    assertThat(deliver(USER)).isInstanceOf(DeliveryStatus.Deferred.class);
  }

  @Test
  void aRelativeDirectoryOfScriptsIsNamedAndLeftOut() throws Exception {
    script("discard;");
    settings.put("sieve_dir", "sieve");

    assertThat(deliver(USER).text()).isEqualTo("discarded");
    assertThat(log.text())
        .anySatisfy(line ->
            assertThat(line)
                .contains("sieve_dir = sieve is ignored: give a name that begins with /"));
  }

  @Test
  void theWarningIsMadeOfSentences() throws Exception {
    script("kepp;");
    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");

    assertThat(log.text())
        .anySatisfy(line ->
            assertThat(line).contains("kepp; is it misspelled? The mail is kept in the mailbox"));
  }

  @Test
  void aScriptThatFailsWhileItRunsKeepsTheMail() throws Exception {
    script("require \"reject\";\nredirect \"x@y.example\";\nreject \"no\";\n");

    assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
    assertThat(forwarded).isEmpty();
    assertThat(log.text())
        .anySatisfy(
            line -> assertThat(line).contains(".sieve line 3: a message cannot be rejected and"));
  }

  @Test
  void aScriptThatOthersCouldHaveWrittenDoesNotCount() throws Exception {
    Map<UserFile, String> odd =
        Map.of(
            new UserFile.Read("discard;", account.uid() + 1, 0644), "is ignored: it belongs to uid",
            new UserFile.Read("discard;", account.uid(), 0666), "is ignored: it is world writable",
            new UserFile.Unsuitable("it is no regular file"), "is ignored: it is no regular file",
            new UserFile.Unsuitable("denied"), "is ignored: not readable: Permission denied");
    for (Map.Entry<UserFile, String> each : odd.entrySet()) {
      files.put(home(".sieve"), each.getKey());
      assertThat(deliver(USER).text()).isEqualTo("delivered to mailbox");
      assertThat(log.text())
          .anySatisfy(line ->
              assertThat(line).contains("sieve script " + home(".sieve") + " " + each.getValue()));
    }
    files.put(home(".sieve"), new UserFile.Read("discard;", 0, 0644));
    assertThat(deliver(USER).text()).isEqualTo("discarded");
  }

  @Test
  void theMailWaitsWhileNobodyCanTellWhatTheScriptSays() throws Exception {
    unreadable = true;
    // Else the forward file would be what cannot be read.
    settings.put("forward_path", "");
    DeliveryStatus status = deliver(USER);

    assertThat(status).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(status.text()).contains("the disk is gone");
  }

  private static final String LETTER = "To: " + USER + "@host.example\nSubject: s\n\nbody\n";

  @Test
  void anAbsentUserAnswersASenderOnceInAWhile() throws Exception {
    script("require \"vacation\"; vacation :days 2 \"Away.\";");

    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(written).containsExactly(mailboxOf(USER), mailboxOf(USER));
    Envelope envelope = forwarded.getFirst().envelope();
    assertThat(envelope.sender()).isEqualTo(new ReversePath.Null());
    assertThat(envelope.recipients())
        .singleElement()
        .satisfies(to -> assertThat(to.mailbox().internal()).isEqualTo("a@b.example"))
        // Else a notice about a forged sender would be kept for the postmaster.
        .satisfies(to -> assertThat(to.dsn().wantsFailure()).isFalse());
    assertThat(contents)
        .singleElement()
        .asString()
        .contains("Subject: Auto: s\nAuto-Submitted: auto-replied (vacation)\n", "\n\nAway.\n");
    assertThat(log.text())
        .filteredOn(line -> line.contains("4bXyZk1: vacation reply to <a@b.example>: 1E240391B865"))
        .hasSize(1);

    sender = ReversePath.of(new Mailbox("c", "b.example"));
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(contents).hasSize(2);
    now = now.plus(Duration.ofDays(2));
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(contents).hasSize(3);
  }

  @Test
  void anAnswerThatCannotBeStoredIsNoReasonToDeliverTwice() throws Exception {
    script("require \"vacation\"; vacation \"Away.\";");
    refusal = "4.3.1 Insufficient system storage";

    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(written).containsExactly(mailboxOf(USER));
    assertThat(log.text())
        .anySatisfy(line ->
            assertThat(line)
                .contains(
                    "4bXyZk1: no vacation reply of daemon to <a@b.example>: 452 4.3.1 Insufficient"
                        + " system storage. The mail itself is delivered; the next one is"
                        + " answered"));

    refusal = "";
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(contents).hasSize(1);
  }

  @Test
  void whoseMailWaitsIsNotAnsweredYet() throws Exception {
    script("require [\"vacation\", \"fileinto\"]; vacation \"Away.\"; fileinto \"a\";");
    folderFailure = "4.2.2";
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(contents).isEmpty();

    folderFailure = "";
    assertThat(deliver(USER, LETTER)).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(contents).hasSize(1);
  }

  @Test
  void mailMayBeAnsweredAndThrownAway() throws Exception {
    script("require \"vacation\"; vacation \"I have left.\"; discard;");

    assertThat(((DeliveryStatus.Sent) deliver(USER, LETTER)).completion())
        .isEqualTo(DeliveryStatus.Completion.DELIVERED);
    assertThat(contents).hasSize(1);
    assertThat(deliver(USER, "List-Id: x\n" + LETTER).text()).isEqualTo("discarded");
    assertThat(contents).hasSize(1);
    assertThat(written).isEmpty();
  }

  @Test
  void whoAsksHearsWhatTheScriptMightDo() throws Exception {
    script("require \"fileinto\"; if size :over 1M { fileinto \"big\"; } else { keep; }");
    List<String> steps = new ArrayList<>();

    Outlook outlook =
        transport()
            .explain(
                sender,
                new Mailbox(USER, "host.example"),
                new NextHop("local", "host.example"),
                step -> steps.add(step.parameter() + " " + step.result()));

    assertThat(outlook).isEqualTo(Outlook.DELIVERS);
    assertThat(steps)
        .containsExactly(
            "postrider_sieve " + home(".sieve") + ": by message: fileinto \"big\", keep",
            "mail_spool_directory mailbox /var/spool/none/" + USER);
    assertThat(written).isEmpty();
  }
}
