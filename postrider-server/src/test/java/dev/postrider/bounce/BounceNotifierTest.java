package dev.postrider.bounce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.MessageContent;
import dev.postrider.failure.Actor;
import dev.postrider.failure.Advice;
import dev.postrider.failure.Treatment;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Origin;
import dev.postrider.intake.Submission;
import dev.postrider.log.RememberedLog;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.address.ReversePath;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.mail.envelope.Recipient;
import dev.postrider.mail.reply.EnhancedStatusCode;
import dev.postrider.mail.reply.Reply;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BounceNotifierTest {
  private static final Instant ARRIVAL = Instant.parse("2026-11-20T09:00:00Z");
  private static final QueueId ID = new QueueId(1_795_165_200_000_000L);
  private static final QueueId NOTICE_ID = new QueueId(1_795_165_201_000_000L);
  private static final Mailbox BAD = new Mailbox("bad", "remote.test");

  private final RememberedLog log = new RememberedLog();
  private final List<Submission> submissions = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private final List<byte[]> contents = new ArrayList<>();
  private final Map<String, String> settings =
      new HashMap<>(Map.of("myhostname", "mail.example.test", "myorigin", "example.test"));
  private @Nullable Reply refusal;
  private Instant now = ARRIVAL.plusSeconds(10);

  private BounceNotifier notifier() {
    return new BounceNotifier(
        Config.of(Path.of("/nonexistent"), settings), this::intake, log, () -> now, ZoneOffset.UTC);
  }

  private IntakeOutcome intake(Submission submission, InputStream content) throws IOException {
    if (refusal != null) {
      return new IntakeOutcome.Refused(refusal);
    }
    submissions.add(submission);
    byte[] bytes = content.readAllBytes();
    contents.add(bytes);
    texts.add(new String(bytes, StandardCharsets.UTF_8));
    return new IntakeOutcome.Stored(message(NOTICE_ID, submission.envelope(), ""));
  }

  private static StoredMessage message(QueueId id, Envelope envelope, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    MessageContent content = new MemoryContent(bytes);
    return new StoredMessage(
        id,
        ARRIVAL,
        envelope,
        List.of(),
        false,
        false,
        Set.of(),
        0,
        ARRIVAL,
        bytes.length,
        content);
  }

  private static StoredMessage from(ReversePath sender, String text) {
    return message(ID, Envelope.of(sender, List.of(Recipient.of(BAD))), text);
  }

  private static ReversePath me() {
    return ReversePath.of(new Mailbox("me", "box.test"));
  }

  private static List<Undelivered> refused(DsnRequest request) {
    return List.of(
        new Undelivered(
            new Recipient(BAD, BAD, request),
            new DeliveryStatus.Bounced(
                EnhancedStatusCode.of("5.1.1"),
                "no such user",
                DeliveryStatus.Attempt.here("local", "local"))));
  }

  @Test
  void theSenderIsToldFromTheNullSender() {
    NoticeOutcome outcome =
        notifier().failed(from(me(), "Subject: x\n\nbody\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    Submission notice = submissions.getFirst();
    assertThat(notice.envelope().sender().isNull()).isTrue();
    assertThat(notice.envelope().recipients())
        .extracting(each -> each.mailbox().internal())
        .containsExactly("me@box.test");
    assertThat(notice.origin()).isEqualTo(new Origin.Internal(Origin.Why.NOTICE, ID.shortForm()));
    assertThat(log.text())
        .containsExactly(
            "bounce: "
                + ID.shortForm()
                + ": sender non-delivery notification: "
                + NOTICE_ID.shortForm());
  }

  @Test
  void whoAskedForNoNoticeGetsNone() {
    NoticeOutcome outcome =
        notifier()
            .failed(
                from(me(), "\n"), refused(new DsnRequest(Set.of(DsnRequest.Event.NEVER), null)));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions).isEmpty();
  }

  @Test
  void aMessageOfTheNullSenderIsToBeKeptUnlessThePostmasterWantsToHear() {
    NoticeOutcome outcome =
        notifier().failed(from(new ReversePath.Null(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isEqualTo(new NoticeOutcome.Keep("undeliverable notification", 100));
    assertThat(submissions).isEmpty();
  }

  @Test
  void nothingIsKeptOfWhatNobodyWantedToHearOf() {
    DsnRequest never = new DsnRequest(Set.of(DsnRequest.Event.NEVER), null);

    NoticeOutcome outcome = notifier().failed(from(new ReversePath.Null(), "\n"), refused(never));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
  }

  @Test
  void thePostmastersCopyDoesNotDependOnWhatTheSenderAskedFor() {
    settings.put("notify_classes", "bounce, delay");
    DsnRequest never = new DsnRequest(Set.of(DsnRequest.Event.NEVER), null);

    NoticeOutcome outcome = notifier().failed(from(me(), "\n"), refused(never));
    notifier().delayed(from(me(), "\n"), refused(never), ARRIVAL.plusSeconds(99));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions)
        .extracting(each -> each.envelope().sender().internal())
        .containsOnly("double-bounce@mail.example.test");
    assertThat(texts)
        .extracting(text -> text.lines().filter(line -> line.startsWith("Subject: ")).findFirst())
        .containsExactly(
            Optional.of("Subject: Postmaster Copy: Undelivered Mail"),
            Optional.of("Subject: Postmaster Warning: Delayed Mail"));
  }

  @Test
  void whoWantsCopiesOfBouncesGetsDoubleBouncesToo() {
    settings.put("notify_classes", "bounce");

    NoticeOutcome outcome =
        notifier().failed(from(new ReversePath.Null(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions).hasSize(1);
  }

  @Test
  void aReportThatANoticeAskedForGoesToWhoeverHearsOfDoubleBounces() {
    StoredMessage traced =
        message(
            ID,
            Envelope.of(new ReversePath.Null(), List.of(Recipient.of(BAD)))
                .withPurpose(Envelope.Purpose.TRACED_DELIVERY),
            "\n");
    List<RecipientFate> fates =
        refused(DsnRequest.DEFAULT).stream()
            .map(each -> new RecipientFate(each.recipient(), each.status()))
            .toList();

    NoticeOutcome _ = notifier().status(traced, fates);
    assertThat(submissions).isEmpty();

    settings.put("notify_classes", "2bounce");
    NoticeOutcome _ = notifier().status(traced, fates);
    assertThat(submissions.getFirst().envelope().sender().internal())
        .isEqualTo("double-bounce@mail.example.test");
  }

  @Test
  void thePostmasterGetsDoubleBouncesFromASenderOfTheirOwn() {
    settings.put("notify_classes", "resource, 2bounce");

    NoticeOutcome outcome =
        notifier().failed(from(new ReversePath.Null(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    Envelope envelope = submissions.getFirst().envelope();
    assertThat(envelope.sender().internal()).isEqualTo("double-bounce@mail.example.test");
    assertThat(envelope.recipients().getFirst().mailbox().internal()).isEqualTo("postmaster");
    assertThat(texts.getFirst())
        .contains(
            "Subject: Postmaster Copy: Undelivered Mail\n",
            "Auto-Submitted: auto-generated\n",
            "X-Postfix-Sender: rfc822; MAILER-DAEMON@mail.example.test\n");
    assertThat(log.text().getFirst()).contains(": postmaster non-delivery notification: ");
  }

  @Test
  void aDoubleBounceThatFailsIsToBeKept() {
    settings.put("notify_classes", "2bounce,bounce");
    ReversePath sender = ReversePath.of(new Mailbox("double-bounce", "mail.example.test"));

    NoticeOutcome outcome = notifier().failed(from(sender, "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome)
        .isEqualTo(new NoticeOutcome.Keep("undeliverable postmaster notification", 100));
    assertThat(submissions).isEmpty();
  }

  @Test
  void aDoubleBounceThatFailsEndsInTheLogIfNoneIsKept() {
    settings.put("postrider_kept_notices", "0");
    settings.put("notify_classes", "2bounce,bounce");
    ReversePath sender = ReversePath.of(new Mailbox("double-bounce", "mail.example.test"));

    NoticeOutcome outcome = notifier().failed(from(sender, "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions).isEmpty();
    assertThat(log.text())
        .containsExactly(
            "bounce: warning: "
                + ID.shortForm()
                + ": undeliverable postmaster notification discarded");
  }

  @Test
  void thePostmasterGetsTheHeaderOfWhatBounced() {
    settings.put("notify_classes", "bounce");

    NoticeOutcome outcome =
        notifier().failed(from(me(), "Subject: x\n\nsecret\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions).hasSize(2);
    assertThat(texts.get(0)).contains("secret");
    assertThat(texts.get(1)).contains("Subject: x").doesNotContain("secret");
  }

  @Test
  void aNoticeThatCannotBeStoredStaysOwed() {
    refusal = Reply.of(452, "4.3.1 Insufficient system storage");

    NoticeOutcome outcome = notifier().failed(from(me(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome)
        .isEqualTo(
            new NoticeOutcome.NotStored(
                "cannot queue a notification: 452 4.3.1 Insufficient system storage"));
  }

  @Test
  void aNoticeRefusedForGoodIsGivenUpWhenItsMessageIsOld() {
    refusal = Reply.of(550, "5.1.7 bad address");
    now = ARRIVAL.plusSeconds(6 * 86_400);

    NoticeOutcome outcome = notifier().failed(from(me(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(log.text().getFirst())
        .contains("error: ", "notification to <me@box.test> discarded: 550 5.1.7 bad address");
  }

  @Test
  void aLargeMessageReturnsAsWholeHeaderFields() {
    settings.put("bounce_size_limit", "60");
    String header = "Subject: short\nX-Folded: one\n two\nX-Long: " + "x".repeat(100) + "\n\n";

    NoticeOutcome outcome =
        notifier().failed(from(me(), header + "body\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(texts.getFirst())
        .contains(
            "Content-Type: text/rfc822-headers\n", "\nSubject: short\nX-Folded: one\n two\n\n--")
        .doesNotContain("X-Long", "body\n");
  }

  @Test
  void retHeadersReturnsNoBody() {
    Envelope envelope =
        new Envelope(
            me(),
            List.of(Recipient.of(BAD)),
            BodyType.UNDECLARED,
            false,
            Envelope.ReturnContent.HEADERS,
            null);

    NoticeOutcome outcome =
        notifier()
            .failed(message(ID, envelope, "Subject: x\n\nsecret\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(texts.getFirst()).contains("\nSubject: x\n").doesNotContain("secret");
  }

  @Test
  void ofAMessageThatNeedsTlsOnlyTheHeaderIsReturned() { // RFC 8689 §5
    String text = "Require-TLS-ESMTP: yes\nSubject: x\n\nsecret\n";
    NoticeOutcome redacted = notifier().failed(from(me(), text), refused(DsnRequest.DEFAULT));
    settings.put("requiretls_redact_dsn", "no");
    NoticeOutcome whole = notifier().failed(from(me(), text), refused(DsnRequest.DEFAULT));
    settings.put("requiretls_enable", "no");
    NoticeOutcome usual = notifier().failed(from(me(), text), refused(DsnRequest.DEFAULT));

    assertThat(List.of(redacted, whole, usual))
        .allMatch(outcome -> outcome instanceof NoticeOutcome.Settled);
    assertThat(texts.get(0)).contains("Subject: x\n").doesNotContain("secret");
    assertThat(texts.get(0)).doesNotStartWith("Require-TLS-ESMTP");
    assertThat(texts.get(1)).startsWith("Require-TLS-ESMTP: yes\n").contains("secret");
    assertThat(texts.get(2)).doesNotStartWith("Require-TLS-ESMTP").contains("secret");
  }

  @Test
  void neitherDoesThePostmasterGetMoreOfIt() {
    settings.put("notify_classes", "2bounce");
    String text = "Require-TLS-ESMTP: yes\nSubject: x\n\nsecret\n";
    NoticeOutcome redacted =
        notifier().failed(from(new ReversePath.Null(), text), refused(DsnRequest.DEFAULT));
    settings.put("requiretls_redact_dsn", "no");
    NoticeOutcome whole =
        notifier().failed(from(new ReversePath.Null(), text), refused(DsnRequest.DEFAULT));

    assertThat(List.of(redacted, whole))
        .allMatch(outcome -> outcome instanceof NoticeOutcome.Settled);
    assertThat(texts.get(0)).contains("Subject: x\n").doesNotContain("secret");
    assertThat(texts.get(1)).startsWith("Require-TLS-ESMTP: yes\n").contains("secret");
  }

  @Test
  void eightBitContentIsDeclared() {
    NoticeOutcome outcome =
        notifier().failed(from(me(), "Subject: x\n\ntéxt\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(submissions.getFirst().envelope().bodyType()).isEqualTo(BodyType.EIGHT_BIT_MIME);
  }

  @Test
  void aTemplateFileGivesTheWords(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("bounce.cf");
    Files.write(
        file,
        """
        failure_template = <<EOF
        Charset: iso-8859-1
        From: Our Mail <MAILER-DAEMON>
        Subject: Kaputt $myhostname
        Postmaster-Subject: Kopie

        Grüße von $myhostname,
          nach ${maximal_queue_lifetime_days} Tagen für $$5
        EOF
        """
            .getBytes(StandardCharsets.ISO_8859_1));
    settings.put("bounce_template_file", file.toString());
    settings.put("notify_classes", "bounce");

    NoticeOutcome outcome = notifier().failed(from(me(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(new String(contents.get(0), StandardCharsets.ISO_8859_1))
        .contains(
            "\nFrom: Our Mail <MAILER-DAEMON>\nSubject: Kaputt $myhostname\n",
            "Content-Type: text/plain; charset=iso-8859-1\n",
            "\n\nGrüße von mail.example.test,\n  nach 5 Tagen für $5\n\n<bad@remote.test>: ")
        .doesNotContain("This is the mail system");
    assertThat(texts.get(1)).contains("\nSubject: Kopie\n").doesNotContain("von mail.example.test");
    assertThat(log.text()).noneMatch(line -> line.contains("warning"));
  }

  @Test
  void aTemplateThatCannotBeUsedLeavesOurWordsAndAWarning(@TempDir Path directory)
      throws IOException {
    Path file = directory.resolve("bounce.cf");
    Files.writeString(
        file,
        """
        failure_template = <<EOF
        Subject: x

        Hello $nosuchname
        EOF
        """);
    settings.put("bounce_template_file", file.toString());

    NoticeOutcome outcome = notifier().failed(from(me(), "\n"), refused(DsnRequest.DEFAULT));

    assertThat(outcome).isInstanceOf(NoticeOutcome.Settled.class);
    assertThat(texts.getFirst())
        .contains("Subject: Undelivered Mail Returned to Sender\n", "This is the mail system");
    assertThat(log.text().getFirst())
        .contains("bounce: warning: " + file + ", line 4: ", "nosuchname", "failure template");
  }

  @Test
  void aTemplateFileThatIsNotThereLeavesOurWordsAndAWarning() {
    settings.put("bounce_template_file", "/nonexistent/bounce.cf");

    BounceNotifier _ = notifier();

    assertThat(log.text().getFirst())
        .contains(
            "bounce: warning: bounce_template_file: open /nonexistent/bounce.cf: No such file");
  }

  @Test
  void aDelayIsTold() {
    notifier()
        .delayed(
            from(me(), "Subject: x\n\n"), refused(DsnRequest.DEFAULT), ARRIVAL.plusSeconds(99));
    notifier()
        .delayed(
            from(me(), "Subject: x\n\n"),
            refused(new DsnRequest(Set.of(DsnRequest.Event.FAILURE), null)),
            ARRIVAL.plusSeconds(99));

    assertThat(texts).hasSize(1);
    assertThat(texts.getFirst())
        .contains("Will-Retry-Until: Fri, 20 Nov 2026 09:01:39 +0000 (UTC)");
    assertThat(log.text().getFirst()).contains(": sender delay notification: ");
  }

  private static final Advice ADVICE =
      new Advice(
          "gmail-app-password",
          "Gmail refuses the password of me.",
          Actor.YOU,
          "Make an app password.",
          new Treatment.HoldAccount());

  @Test
  void aCauseIsToldToThePostmasterOnceADay() {
    BounceNotifier notifier = notifier();
    notifier.causes().tell("account me", "", ADVICE, "535 no");
    notifier.causes().tell("account me", "", ADVICE, "535 no");
    notifier.causes().tell("account you", "", ADVICE, "535 no");
    assertThat(submissions).hasSize(2);
    Envelope envelope = submissions.getFirst().envelope();
    assertThat(envelope.sender().external()).isEqualTo("double-bounce@mail.example.test");
    assertThat(envelope.recipients().getFirst().mailbox().external()).isEqualTo("postmaster");
    assertThat(texts.getFirst())
        .contains("Subject: Mail of mail.example.test waits for you (gmail-app-password)")
        .contains("What happened: Gmail refuses the password of me.")
        .contains("Who must act: you")
        .contains("What to do: Make an app password.")
        .contains("Until then: after few tries the account is held; its mail is kept.")
        .contains("In the server's words: 535 no");

    now = now.plus(Duration.ofHours(23));
    notifier.causes().tell("account me", "", ADVICE, "535 no");
    assertThat(submissions).hasSize(2);
    now = now.plus(Duration.ofHours(2));
    notifier.causes().tell("account me", "", ADVICE, "535 no");
    assertThat(submissions).hasSize(3);
  }

  @Test
  void nobodyIsToldOfACauseWhoDoesNotWantToHearOfResources() {
    settings.put("notify_classes", "bounce");
    notifier().causes().tell("account me", "", ADVICE, "535 no");
    assertThat(submissions).isEmpty();
  }

  @Test
  void whatIsKnownOfAFailureStandsBeforeTheServersWords() {
    NoticeOutcome _ =
        notifier()
            .failed(
                from(me(), "Subject: x\n\nbody\n"),
                List.of(
                    new Undelivered(
                        Recipient.of(BAD),
                        new DeliveryStatus.Bounced(
                            EnhancedStatusCode.of("5.1.1"),
                            "host mx said: 550 no",
                            DeliveryStatus.Attempt.here("smtp", "mx"),
                            ADVICE))));
    assertThat(texts.getFirst())
        .contains(
            "What happened: Gmail refuses the password of me.\nWho must act: you\n"
                + "What to do: Make an app password.\n\n<bad@remote.test>: host mx said: 550 no\n")
        .doesNotContain("no such mailbox");
  }
}
