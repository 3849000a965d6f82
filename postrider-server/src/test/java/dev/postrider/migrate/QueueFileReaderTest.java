package dev.postrider.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.archive.BadExportException;
import dev.postrider.archive.ExportedMessage;
import dev.postrider.archive.Importer;
import dev.postrider.config.Config;
import dev.postrider.mail.address.Mailbox;
import dev.postrider.mail.envelope.BodyType;
import dev.postrider.mail.envelope.DsnRequest;
import dev.postrider.mail.envelope.Envelope;
import dev.postrider.spool.Mark;
import dev.postrider.spool.StoredMessage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of Postfix's queue, written here record by record. */
class QueueFileReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Mailbox NOBODY = new Mailbox("MAILER-DAEMON", "host.test");

  @TempDir private Path queue;

  /** Writes records; the sizes are put into the first one at the end. */
  private static final class Records {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int dataOffset;
    private int dataEnd;

    Records() {
      record('C', " ".repeat(95));
    }

    Records record(char type, String data) {
      return record(type, data.getBytes(StandardCharsets.UTF_8));
    }

    Records record(char type, byte[] data) {
      if (type == 'X') {
        dataEnd = out.size();
      }
      out.write(type);
      int rest = data.length;
      do {
        int part = rest & 0x7f;
        rest >>= 7;
        out.write(rest == 0 ? part : part | 0x80);
      } while (rest != 0);
      out.writeBytes(data);
      if (type == 'M') {
        dataOffset = out.size();
      }
      return this;
    }

    int place() {
      return out.size();
    }

    byte[] bytes() {
      byte[] all = out.toByteArray();
      byte[] sizes =
          "%15d %15d %15d %15d %15d %15d"
              .formatted(dataEnd - dataOffset, dataOffset, 1, 0, 1, 1)
              .getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(sizes, 0, all, 2, sizes.length);
      return all;
    }
  }

  private QueueFile put(QueueFile.Queue kind, byte[] bytes) throws IOException {
    Path file = queue.resolve(kind.directory()).resolve("3FA2B1C0D");
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new QueueFile(kind, file);
  }

  private QueueMail mail() {
    return new QueueMail(
        new QueueDirectory(queue), Importer.Caller.same(), Config.of(queue, Map.of()));
  }

  private static Records whole() {
    return new Records()
        .record('T', "1700000000 250000")
        .record('A', "create_time=1700000001")
        .record('A', "rewrite_context=local")
        .record('A', "encoding=8bit")
        .record('A', "log_client_address=192.0.2.9")
        .record('A', "log_client_name=client.test")
        .record('S', "sender@here.test")
        .record('A', "envelope_id=q+id")
        .record('A', "ret_flags=2")
        .record('W', "             -1")
        .record('A', "dsn_orig_rcpt=rfc822;one@there.test")
        .record('A', "notify_flags=6")
        .record('O', "first@there.test")
        .record('R', "one@there.test")
        .record('D', "two@there.test")
        .record('R', "odd one@there.test")
        .record('/', "gone@there.test")
        .record('M', "")
        .record('N', "Subject: x")
        .record('N', "")
        .record('L', "a long ")
        .record('N', "line")
        .record('N', new byte[] {(byte) 0xe4, 0, 'x'})
        .record('X', "")
        .record('R', "later@there.test")
        .record('E', "");
  }

  @Test
  void everythingOfAMessageIsRead() throws IOException {
    QueueMail mail = mail();
    QueuedMessage message = mail.read(put(QueueFile.Queue.DEFERRED, whole().bytes()));

    Envelope envelope = message.envelope(NOBODY);
    assertThat(envelope.sender().external()).isEqualTo("sender@here.test");
    assertThat(envelope.recipients().stream().map(each -> each.mailbox().external()))
        .containsExactly(
            "one@there.test", "two@there.test", "\"odd one\"@there.test", "later@there.test");
    assertThat(envelope.recipients().getFirst().original().external())
        .isEqualTo("first@there.test");
    assertThat(envelope.recipients().getFirst().dsn())
        .isEqualTo(
            new DsnRequest(
                Set.of(DsnRequest.Event.SUCCESS, DsnRequest.Event.FAILURE),
                "rfc822;one@there.test"));
    assertThat(envelope.recipients().get(2).dsn()).isEqualTo(DsnRequest.DEFAULT);
    assertThat(envelope.bodyType()).isEqualTo(BodyType.EIGHT_BIT_MIME);
    assertThat(envelope.smtpUtf8()).isTrue();
    assertThat(envelope.envelopeId()).isEqualTo("q+id");
    assertThat(envelope.returnContent()).isEqualTo(Envelope.ReturnContent.HEADERS);
    assertThat(envelope.client().name()).isEqualTo("client.test");
    assertThat(message.arrival()).isEqualTo(Instant.parse("2023-11-14T22:13:20.25Z"));
    assertThat(message.waiting()).isEqualTo(3);
    assertThat(message.key()).isEqualTo("3FA2B1C0D-1700000000250000");
    try (InputStream content = mail.content(message)) {
      assertThat(content.readAllBytes())
          .isEqualTo(
              "Subject: x\n\na long line\n\u00e4\0x\n".getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  void reasonsMarksAndHoldsGoAlong() throws IOException {
    Path log = queue.resolve("defer").resolve("3");
    Files.createDirectories(log);
    Files.writeString(
        log.resolve("3FA2B1C0D"),
        """
        <one@there.test>: old form
        recipient=one@there.test
        dsn_recipient=x
        status=4.4.1
        reason=connect to there.test: Connection refused

        """);
    QueuedMessage message = mail().read(put(QueueFile.Queue.HOLD, whole().bytes()));

    ExportedMessage exported =
        message.exported(
            NOBODY,
            RecipientLog.read(new QueueDirectory(queue).recipientLog("defer", "3FA2B1C0D")),
            NOW);

    assertThat(exported.carried().held()).isTrue();
    assertThat(exported.carried().marks()).containsExactly(Mark.WARNED);
    assertThat(exported.carried().pending())
        .containsExactly(
            new StoredMessage.Pending(0, "connect to there.test: Connection refused"),
            new StoredMessage.Pending(2, ""),
            new StoredMessage.Pending(3, ""));
  }

  @Test
  void whomPostfixGaveUpOnWithoutTellingWaitsAgain() throws IOException {
    Files.createDirectories(queue.resolve("bounce"));
    Files.writeString(
        queue.resolve("bounce/3FA2B1C0D"), "recipient=two@there.test\nreason=no such user\n\n");

    assertThat(mail().read(put(QueueFile.Queue.DEFERRED, whole().bytes())).waitingAddresses())
        .containsExactly(
            "one@there.test", "two@there.test", "odd one@there.test", "later@there.test");
  }

  @Test
  void pointersAreFollowedAndBack() throws IOException {
    Records records =
        new Records().record('T', "1700000000 0").record('S', "a@x.test").record('R', "b@x.test");
    int pointer = records.place();
    records.record('p', " ".repeat(15));
    int back = records.place();
    records.record('M', "").record('N', "body").record('X', "").record('E', "");
    int added = records.place();
    records.record('R', "c@x.test").record('p', "%15d".formatted(back));
    byte[] bytes = records.bytes();
    System.arraycopy(
        "%15d".formatted(added).getBytes(StandardCharsets.US_ASCII), 0, bytes, pointer + 2, 15);

    QueuedMessage message = mail().read(put(QueueFile.Queue.ACTIVE, bytes));

    assertThat(message.waitingAddresses()).containsExactly("b@x.test", "c@x.test");
  }

  @Test
  void aCircleOfPointersEnds() throws IOException {
    Records records = new Records().record('T', "1 0");
    records.record('p', "%15d".formatted(records.place()));
    QueueFile file = put(QueueFile.Queue.ACTIVE, records.bytes());

    assertThatThrownBy(() -> mail().read(file))
        .isInstanceOf(BadExportException.class)
        .hasMessageContaining("circle");
  }

  @Test
  void aRedirectTakesAllToOnePlaceAndVerpEachFromItsOwn() throws IOException {
    Records redirect =
        new Records()
            .record('T', "1700000000 0")
            .record('S', "a@x.test")
            .record('R', "b@x.test")
            .record('R', "c@x.test")
            .record('>', "d@y.test")
            .record('M', "")
            .record('N', "body")
            .record('X', "")
            .record('E', "");
    assertThat(mail().read(put(QueueFile.Queue.HOLD, redirect.bytes())).waitingAddresses())
        .containsExactly("d@y.test");

    Records verp =
        new Records()
            .record('T', "1700000000 0")
            .record('S', "list@x.test")
            .record('V', "+=")
            .record('R', "b@x.test")
            .record('R', "c@y.test")
            .record('M', "")
            .record('N', "body")
            .record('X', "")
            .record('E', "");
    assertThat(
            mail().read(put(QueueFile.Queue.HOLD, verp.bytes())).parts().stream()
                .map(QueuedMessage::sender))
        .containsExactly("list+b=x.test@x.test", "list+c=y.test@x.test");
  }

  @Test
  void whatIsNoWholeMessageIsNamedAndNeverMore() throws IOException {
    byte[] good = whole().bytes();
    Random random = new Random(1);
    for (int i = 0; i < 3_000; i++) {
      byte[] bad =
          i % 2 == 0 ? java.util.Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
      for (int hits = i % 2 == 0 ? 0 : 1 + random.nextInt(4); hits > 0 && bad.length > 0; hits--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      QueueFile file = put(QueueFile.Queue.DEFERRED, bad);
      QueueMail mail = mail();
      try {
        QueuedMessage message = mail.read(file);
        message.exported(NOBODY, RecipientLog.EMPTY, NOW);
        try (InputStream content = mail.content(message)) {
          content.readAllBytes();
        }
        // Not every octet shows whether it was changed; but a cut file always does.
        assertThat(bad.length).isEqualTo(good.length);
      } catch (BadExportException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void whatWasNotHandedOverCompletelyIsSaid() throws IOException {
    QueueFile file = put(QueueFile.Queue.MAILDROP, whole().bytes());
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> mail().read(file))
        .isInstanceOf(BadExportException.class)
        .hasMessageContaining("was not handed over completely");
  }

  @Test
  void hashedDirectoriesAreSearchedAndLinksAreNotFollowed() throws IOException {
    Path deep = Files.createDirectories(queue.resolve("deferred/3/F"));
    Files.write(deep.resolve("3FA2B1C0E"), whole().bytes());
    Path elsewhere = Files.write(queue.resolve("elsewhere"), whole().bytes());
    Files.createSymbolicLink(queue.resolve("deferred/LINK"), elsewhere);

    assertThat(new QueueDirectory(queue).files().stream().map(QueueFile::id))
        .containsExactly("3FA2B1C0E", "LINK");
    assertThatThrownBy(() ->
            mail().read(new QueueFile(QueueFile.Queue.DEFERRED, queue.resolve("deferred/LINK"))))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aLogWithPlacesIsReadByPlace() throws IOException {
    RecipientLog log =
        RecipientLog.parse(
            new BufferedReader(
                new StringReader(
                    "recipient=a@x.test\noffset=700\nreason=one\n\nrecipient=a@x.test\noffset=800\nreason=t\u0007wo\n")));

    assertThat(log.reason(new QueuedRecipient("a@x.test", "", DsnRequest.DEFAULT, false, 800)))
        .isEqualTo("t?wo");
    assertThat(log.reason(new QueuedRecipient("a@x.test", "", DsnRequest.DEFAULT, false, 1)))
        .isNull();
  }
}
