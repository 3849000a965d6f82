package dev.postrider.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.delivery.DeliveryRequest;
import dev.postrider.delivery.DeliveryStatus;
import dev.postrider.delivery.MemoryContent;
import dev.postrider.delivery.MessageContent;
import dev.postrider.delivery.NextHop;
import dev.postrider.delivery.Parts;
import dev.postrider.delivery.StatusSink;
import dev.postrider.helper.RootRights;
import dev.postrider.intake.Intake;
import dev.postrider.intake.IntakeOutcome;
import dev.postrider.intake.Submission;
import dev.postrider.io.ActingAs;
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
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of a message for a local name, from alias to mailbox. Long, because every case is a
 * few lines over one set of users, aliases and files that is made once for all.
 */
final class LocalTransportTest {
  private static final String MESSAGE = "From: a@b.example\nSubject: s\n\nFrom here\nFrog\nbody\n";
  private static final String SUFFIX = Long.toString(ProcessHandle.current().pid(), 36);
  private static final String USER = "prtest" + SUFFIX;

  @TempDir Path directory;
  private Path spool = Path.of("");
  private final List<Submission> forwarded = new ArrayList<>();
  private final List<String> contents = new ArrayList<>();
  private boolean intakeRefuses;
  private boolean userMade;
  private final RememberedLog log = new RememberedLog();
  private final List<String> parts = new ArrayList<>();
  private final Map<String, String> settings = new HashMap<>();

  @BeforeEach
  void makeSpool() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    spool = Files.createDirectory(directory.resolve("mail"));
    Files.setPosixFilePermissions(spool, PosixFilePermissions.fromString("rwxrwxrwx"));
    settings.put("myhostname", "host.example");
    settings.put("mydestination", "host.example");
    settings.put("myorigin", "host.example");
    settings.put("mail_spool_directory", spool.toString());
    settings.put("recipient_delimiter", "+");
    settings.put("deliver_lock_attempts", "1");
    settings.put("mail_owner", "daemon");
    aliases("");
  }

  @AfterEach
  void removeUser() throws Exception {
    if (userMade) {
      assertThat(
              new ProcessBuilder("userdel", "-r", USER)
                  .redirectErrorStream(true)
                  .redirectOutput(directory.resolve("userdel.out").toFile())
                  .start()
                  .waitFor())
          .isIn(0, 12);
    }
  }

  /** A real user, which only root can make. */
  private void realUser() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root")
            && Files.exists(Path.of("/usr/sbin/useradd")),
        "needs root and useradd to make a user of its own");
    Path home = directory.resolve("home");
    int code =
        new ProcessBuilder("useradd", "-m", "-d", home.toString(), USER)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("useradd.out").toFile())
            .start()
            .waitFor();
    assertThat(code).isZero();
    userMade = true;
  }

  private void aliases(String text) throws IOException {
    Path file = directory.resolve("aliases");
    Files.writeString(file, text);
    settings.put("alias_maps", "hash:" + file);
  }

  private LocalTransport transport() throws Exception {
    Config config = Config.of(directory, settings);
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-05T10:00:00Z"));
    Intake intake =
        (submission, content) -> {
          if (intakeRefuses) {
            return new IntakeOutcome.Refused(Reply.of(452, "4.3.1 no space"));
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
        };
    return new LocalTransport(
        config,
        new LocalTransport.Surroundings(
            log,
            new Tables(config, log),
            intake,
            new RootRights(config, clock, ActingAs.ofCaller(), directory),
            ReadRights.own(),
            (_, mailbox) ->
                new Route.To(
                    mailbox.domain().equalsIgnoreCase("host.example")
                        ? new NextHop("local", "host.example")
                        : new NextHop("smtp", mailbox.domain())),
            _ -> null,
            clock));
  }

  private DeliveryStatus deliver(String localPart) throws Exception {
    return deliver(localPart, MESSAGE);
  }

  private DeliveryStatus deliver(String localPart, String message) throws Exception {
    Recipient recipient = Recipient.of(new Mailbox(localPart, "host.example"));
    Envelope envelope =
        Envelope.of(ReversePath.of(new Mailbox("a", "b.example")), List.of(recipient));
    return transported(envelope, message, LocalTransport::deliver);
  }

  private DeliveryStatus probe(String localPart) throws Exception {
    Recipient recipient = Recipient.of(new Mailbox(localPart, "host.example"));
    Envelope envelope =
        Envelope.of(ReversePath.of(new Mailbox("a", "b.example")), List.of(recipient))
            .withPurpose(Envelope.Purpose.PROBE);
    DeliveryStatus status = transported(envelope, MESSAGE, LocalTransport::probe);
    assertThat(forwarded).isEmpty();
    return status;
  }

  @FunctionalInterface
  private interface Way {
    void go(LocalTransport transport, DeliveryRequest request, StatusSink sink)
        throws InterruptedException;
  }

  private DeliveryStatus transported(LocalTransport transport, Envelope envelope) throws Exception {
    return transported(transport, envelope, MESSAGE, LocalTransport::deliver);
  }

  private DeliveryStatus transported(Envelope envelope, String message, Way way) throws Exception {
    return transported(transport(), envelope, message, way);
  }

  private DeliveryStatus transported(
      LocalTransport transport, Envelope envelope, String message, Way way) throws Exception {
    List<DeliveryStatus> statuses = new ArrayList<>();
    parts.clear();
    way.go(
        transport,
        new DeliveryRequest(
            "4bXyZk1",
            Instant.EPOCH,
            envelope,
            envelope.recipients(),
            new NextHop("local", "host.example"),
            MemoryContent.of(message)),
        new StatusSink() {
          @Override
          public void report(Recipient recipient, DeliveryStatus status) {
            statuses.add(status);
          }

          @Override
          public void report(Recipient recipient, Parts all) {
            all.list()
                .forEach(part ->
                    parts.add(part.recipient().mailbox().external() + " " + part.status().text()));
            StatusSink.super.report(recipient, all);
          }
        });
    assertThat(statuses).hasSize(1);
    return statuses.getFirst();
  }

  @Test
  void aProbeLooksAliasesAndUsersUpAndDeliversNothing() throws Exception {
    aliases("away: x@y.example, z@y.example\nc: \"|/bin/cat\"\n");

    assertSent(probe("away"), "alias expanded");
    assertThat(parts)
        .containsExactly(
            "x@y.example forwards to x@y.example", "z@y.example forwards to z@y.example");
    assertBounced(probe("no-such-user-here"), "5.1.1", "unknown user: \"no-such-user-here\"");
    assertSent(probe("c"), "delivers to command: /bin/cat");
  }

  @Test
  void aProbeOfAUserWritesNoMailbox() throws Exception {
    realUser();

    assertSent(probe(USER), "delivers to mailbox");
    assertThat(spool.resolve(USER)).doesNotExist();

    settings.put("home_mailbox", "Maildir/");
    assertSent(probe(USER), "delivers to maildir");
  }

  @Test
  void whoIsForwardedHasNoSecondReportOfSuccessToExpect() throws Exception {
    aliases("away: x@y.example\n");
    Mailbox away = new Mailbox("away", "host.example");
    Recipient recipient =
        new Recipient(away, away, new DsnRequest(Set.of(DsnRequest.Event.SUCCESS), null));
    Envelope envelope =
        Envelope.of(ReversePath.of(new Mailbox("a", "b.example")), List.of(recipient))
            .withPurpose(Envelope.Purpose.TRACED_DELIVERY);
    transport()
        .deliver(
            new DeliveryRequest(
                "4bXyZk1",
                Instant.EPOCH,
                envelope,
                List.of(recipient),
                new NextHop("local", "host.example"),
                MemoryContent.of(MESSAGE)),
            (_, status) ->
                assertThat(((DeliveryStatus.Sent) status).completion())
                    .isEqualTo(DeliveryStatus.Completion.EXPANDED));

    Envelope sentOn = forwarded.getFirst().envelope();
    assertThat(sentOn.purpose()).isEqualTo(Envelope.Purpose.DELIVERY);
    assertThat(sentOn.recipients().getFirst().dsn().events())
        .containsExactly(DsnRequest.Event.NEVER);
  }

  private static void assertSent(DeliveryStatus status, String text) {
    assertThat(status).isInstanceOf(DeliveryStatus.Sent.class);
    assertThat(status.text()).startsWith(text);
    assertThat(status.code().toString()).isEqualTo("2.0.0");
  }

  private static void assertDeferred(DeliveryStatus status, String part) {
    assertThat(status).as(status.text()).isInstanceOf(DeliveryStatus.Deferred.class);
    assertThat(status.text()).contains(part);
  }

  private static void assertBounced(DeliveryStatus status, String code, String text) {
    assertThat(status).as(status.text()).isInstanceOf(DeliveryStatus.Bounced.class);
    assertThat(status.code().toString()).isEqualTo(code);
    assertThat(status.text()).isEqualTo(text);
  }

  private List<String> targets() {
    return forwarded.getFirst().envelope().recipients().stream()
        .map(one -> one.mailbox().internal())
        .toList();
  }

  @Test
  void anAliasToAnAddressIsForwardedAsANewMessage() throws Exception {
    aliases("root: me@provider.example\npostmaster: Root\n");

    assertThat(deliver("POSTMASTER").text()).isEqualTo("forwarded as 1E240391B865");

    assertThat(targets()).containsExactly("me@provider.example");
    assertThat(forwarded.getFirst().envelope().sender().internal()).isEqualTo("a@b.example");
    assertThat(forwarded.getFirst().envelope().recipients().getFirst().original().internal())
        .isEqualTo("POSTMASTER@host.example");
    assertThat(contents.getFirst()).isEqualTo("Delivered-To: postmaster@host.example\n" + MESSAGE);
  }

  @Test
  void duplicateTargetsGetOneCopyAndOwnerHearsOfFailures() throws Exception {
    aliases("list: x@y.example, X@Y.example, x@y.example, ann\nowner-list: boss\n");

    assertSent(deliver("list"), "forwarded as ");

    assertThat(targets()).containsExactly("x@y.example", "ann@host.example");
    assertThat(forwarded.getFirst().envelope().sender().internal())
        .isEqualTo("owner-list@host.example");
  }

  @Test
  void anExtensionIsTriedFirstAndThenIgnored() throws Exception {
    aliases("a+x: one@y.example\na: two@y.example\n");

    assertSent(deliver("a+x"), "forwarded as ");
    assertSent(deliver("a+other"), "forwarded as ");

    assertThat(forwarded)
        .extracting(one -> one.envelope().recipients().getFirst().mailbox())
        .extracting(Mailbox::internal)
        .containsExactly("one@y.example", "two@y.example");
  }

  @Test
  void aLoopOfAliasesIsRefused() throws Exception {
    aliases("nobodyx: nobodyy\nnobodyy: nobodyx\n");

    DeliveryStatus status = deliver("nobodyx");
    assertThat(status.code().toString()).isEqualTo("5.4.6");
    assertThat(status.text()).startsWith("alias database loop for nobody");
  }

  @Test
  void aVeryLongChainOfAliasesIsRefused() throws Exception {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append("n").append(i).append("x: n").append(i + 1).append("x\n");
    }
    aliases(text.toString());

    DeliveryStatus status = deliver("n0x");
    assertThat(status.code().toString()).isEqualTo("5.4.6");
    assertThat(status.text()).startsWith("alias database loop for n");
  }

  @Test
  void anUnknownUserIsBounced() throws Exception {
    assertBounced(deliver("no-such-user-here"), "5.1.1", "unknown user: \"no-such-user-here\"");
    assertBounced(deliver("0"), "5.1.1", "unknown user: \"0\"");
    assertBounced(deliver("-h"), "5.1.1", "unknown user: \"-h\"");
  }

  @Test
  void aMessageThatWasHereBeforeIsALoop() throws Exception {
    aliases("a: x@y.example\n");

    assertBounced(
        deliver("a", "Subject: s\ndelivered-to: A@host.example\n\nbody\n"),
        "5.4.6",
        "mail forwarding loop for a@host.example");
    assertSent(deliver("a", "Subject: s\n\nDelivered-To: a@host.example\n"), "forwarded");
  }

  @Test
  void aMissingAliasDatabaseAndAFullSpoolWait() throws Exception {
    settings.put("alias_maps", "hash:" + directory + "/nosuch");
    assertDeferred(deliver("a"), "alias database unavailable");

    aliases("a: x@y.example\n");
    intakeRefuses = true;
    assertDeferred(deliver("a"), "cannot forward: 452 4.3.1 no space");
  }

  @Test
  void aMailboxIsWrittenAsPostfixWritesIt() throws Exception {
    realUser();

    assertSent(deliver(USER.toUpperCase(Locale.ROOT)), "delivered to mailbox");
    assertSent(deliver(USER), "delivered to mailbox");

    Path mailbox = spool.resolve(USER);
    String time =
        java.time.format.DateTimeFormatter.ofPattern(
                "EEE MMM ppd HH:mm:ss yyyy", java.util.Locale.US)
            .format(Instant.parse("2026-11-05T10:00:00Z").atZone(java.time.ZoneId.systemDefault()));
    String one =
        """
        From a@b.example  %s
        Return-Path: <a@b.example>
        X-Original-To: %s@host.example
        Delivered-To: %s@host.example
        From: a@b.example
        Subject: s

        >From here
        Frog
        body

        """;
    assertThat(Files.readString(mailbox))
        .isEqualTo(
            one.formatted(time, USER.toUpperCase(Locale.ROOT), USER.toUpperCase(Locale.ROOT))
                + one.formatted(time, USER, USER));
    assertThat(Files.getOwner(mailbox).getName()).isEqualTo(USER);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mailbox)))
        .isEqualTo("rw-------");
    assertThat(spool.resolve(USER + ".lock")).doesNotExist();
  }

  @Test
  void aMaildirGetsAFileOfItsOwn() throws Exception {
    realUser();
    settings.put("home_mailbox", "Maildir/");

    assertSent(deliver(USER), "delivered to maildir");

    Path maildir = directory.resolve("home/Maildir");
    try (var files = Files.list(maildir.resolve("new"))) {
      Path file = files.toList().getFirst();
      assertThat(file.getFileName().toString())
          .matches("\\d+\\.V[0-9a-f]+I[0-9a-f]+M\\d+\\.host\\.example");
      assertThat(Files.readString(file))
          .startsWith("Return-Path: <a@b.example>\nX-Original-To: " + USER)
          .endsWith("\n\nFrom here\nFrog\nbody\n");
      assertThat(Files.getOwner(file).getName()).isEqualTo(USER);
    }
    try (var files = Files.list(maildir.resolve("tmp"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void whatTheRecipientWasAtFirstMayBeLeftOut() throws Exception {
    realUser();
    settings.put("enable_original_recipient", "no");

    assertSent(deliver(USER), "delivered to mailbox");

    assertThat(Files.readString(spool.resolve(USER)))
        .contains("Return-Path: <a@b.example>\nDelivered-To: " + USER);
  }

  @Test
  void aLinkADirectoryAndAForeignFileAreNeverWrittenTo() throws Exception {
    realUser();
    Path mailbox = spool.resolve(USER);
    Path victim = Files.writeString(directory.resolve("victim"), "untouched");

    Files.createSymbolicLink(mailbox, victim);
    assertDeferred(deliver(USER), "is not a regular file");
    Files.delete(mailbox);

    Files.createDirectory(mailbox);
    assertDeferred(deliver(USER), "is not a regular file");
    Files.delete(mailbox);

    Files.writeString(mailbox, "root's");
    assertDeferred(deliver(USER), "is not owned by recipient");
    assertThat(Files.readString(victim)).isEqualTo("untouched");
    assertThat(Files.readString(mailbox, StandardCharsets.UTF_8)).isEqualTo("root's");
    assertThat(Files.exists(spool.resolve(USER + ".lock"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void aMailboxOverItsLimitIsLeftAsItWas() throws Exception {
    realUser();
    settings.put("mailbox_size_limit", "300");
    assertSent(deliver(USER), "delivered to mailbox");
    long before = Files.size(spool.resolve(USER));

    assertBounced(
        deliver(USER),
        "5.2.2",
        "cannot update mailbox %s for user %s. error writing message: File too large"
            .formatted(spool.resolve(USER), USER));

    assertThat(Files.size(spool.resolve(USER))).isEqualTo(before);
  }

  @Test
  void aMessageThatCannotBeReadLeavesNoPartInTheMailbox() throws Exception {
    realUser();
    assertSent(deliver(USER), "delivered to mailbox");
    long before = Files.size(spool.resolve(USER));
    Recipient recipient = Recipient.of(new Mailbox(USER, "host.example"));
    List<DeliveryStatus> statuses = new ArrayList<>();
    int[] opened = {0};
    MessageContent broken =
        new MessageContent() {
          @Override
          public long size() {
            return 100;
          }

          @Override
          public InputStream open() throws IOException {
            if (opened[0]++ == 0) {
              return InputStream.nullInputStream();
            }
            return new java.io.SequenceInputStream(
                new ByteArrayInputStream(new byte[200_000]),
                new InputStream() {
                  @Override
                  public int read() throws IOException {
                    throw new IOException("disk error");
                  }
                });
          }
        };

    transport()
        .deliver(
            new DeliveryRequest(
                "Q",
                Instant.EPOCH,
                Envelope.of(new ReversePath.Null(), List.of(recipient)),
                List.of(recipient),
                new NextHop("local", ""),
                broken),
            (_, status) -> statuses.add(status));

    assertDeferred(statuses.getFirst(), "disk error");
    assertThat(Files.size(spool.resolve(USER))).isEqualTo(before);
  }

  @Test
  void aLockedMailboxWaits() throws Exception {
    realUser();
    Files.createFile(spool.resolve(USER + ".lock"));
    Files.setLastModifiedTime(
        spool.resolve(USER + ".lock"),
        java.nio.file.attribute.FileTime.from(Instant.parse("2026-11-05T09:59:59Z")));
    assertDeferred(deliver(USER), "unable to create lock file");

    Files.setLastModifiedTime(
        spool.resolve(USER + ".lock"),
        java.nio.file.attribute.FileTime.from(Instant.parse("2026-11-05T09:00:00Z")));
    assertSent(deliver(USER), "delivered to mailbox");
  }

  @Test
  void aForwardFileSendsOnUnlessItDoesNotCount() throws Exception {
    realUser();
    Path forward = directory.resolve("home/.forward");
    Files.writeString(forward, "");
    assertSent(deliver(USER), "delivered to mailbox");

    Files.writeString(forward, "x@y.example\n");
    assertSent(deliver(USER), "forwarded as ");

    Files.setPosixFilePermissions(forward, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertSent(deliver(USER), "delivered to mailbox");
  }

  @Test
  void anAliasThatNamesItselfReachesTheMailboxAndTheOthers() throws Exception {
    realUser();
    aliases(USER + ": " + USER + ", x@y.example\n");

    assertSent(deliver(USER), "alias expanded");

    assertThat(parts)
        .containsExactly(
            USER + "@host.example delivered to mailbox",
            USER + "@host.example forwarded as 1E240391B865");
    assertThat(targets()).containsExactly("x@y.example");
    assertThat(Files.size(spool.resolve(USER))).isPositive();
  }

  @Test
  void tenThousandMembersAreOneMessage() throws Exception {
    StringBuilder text = new StringBuilder("all: ");
    for (int i = 0; i < 10_000; i++) {
      text.append("member").append(i % 9_000).append("@y.example,\n ");
    }
    aliases(text.append("last@y.example\n").toString());
    settings.put("duplicate_filter_limit", "100000");

    assertSent(deliver("all"), "forwarded as ");

    assertThat(forwarded).hasSize(1);
    assertThat(targets()).hasSize(9_001).doesNotHaveDuplicates();
  }

  @Test
  void whatWasDoneIsNotDoneAgainWhenAnotherHasToWait() throws Exception {
    Path out = Files.createDirectory(directory.resolve("out"));
    Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
    realUser();
    aliases(
        "some: \"|echo x >> "
            + out
            + "/ran\", \"|test -e "
            + out
            + "/go || exit 75\", x@y.example\n");
    LocalTransport transport = transport();
    Mailbox mailbox = new Mailbox("some", "host.example");
    Envelope envelope = Envelope.of(ReversePath.of(mailbox), List.of(Recipient.of(mailbox)));

    assertDeferred(transported(transport, envelope), "temporary failure");
    assertThat(forwarded).isEmpty();
    Files.createFile(out.resolve("go"));
    assertSent(transported(transport, envelope), "alias expanded");

    assertThat(Files.readString(out.resolve("ran"))).isEqualTo("x\n");
    assertThat(targets()).containsExactly("x@y.example");
    assertSent(transported(transport, envelope), "alias expanded");
    assertThat(Files.readString(out.resolve("ran"))).isEqualTo("x\nx\n");
  }

  @Test
  void aCommandOfRootsRunsAsNobodyAndAUsersAsTheUser() throws Exception {
    realUser();
    Path out = Files.createDirectory(directory.resolve("out"));
    Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rwxrwxrwx"));
    aliases("who: \"|id -un > " + out + "/alias\"\n");
    Files.writeString(directory.resolve("home/.forward"), "\"|id -un > " + out + "/forward\"\n");

    assertSent(deliver("who"), "delivered to command: id -un > ");
    assertSent(deliver(USER), "delivered to command: id -un > ");

    assertThat(Files.readString(out.resolve("alias"))).isEqualTo("nobody\n");
    assertThat(Files.readString(out.resolve("forward"))).isEqualTo(USER + "\n");

    Files.delete(out.resolve("alias"));
    Files.setAttribute(
        directory.resolve("aliases"),
        "unix:uid",
        Files.getAttribute(out.resolve("forward"), "unix:uid"));
    assertSent(deliver("who"), "delivered to command: id -un > ");
    assertThat(Files.readString(out.resolve("alias"))).isEqualTo(USER + "\n");
  }

  @Test
  void defaultRightsThatWouldBeRootsAreRefused() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs an alias file of root's");
    aliases("who: \"|/bin/true\"\n");
    settings.put("default_privs", "root");

    assertDeferred(deliver("who"), "default_privs = root is a privileged user or group");
    settings.put("default_privs", "no-such-user-here");
    assertDeferred(deliver("who"), "default_privs = no-such-user-here names no user");
  }

  @Test
  void anFcntlLockOfAnotherProgramIsRespected() throws Exception {
    realUser();
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs python3 to hold a lock");
    Path mailbox = spool.resolve(USER);
    assertSent(deliver(USER), "delivered to mailbox");
    Process holder =
        new ProcessBuilder(
                "/usr/bin/python3",
                "-c",
                "import fcntl,sys;f=open(sys.argv[1],'r+');fcntl.lockf(f,fcntl.LOCK_EX);"
                    + "print('held',flush=True);sys.stdin.read()",
                mailbox.toString())
            .start();
    try {
      assertThat(holder.getInputStream().readNBytes(4))
          .isEqualTo("held".getBytes(StandardCharsets.US_ASCII));

      assertDeferred(deliver(USER), "unable to lock for exclusive access");
    } finally {
      holder.destroy();
      holder.waitFor();
    }
    try (FileChannel channel = FileChannel.open(mailbox, StandardOpenOption.READ)) {
      assertThat(channel.size()).isPositive();
    }
  }
}
