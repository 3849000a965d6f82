package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that Debian's postmap wrote, read by ours. */
final class PeerFileTest {
  @TempDir Path directory;
  private final MailLog log = (severity, process, text) -> {};

  @BeforeEach
  void debiansPostmapIsHere() throws IOException {
    for (String needed :
        List.of(
            "/usr/sbin/postmap",
            "/usr/lib/postfix/postfix-lmdb.so",
            "/usr/lib/postfix/postfix-cdb.so")) {
      assumeTrue(
          Files.exists(Path.of(needed)),
          "Debian's postfix, postfix-lmdb and postfix-cdb are not installed");
    }
    old(Files.writeString(directory.resolve("main.cf"), "compatibility_level = 3.6\n"));
  }

  /** Debian's waits until a file that it reads was not changed for some seconds. */
  private static Path old(Path file) throws IOException {
    return Files.setLastModifiedTime(
        file, FileTime.fromMillis(System.currentTimeMillis() - 10_000));
  }

  private void postmap(String... arguments) throws Exception {
    postmapReading("", arguments);
  }

  private void postmapReading(String text, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("/usr/sbin/postmap", "-c", "" + directory));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Files.writeString(directory.resolve("in"), text).toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("out").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(directory.resolve("out"))).isZero();
  }

  private Path source(Map<String, String> entries) throws IOException {
    StringBuilder text = new StringBuilder();
    entries.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
    Path source = Files.writeString(directory.resolve("map"), text.toString());
    return old(source);
  }

  private Tables tables() {
    return new Tables(Config.of(directory, Map.of()), log);
  }

  private static Map<String, String> many() {
    Map<String, String> entries = new HashMap<>();
    for (int i = 0; i < 3_000; i++) {
      entries.put("user" + i + "@example.com", "value " + i);
    }
    entries.put("é@example.com", "ünder");
    // Longer than a page of LMDB, and one of many pages.
    entries.put("long", "x".repeat(5_000));
    entries.put("longer", "y".repeat(60_000));
    return entries;
  }

  @ParameterizedTest
  @ValueSource(strings = {"lmdb", "cdb"})
  void everyEntryIsFoundAndListed(String type) throws Exception {
    Map<String, String> entries = many();
    Path source = source(entries);
    postmap(type + ":" + source);
    Files.delete(source);

    LookupTable table = tables().open(type + ":" + source);

    entries.forEach(
        (key, value) -> assertThat(table.lookup(key)).isEqualTo(new Lookup.Found(value)));
    for (String none : List.of("user", "user3000@example.com", "", "a", "zzz", "longe", "long2")) {
      assertThat(table.lookup(none)).as(none).isEqualTo(new Lookup.NotFound());
    }
    assertThat(tables().entries(type + ":" + source, Kind.MAP, true)).isEqualTo(entries);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lmdb", "cdb"})
  void anEmptyTableHasNothing(String type) throws Exception {
    Path source = source(Map.of());
    postmap(type + ":" + source);
    Files.delete(source);

    assertThat(tables().open(type + ":" + source).lookup("a")).isEqualTo(new Lookup.NotFound());
    assertThat(tables().entries(type + ":" + source, Kind.MAP, true)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lmdb", "cdb"})
  void aSourceThatIsNewerWins(String type) throws Exception {
    Path source = source(Map.of("a", "compiled"));
    postmap(type + ":" + source);
    source(Map.of("a", "edited"));
    Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() - 60_000));
    assertThat(tables().open(type + ":" + source).lookup("a"))
        .isEqualTo(new Lookup.Found("compiled"));

    Files.setLastModifiedTime(source, FileTime.fromMillis(System.currentTimeMillis() + 60_000));
    assertThat(tables().open(type + ":" + source).lookup("a"))
        .isEqualTo(new Lookup.Found("edited"));
  }

  @Test
  void entriesAddedAndRemovedInPlaceAreSeen() throws Exception {
    Path source = source(many());
    postmap("lmdb:" + source);
    LookupTable table = tables().open("lmdb:" + source);
    assertThat(table.lookup("added")).isEqualTo(new Lookup.NotFound());
    StringBuilder gone = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      gone.append("user").append(i).append("@example.com\n");
    }
    postmapReading(gone.toString(), "-d", "-", "lmdb:" + source);
    postmapReading("added later\n", "-i", "lmdb:" + source);

    LookupTable again = tables().open("lmdb:" + source);

    assertThat(again.lookup("added")).isEqualTo(new Lookup.Found("later"));
    assertThat(again.lookup("user7@example.com")).isEqualTo(new Lookup.NotFound());
    assertThat(again.lookup("user2999@example.com")).isEqualTo(new Lookup.Found("value 2999"));
    assertThat(tables().entries("lmdb:" + source, Kind.MAP, true)).hasSize(3_003 - 40 + 1);
  }

  @Test
  void whileItIsRewrittenEveryAnswerIsOfOneVersion() throws Exception {
    Path file = directory.resolve("map.lmdb");
    writeVersion(0);
    postmap("lmdb:" + directory.resolve("map"));
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              for (int version = 1; version <= 6; version++) {
                try {
                  writeVersion(version);
                  postmap("lmdb:" + directory.resolve("map"));
                } catch (Exception e) {
                  failure.set(e);
                  return;
                }
              }
            });
    int copies = 0;
    while (writer.isAlive()) {
      PeerFile read = PeerFile.read(file);
      assertThat(read).isNotNull();
      Map<String, String> entries = new HashMap<>();
      read.forEach(entries::put);
      // A version has 2,000 entries; none at all is what postmap itself shows while it begins.
      assertThat(entries.size()).isIn(0, 2_000);
      assertThat(entries.values().stream().distinct().count()).isLessThan(2);
      copies++;
    }
    writer.join();
    assertThat(failure.get()).isNull();
    assertThat(copies).isPositive();
  }

  private void writeVersion(int version) throws IOException {
    Map<String, String> entries = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      entries.put("key" + i, "version" + version);
    }
    source(entries);
  }

  @ParameterizedTest
  @ValueSource(strings = {"lmdb", "cdb"})
  void aDamagedFileNeverEndsALookupOtherThanWithAnAnswer(String type) throws Exception {
    Path source = source(Map.of("alpha", "one", "beta", "x".repeat(5_000), "gamma", "three"));
    postmap(type + ":" + source);
    Files.delete(source);
    Path compiled = Path.of(source + "." + type);
    byte[] sound = Files.readAllBytes(compiled);
    java.util.Random random = new java.util.Random(7);
    int wrong = 0;
    for (int i = 0; i < 400; i++) {
      byte[] bytes = sound.clone();
      // Where numbers are: in front of LMDB's pages, and everywhere in so small a cdb file.
      int at = random.nextInt(bytes.length);
      bytes[at] = (byte) random.nextInt();
      Files.write(compiled, i % 10 == 0 ? java.util.Arrays.copyOf(bytes, at) : bytes);
      try {
        LookupTable table = tables().openNow(type + ":" + source, Kind.MAP, true);
        wrong += table.lookup("beta") instanceof Lookup.Unavailable ? 1 : 0;
        tables().entries(type + ":" + source, Kind.MAP, true);
      } catch (ConfigException e) {
        wrong++;
      }
    }
    assertThat(wrong).isPositive();
  }

  @Test
  void theHashIsTheOneOfThePublicDescription() {
    assertThat(CdbFile.hash("".getBytes(StandardCharsets.US_ASCII))).isEqualTo(5381);
    assertThat(CdbFile.hash("a".getBytes(StandardCharsets.US_ASCII))).isEqualTo((5381 * 33) ^ 'a');
    Assertions.assertThat(CdbFile.hash(new byte[] {(byte) 0xff})).isEqualTo((5381 * 33) ^ 0xff);
  }
}
