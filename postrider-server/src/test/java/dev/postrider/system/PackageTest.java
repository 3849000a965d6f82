package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packages, built from the image and used on machines to throw away. What is done there is in
 * {@code packaging/test}; a script's last line says why it skips or what is wrong.
 */
class PackageTest {
  private static final Path ROOT =
      Path.of(System.getProperty("postrider.root", "..")).toAbsolutePath().normalize();
  private static final Path PACKAGES = ROOT.resolve("target/packages");
  private static final int SKIPPED = 77;
  private static final long MINUTES = 10;

  @TempDir static Path directory;

  private record Result(int code, String output) {
    String lastLine() {
      return output.strip().lines().reduce("", (_, line) -> line);
    }
  }

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    assumeTrue(
        Files.isExecutable(ROOT.resolve("target/postrider/bin/postrider")),
        "the image is not built: run ./postrider build");
    assumeTrue(
        System.getProperty("os.name").equals("Linux"), "the packages tried here are Linux's");
    Result built = run("package/build", List.of(ROOT.toString()));
    assertThat(built.code()).as(built.output()).isZero();
  }

  private static Result run(String script, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new java.util.ArrayList<>(List.of(ROOT.resolve("packaging").resolve(script).toString()));
    command.addAll(arguments);
    Path output = Files.createTempFile(directory, "package", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(new java.io.File("/dev/null"))
            .redirectOutput(output.toFile());
    // Fast to make; a release is packed tighter.
    builder.environment().put("POSTRIDER_DEB_COMPRESSION", "zstd");
    Process process = builder.start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroy();
      throw new IOException(
          script + " did not end in " + MINUTES + " minutes: " + Files.readString(output));
    }
    return new Result(process.exitValue(), Files.readString(output));
  }

  private static void tryOut(String script, Path subject, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new java.util.ArrayList<>(List.of(subject.toString()));
    arguments.addAll(List.of(more));
    Result result = run("test/" + script, arguments);
    assumeTrue(result.code() != SKIPPED, result.lastLine());
    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.lastLine()).endsWith("all is well");
  }

  private static Path only(String ending) throws IOException {
    try (Stream<Path> files = Files.list(PACKAGES)) {
      List<Path> found =
          files.filter(file -> String.valueOf(file.getFileName()).endsWith(ending)).toList();
      assertThat(found).as("packages that end in " + ending).hasSize(1);
      return found.getFirst();
    }
  }

  @Test
  void theArchiveWorksOnAMachineThatHasOnlyALibrary() throws IOException, InterruptedException {
    tryOut("tar", only(".tar.gz"));
  }

  @Test
  void theDebianPackageServesAFreshMachine() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not installed");
    tryOut("deb", only(".deb"), "nothing");
  }

  @Test
  void theDebianPackageTakesOverFromPostfix() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not installed");
    tryOut("deb", only(".deb"), "postfix");
  }

  @Test
  void systemdStartsItOnDemand() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "dpkg-deb is not installed");
    tryOut("deb", only(".deb"), "on-demand");
  }

  @Test
  void theContainerIsOneProcessWithoutRights() throws IOException, InterruptedException {
    tryOut("container", PACKAGES.resolve("image"));
  }

  @Test
  void theFilesForMacOsAreWellFormed() throws IOException, InterruptedException {
    tryOut("macos", ROOT.resolve("target/postrider"), ROOT.toString());
  }
}
