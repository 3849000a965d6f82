package dev.postrider.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChangeSetTest {
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  @TempDir private Path directory;
  private ChangeSet changes;

  @BeforeEach
  void configuration() throws IOException {
    changes = new ChangeSet(directory);
    write("main.cf", "# mine\ncompatibility_level = 3.6\nrelayhost =\n  [old.example]\n");
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(directory.resolve(name), text);
  }

  private String read(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }

  private void all() throws IOException {
    changes.settings(Map.of("relayhost", "[smtp.example]:465"));
    changes.tableLine(directory.resolve("generic"), "@host", "@host me@example.com");
    changes.secret(directory.resolve("key"), "geheim".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void nothingIsWrittenUntilItIsMade() throws IOException {
    all();
    assertThat(read("main.cf")).contains("[old.example]");
    assertThat(directory.resolve("generic")).doesNotExist();
    assertThat(changes.isEmpty()).isFalse();
  }

  @Test
  void whatIsShownIsWhatChangesAndNoSecret() throws IOException {
    all();
    assertThat(changes.described())
        .containsExactly(
            "change " + directory.resolve("main.cf"),
            "  - relayhost =",
            "  -   [old.example]",
            "  + relayhost = [smtp.example]:465",
            "new    " + directory.resolve("generic"),
            "  + @host me@example.com",
            "new    " + directory.resolve("key"),
            "    (a secret: not shown; only its owner may read the file)");
  }

  @Test
  void ofAFileThatEverySystemHasOnlyWhatIsDifferentIsShown() throws IOException {
    changes.fresh(directory.resolve("main.cf"), "never used\n");
    changes.fresh(directory.resolve("master.cf"), "smtp unix - - n - - smtp\n");
    assertThat(changes.described()).containsExactly("new    " + directory.resolve("master.cf"));
    changes.make(NOW);
    assertThat(read("master.cf")).isEqualTo("smtp unix - - n - - smtp\n");
    assertThat(read("main.cf")).contains("[old.example]");
  }

  @Test
  void whatIsMadeStandsThereWithItsRights() throws IOException {
    Files.setPosixFilePermissions(
        directory.resolve("main.cf"), PosixFilePermissions.fromString("rw-r-----"));
    all();
    changes.make(NOW);
    assertThat(read("main.cf"))
        .isEqualTo("# mine\ncompatibility_level = 3.6\nrelayhost = [smtp.example]:465\n");
    assertThat(rights("main.cf")).isEqualTo("rw-r-----");
    assertThat(rights("generic")).isEqualTo("rw-r--r--");
    assertThat(rights("key")).isEqualTo("rw-------");
    assertThat(rights(".postrider-undo")).isEqualTo("rwx------");
  }

  private String rights(String name) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(name)));
  }

  @Test
  void whatWasMadeIsTakenBackAsAWhole() throws IOException {
    String before = read("main.cf");
    all();
    changes.make(NOW);
    Undo undo = Undo.last(directory).orElseThrow();
    assertThat(undo.changedSince()).isEmpty();
    undo.run(false);
    assertThat(read("main.cf")).isEqualTo(before);
    assertThat(directory.resolve("generic")).doesNotExist();
    assertThat(directory.resolve("key")).doesNotExist();
    assertThat(Undo.last(directory)).isEmpty();
    assertThat(Files.list(directory.resolve(".postrider-undo"))).isEmpty();
  }

  @Test
  void theLastIsTakenBackFirst() throws IOException {
    changes.settings(Map.of("relayhost", "[first.example]"));
    changes.make(NOW);
    ChangeSet second = new ChangeSet(directory);
    second.settings(Map.of("relayhost", "[second.example]"));
    second.make(NOW.plusMillis(1));
    Undo.last(directory).orElseThrow().run(false);
    assertThat(read("main.cf")).contains("[first.example]");
    Undo.last(directory).orElseThrow().run(false);
    assertThat(read("main.cf")).contains("[old.example]");
  }

  @Test
  void whatAPersonChangedSinceIsNotLost() throws IOException {
    all();
    changes.make(NOW);
    write("main.cf", read("main.cf") + "myhostname = new.example\n");
    Undo undo = Undo.last(directory).orElseThrow();
    assertThat(undo.changedSince()).containsExactly(directory.resolve("main.cf"));
    assertThatThrownBy(() -> undo.run(false)).hasMessageContaining("main.cf was changed since");
    assertThat(read("main.cf")).contains("new.example");
    assertThat(directory.resolve("generic")).exists();
    undo.run(true);
    assertThat(read("main.cf")).contains("[old.example]");
  }

  @Test
  void oneThatWasBrokenOffCanBeRunAgain() throws IOException {
    all();
    changes.make(NOW);
    Files.delete(directory.resolve("generic"));
    Undo undo = Undo.last(directory).orElseThrow();
    assertThat(undo.changedSince()).isEmpty();
    undo.run(false);
    assertThat(directory.resolve("key")).doesNotExist();
  }

  @Test
  void whatCannotBeWrittenWholeIsNotWrittenAtAll() throws IOException {
    all();
    changes.text(directory.resolve("missing/file"), "x");
    assertThatThrownBy(() -> changes.make(NOW)).isInstanceOf(IOException.class);
    assertThat(read("main.cf")).contains("[old.example]");
    assertThat(directory.resolve("generic")).doesNotExist();
    assertThat(Undo.last(directory)).isEmpty();
  }

  @Test
  void whatSomebodyElseChangesAtThatMomentIsLeftAlone() throws IOException {
    all();
    write("main.cf", "relayhost = [theirs.example]\n");
    assertThatThrownBy(() -> changes.make(NOW)).hasMessageContaining("somebody else changes it");
    assertThat(read("main.cf")).contains("[theirs.example]");
  }

  @Test
  void aLineOfATableTakesThePlaceOfTheOldOne() throws IOException {
    Path table = directory.resolve("aliases");
    Files.write(
        table,
        "# Grüße\npostmaster: root\nRoot: old@example.com,\n  other@example.com\nrooty: x\n"
            .getBytes(StandardCharsets.ISO_8859_1));
    changes.tableLine(table, "root", "root: mé@example.com");
    changes.make(NOW);
    assertThat(new String(Files.readAllBytes(table), StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "# Grüße\npostmaster: root\nroot: "
                + new String(
                    "mé@example.com".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                + "\nrooty: x\n");
  }

  @Test
  void whatIsTheSameIsNoChange() throws IOException {
    changes.text(directory.resolve("main.cf"), read("main.cf"));
    assertThat(changes.isEmpty()).isTrue();
    assertThat(changes.described()).isEqualTo(List.of());
  }
}
