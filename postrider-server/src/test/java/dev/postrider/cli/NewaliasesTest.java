package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.table.CompiledTable;
import dev.postrider.table.Lookup;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** newaliases(1), which is sendmail by another name. */
final class NewaliasesTest {
  @TempDir Path directory;
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws Exception {
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Sendmail(
            Map.of("postalias", new Postalias()),
            (in, out, config, intake) -> {},
            InstantSource.system())
        .run(
            new Invocation(
                "newaliases",
                List.of(arguments),
                Map.of("MAIL_CONFIG", directory.toString()),
                InputStream.nullInputStream(),
                errors,
                errors));
  }

  @Test
  void everyAliasDatabaseIsRebuilt() throws Exception {
    Files.writeString(directory.resolve("one"), "Root: me@provider.example\n");
    Files.writeString(directory.resolve("two"), "bob: ann\n");
    Files.writeString(
        directory.resolve("main.cf"),
        "alias_database = hash:" + directory + "/one, btree:" + directory + "/two\n");

    assertThat(run("-v")).as(err.toString(StandardCharsets.UTF_8)).isZero();

    assertThat(CompiledTable.read(directory.resolve("one.db")).lookup("root"))
        .isEqualTo(new Lookup.Found("me@provider.example"));
    assertThat(CompiledTable.read(directory.resolve("two.db")).lookup("bob"))
        .isEqualTo(new Lookup.Found("ann"));
  }

  @Test
  void aMissingSourceIsNamed() throws Exception {
    Files.writeString(
        directory.resolve("main.cf"), "alias_database = hash:" + directory + "/nosuch\n");

    assertThat(run()).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("postalias: fatal: open " + directory + "/nosuch: No such file or directory\n");
  }

  @Test
  void anUnknownOptionIsRefused() throws Exception {
    assertThat(run("-Z")).isNotZero();
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("sendmail: invalid option -- 'Z'\nsendmail: fatal: usage: sendmail [options]\n");
  }
}
