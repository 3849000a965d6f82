package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.RememberedLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code secret:}: an index of logins. */
class SecretTableTest {
  private final RememberedLog log = new RememberedLog();
  private final AtomicLong nanos = new AtomicLong();

  @TempDir private Path directory;

  private Tables tables() {
    return new Tables(Config.of(directory, Map.of()), log, nanos::get);
  }

  private String write(String text) throws Exception {
    Path file = directory.resolve("secrets");
    Files.writeString(file, text);
    nanos.addAndGet(100_000_000L);
    return "secret:" + file;
  }

  @Test
  void itTellsWhoLogsInAndWhereTheSecretIs() throws Exception {
    LookupTable table =
        tables().open(write("# logins\n[SMTP.example.com]:465 me  command:pass show me\n"));

    assertThat(table.lookup("[smtp.Example.com]:465"))
        .isEqualTo(new Lookup.Found("me command:pass show me"));
    assertThat(table.lookup("other")).isEqualTo(new Lookup.NotFound());
    assertThat(table.namesSecrets()).isTrue();
    assertThat(table.place("[smtp.example.com]:465")).endsWith("secrets, line 2");
  }

  @Test
  void itFollowsItsFile() throws Exception {
    LookupTable table = tables().open(write("a me env:X\n"));
    assertThat(table.lookup("a")).isEqualTo(new Lookup.Found("me env:X"));

    write("a you env:YY\n");

    assertThat(table.lookup("a")).isEqualTo(new Lookup.Found("you env:YY"));
  }

  @Test
  void aLineThatCannotBeReadMakesItsKeyWaitAndRepeatsNothing() throws Exception {
    LookupTable table = tables().open(write("a me:hunter2\nb me hunter2\nc me env:X\n"));

    assertThat(table.lookup("a")).isInstanceOf(Lookup.Unavailable.class);
    assertThat(table.lookup("b"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            unavailable -> assertThat(unavailable.reason()).contains("secrets, line 2"));
    assertThat(table.lookup("c")).isInstanceOf(Lookup.Found.class);
    assertThat(log.lines().toString()).contains("line 2").doesNotContain("hunter2");
  }

  @Test
  void itIsNoPartOfAnotherTable() throws Exception {
    String spec = write("a me env:X\n");

    assertThatThrownBy(() -> tables().open("unionmap:{" + spec + ", static:x}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be a part of another table");
  }
}
