package dev.postrider.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.spool.RamSpool;
import dev.postrider.spool.StoredMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON and files that somebody made up, or that broke on the way. */
class HostileImportTest {
  private static final String GOOD =
      """
      {
        "format" : "postrider message 1",
        "id" : "A1",
        "arrival" : "2026-11-20T12:00:00.123456Z",
        "sender" : "a@x.example",
        "recipients" : [
          { "address" : "b@y.example", "done" : false }
        ]
      }
      """;

  @TempDir Path directory;
  private final RamSpool spool = new RamSpool(InstantSource.system());

  private Importer importer(boolean allowed) {
    return new Importer(
        new Importer.Target(spool, _ -> {}, (_, _, _) -> {}, 42, false),
        Importer.Caller.same(),
        new Importer.Allowed(allowed, allowed));
  }

  private ImportFile file(String json) throws IOException {
    Files.writeString(directory.resolve("A1.json"), json);
    Files.writeString(directory.resolve("A1.eml"), "Subject: x\n\ny\n");
    return ImportFile.of(directory.resolve("A1.json"));
  }

  private void refused(String json, String... reasons) throws IOException {
    ImportFile file = file(json);
    assertThatThrownBy(() -> importer(false).run(file))
        .isInstanceOf(BadExportException.class)
        .hasMessageContainingAll(reasons);
    assertThat(spool.messages()).isEmpty();
    assertThat(directory.resolve("A1.json")).exists();
  }

  @Test
  void theSmallestFileThatAPersonWritesIsTaken() throws IOException {
    importer(false).run(file(GOOD));

    StoredMessage message = spool.messages().findFirst().orElseThrow();
    assertThat(message.envelope().sender().external()).isEqualTo("a@x.example");
    assertThat(message.pending()).hasSize(1);
    assertThat(message.nextAttempt()).isEqualTo(message.arrival());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "message 1 | message 2 | line 2 | \"format\"",
        "2026-11-20T12:00:00.123456Z | 2026-13-20 | line 4 | \"arrival\"",
        "2026-11-20T12:00:00.123456Z | +1000000000-12-31T23:59:59Z | line 4 | \"arrival\"",
        "a@x.example | a@x.example\\r\\nRCPT TO:<c@z.example> | line 5 | \"sender\"",
        "a@x.example | a@x.example> SIZE=1 | line 5 | no address",
        "a@x.example | a\\ud800@x.example | line 5 | \"sender\"",
        "a@x.example | a\\u0000@x.example | line 5 | \"sender\"",
        "b@y.example | b c@y.example | line 7 | no address",
        "b@y.example | \\\"b@y.example | line 7 | no address",
        "\"done\" : false | \"done\" : 0 | line 7 | neither true nor false",
        "\"done\" : false | \"dne\" : false | line 7 | not known",
        "\"id\" : \"A1\" | \"attempts\" : 99999999999999999999999 | line 3 | Number",
        "\"id\" : \"A1\" | \"attempts\" : 99999999999999999999 | line 3 | \"attempts\"",
        "\"id\" : \"A1\" | \"attempts\" : -1 | line 3 | \"attempts\"",
        "\"id\" : \"A1\" | \"attempts\" : 1e9 | line 3 | whole number",
        "\"id\" : \"A1\" | \"held\" : \"true\" | line 3 | neither true nor false",
        "\"id\" : \"A1\" | \"size\" : 14 | \"sha256\" | missing",
        "\"id\" : \"A1\" | \"body\" : \"9bit\" | line 3 | 8bitmime",
        "\"id\" : \"A1\" | \"client\" : \"x\" | line 3 | no object",
        "\"id\" : \"A1\" | \"client\" : { \"nme\" : \"x\" } | line 3 | not known",
        "\"id\" : \"A1\" | \"client\" : { \"port\" : 65536 } | line 3 | \"port\"",
        "\"id\" : \"A1\" | \"client\" : { \"helo\" : \"a\\u001bb\" } | line 3 | control",
        "\"id\" : \"A1\" | \"client\" : { \"name\" : [ \"x\" ] } | line 3 | no text",
        "\"id\" : \"A1\" | \"marks\" : [ 1 ] | line 3 | \"marks\"",
        "\"id\" : \"A1\" | \"id\" : null | line 3 | no text",
        "\"id\" : \"A1\" | \"recipients\" : {} | line 3 | no list",
        "\"id\" : \"A1\" | \"arrival\" : \"2026-11-20T12:00:00Z\" | line 4 | Duplicate",
        "\"id\" : \"A1\" | \"x\" : [[[[[[[[[[[[[]]]]]]]]]]]]] | line 3 | not known",
        "\"recipients\" | \"incomplete\" : [\"a\"], \"recipients\" | is incomplete: a | --incomplete",
        "\"recipients\" | \"perhaps_delivered\" : \"who knows\", \"recipients\" | who knows | --perhaps-delivered",
        "\"done\" : false | \"notify\" : [\"never\", \"delay\"] | line 7 | stands alone",
      })
  void aBadValueIsNamedWithItsPlace(String old, String bad, String where, String what)
      throws IOException {
    assertThat(GOOD).contains(old);
    refused(GOOD.replace(old, bad), where, what);
  }

  @Test
  void whatIsNoJsonIsRefused() throws IOException {
    refused("", "no object");
    refused("[]", "line 1", "no object");
    refused(GOOD.substring(0, GOOD.length() / 2), "no JSON that can be read");
    refused(GOOD + GOOD, "something follows");
    refused("[".repeat(100_000), "no object");
    refused("{\"recipients\":" + "[".repeat(100_000), "objects");
    refused("{\"id\":\"" + "x".repeat(1_000_000) + "\"}", "no JSON that can be read");
    refused("{\"" + "x".repeat(1_000_000) + "\":1}", "no JSON that can be read");
    refused(GOOD.replaceFirst("\\{ \"address.*", ""), "recipients");
  }

  @Test
  void tooManyRecipientsAreRefused() throws IOException {
    String one = "{ \"address\" : \"b@y.example\", \"done\" : false }";
    refused(GOOD.replace(one, (one + ",").repeat(200_000) + one), "more than 200000");
  }

  @Test
  void aFileWithoutItsContentIsRefused() throws IOException {
    ImportFile file = file(GOOD);
    Files.delete(directory.resolve("A1.eml"));

    assertThatThrownBy(() -> importer(false).run(file)).hasMessageContaining("A1.eml is missing");
  }

  @Test
  void noOtherFileIsMailedThroughALink() throws IOException {
    Path secret = Files.writeString(directory.resolve("secret"), "x");
    ImportFile file = file(GOOD);
    Files.delete(directory.resolve("A1.eml"));
    Files.createSymbolicLink(directory.resolve("A1.eml"), secret);

    assertThatThrownBy(() -> importer(false).run(file)).hasMessageContaining("no regular file");
  }

  @Test
  void aContentThatChangedOnTheWayIsRefused() throws IOException {
    String mark = "\"size\" : 14, \"sha256\" : \"" + "0".repeat(64) + "\", \"id\"";
    refused(GOOD.replace("\"id\"", mark), "not what was exported", "14");
  }

  @Test
  void whatIsMarkedIsTakenIfAPersonAllowsIt() throws IOException {
    importer(true)
        .run(
            file(
                GOOD.replace(
                    "\"recipients\"",
                    "\"incomplete\" : [\"a\"], \"perhaps_delivered\" : \"b\", \"recipients\"")));

    assertThat(spool.messages()).hasSize(1);
  }

  /** Whatever bytes stand there: an answer with a reason, or a message. */
  @Test
  void mangledFilesAreReadOrRefused() {
    byte[] sound = GOOD.getBytes(StandardCharsets.UTF_8);
    for (long seed = 1; seed <= 50_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = sound.clone();
      for (int i = random.nextInt(5); i >= 0; i--) {
        int at = random.nextInt(bytes.length);
        if (random.nextInt(4) == 0) {
          int from = random.nextInt(bytes.length);
          int length = Math.min(random.nextInt(40), bytes.length - Math.max(at, from));
          System.arraycopy(bytes, from, bytes, at, length);
        } else {
          bytes[at] = (byte) random.nextInt(256);
        }
      }
      try {
        assertThat(EnvelopeReader.read(new ByteArrayInputStream(bytes)).id()).isNotNull();
      } catch (BadExportException e) {
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
