package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script at the root of the checkout, from wherever a person calls it. */
class CheckoutTest {
  private static final Path ROOT =
      Path.of(System.getProperty("postrider.root", "..")).toAbsolutePath().normalize();

  @TempDir Path directory;

  private Shell.Result help(String call, Map<String, String> environment)
      throws IOException, InterruptedException {
    return new Shell(directory, environment).run(call);
  }

  @Test
  void itFindsItsCheckoutThroughALink() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(directory.resolve("a link"), ROOT.resolve("postrider"));

    Shell.Result result = help("'./a link' help", Map.of());
    Files.delete(link);

    assertThat(result.code()).as(result.all()).isZero();
    assertThat(result.out()).startsWith("usage: ./postrider COMMAND");
  }

  @Test
  void itFindsItsCheckoutWhateverCdpathSays() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(directory.resolve("checkout"), ROOT);

    Shell.Result result =
        help("sh checkout/postrider help", Map.of("CDPATH", directory.toString()));
    Files.delete(link);

    assertThat(result.code()).as(result.all()).isZero();
    assertThat(result.out()).startsWith("usage: ./postrider COMMAND");
  }

  @Test
  void withoutMavenItSaysHowToGetItEvenIfThereIsNoHome() throws IOException, InterruptedException {
    Path copy = Files.createDirectories(directory.resolve("a copy/packaging/lib"));
    Files.copy(ROOT.resolve("packaging/lib/find-jdk.sh"), copy.resolve("find-jdk.sh"));
    Files.copy(ROOT.resolve("postrider"), directory.resolve("a copy/postrider"));
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : new String[] {"sh", "mkdir", "readlink"}) {
      String found = help("command -v " + program, Map.of()).out().strip();
      Files.writeString(bin.resolve(program), "#!/bin/sh\nexec " + found + " \"$@\"\n");
      Files.setAttribute(bin.resolve(program), "unix:mode", 0755);
    }

    Shell.Result result =
        help("unset HOME; 'a copy/postrider' try", Map.of("PATH", bin.toString()));

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("postrider: Maven is needed to build: install it")
        .hasLineCount(1);
  }
}
