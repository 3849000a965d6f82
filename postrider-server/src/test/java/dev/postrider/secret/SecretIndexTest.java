package dev.postrider.secret;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index keeps what people wrote into it. */
class SecretIndexTest {
  private static final String TEXT =
      """
      # mine
      [smtp.example.com]:465   me@example.com
         file:/x/example
      # hers
      her@example.net her@example.net command:pass show her

      broken
      """;

  @TempDir private Path directory;

  private static SecretLogin login(String text) throws Exception {
    return SecretLogin.parse(text);
  }

  @Test
  void linesAreReadWithTheirContinuations() throws Exception {
    SecretIndex index = SecretIndex.of(TEXT);

    assertThat(index.entries())
        .containsExactly(
            new SecretIndex.Entry(
                "[smtp.example.com]:465", login("me@example.com file:/x/example"), 2),
            new SecretIndex.Entry(
                "her@example.net", login("her@example.net command:pass show her"), 5));
    assertThat(index.faults()).singleElement().asString().startsWith("line 7: ");
    assertThat(index.find("[SMTP.example.com]:465")).isPresent();
  }

  @Test
  void oneLineChangesAndTheOthersStay() throws Exception {
    Path file = directory.resolve("secrets");
    Files.writeString(file, TEXT);

    SecretIndex.read(file).with("[smtp.example.com]:465", login("you env:X")).write(file);

    assertThat(Files.readString(file))
        .isEqualTo(
            TEXT.replace(
                "[smtp.example.com]:465   me@example.com\n   file:/x/example\n",
                "[smtp.example.com]:465 you env:X\n"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");

    SecretIndex.read(file).without("her@example.net").with("new", login("u oauth:a")).write(file);

    assertThat(Files.readString(file))
        .doesNotContain("her@example.net her")
        .contains("# hers")
        .endsWith("broken\nnew u oauth:a\n");
  }

  @Test
  void aNewIndexSaysWhatItIs() throws Exception {
    Path file = directory.resolve("secrets");

    SecretIndex.read(file).with("a", login("u env:X")).write(file);

    assertThat(Files.readString(file)).startsWith("# ").endsWith("a u env:X\n");
  }
}
