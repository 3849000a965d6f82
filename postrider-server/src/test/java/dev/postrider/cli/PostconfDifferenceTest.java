package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds postconf against Debian's: same files and arguments, same output, exit code and files. */
class PostconfDifferenceTest {
  private static final Path DEBIANS = Path.of("/usr/sbin/postconf");

  @TempDir static Path root;

  private static final Map<PostconfRows.Row, Future<Outcome>> THEIRS = new HashMap<>();
  private static final ExecutorService RUNNERS = Executors.newFixedThreadPool(16);

  /** All that a caller can see. */
  private record Outcome(
      int code, String out, List<String> complaints, String main, String master) {}

  /** Debian's sleeps a second over each fatal error, so that all rows run side by side. */
  @BeforeAll
  static void askDebians() {
    assumeTrue(Files.isExecutable(DEBIANS), "Debian's postfix package is not installed");
    for (PostconfRows.Row row : PostconfRows.all()) {
      THEIRS.put(row, RUNNERS.submit(() -> theirs(row)));
    }
  }

  @AfterAll
  static void endRunners() {
    RUNNERS.shutdownNow();
  }

  static List<PostconfRows.Row> rows() {
    return PostconfRows.all();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theSameCallGivesTheSame(PostconfRows.Row row) throws Exception {
    Outcome theirs = THEIRS.get(row).get(30, TimeUnit.SECONDS);

    assertThat(ours(row)).isEqualTo(theirs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-m", "-l", "-A"})
  void whatIsListedDebiansListsTooInTheSameOrder(String option) throws Exception {
    PostconfRows.Row row = new PostconfRows.Row(0, option);
    List<String> theirs = new ArrayList<>(theirs(row).out().lines().toList());
    List<String> ours = new ArrayList<>(ours(row).out().lines().toList());
    // Newer than Debian's Postfix.
    ours.remove("debug");
    // Of our own.
    ours.remove("secret");
    // Packages of their own, which may not be here.
    List<String> optional = List.of("cdb", "ldap", "lmdb", "mysql", "pcre", "pgsql", "sqlite");
    ours.removeIf(type -> optional.contains(type) && !theirs.contains(type));

    theirs.retainAll(ours);

    assertThat(ours).isNotEmpty().isEqualTo(theirs);
  }

  @Test
  void theDefaultsAreDebiansButForThoseThatDifferOnPurpose() throws Exception {
    PostconfRows.Row row = new PostconfRows.Row(0, "-d");
    Map<String, String> theirs = settings(theirs(row).out());
    Map<String, String> ours = settings(ours(row).out());
    List<String> differing = new ArrayList<>();
    for (Map.Entry<String, String> their : theirs.entrySet()) {
      String name = their.getKey();
      if (!their.getValue().equals(ours.get(name)) && !PostconfRows.OTHER_DEFAULTS.contains(name)) {
        differing.add(their + " but " + ours.get(name));
      }
    }

    assertThat(differing).isEmpty();
  }

  /** The built-in texts are in our own words; one from a file must come out the same. */
  @ParameterizedTest
  @ValueSource(strings = {"-t", "-b"})
  void aTemplateOfAFileIsShownAsDebiansShowsIt(String option) throws Exception {
    Path file = root.resolve("templates");
    Files.writeString(file, PostconfRows.TEMPLATE);
    PostconfRows.Row row = new PostconfRows.Row(0, option + " " + file);
    String theirs = theirs(row).out();
    String ours = ours(row).out();

    assertThat(firstText(ours)).isEqualTo(firstText(theirs));
    assertThat(ours.lines().filter(line -> line.contains("EOF")).toList())
        .isEqualTo(theirs.lines().filter(line -> line.contains("EOF")).toList());
  }

  private static String firstText(String out) {
    return out.substring(0, out.indexOf("\nEOF\n"));
  }

  private static Map<String, String> settings(String out) {
    Map<String, String> settings = new TreeMap<>();
    for (String line : out.lines().toList()) {
      int equals = line.indexOf(" =");
      settings.put(line.substring(0, equals), line.substring(equals + 2).strip());
    }
    return settings;
  }

  /** One directory a row, for both sides: its name is part of what they print. */
  private static Path prepared(PostconfRows.Row row) throws Exception {
    Path directory = root.resolve("row" + (1000 + PostconfRows.all().indexOf(row)));
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("main.cf"), PostconfRows.FILES.get(row.files()).get(0));
    Files.writeString(directory.resolve("master.cf"), PostconfRows.FILES.get(row.files()).get(1));
    return directory;
  }

  private static Outcome theirs(PostconfRows.Row row) throws Exception {
    Path directory = prepared(row);
    List<String> command = new ArrayList<>(List.of(DEBIANS.toString(), "-c", directory.toString()));
    command.addAll(row.words());
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return outcome(directory, process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static Outcome ours(PostconfRows.Row row) throws Exception {
    Path directory = prepared(row);
    List<String> arguments = new ArrayList<>(List.of("-c", directory.toString()));
    arguments.addAll(row.words());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outPrinter = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream errPrinter = new PrintStream(err, false, StandardCharsets.UTF_8);
    int code =
        new Postconf()
            .run(
                new Invocation(
                    "postconf",
                    arguments,
                    Map.of(),
                    new ByteArrayInputStream(new byte[0]),
                    outPrinter,
                    errPrinter));
    outPrinter.flush();
    errPrinter.flush();
    return outcome(
        directory,
        code,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8));
  }

  private static Outcome outcome(Path directory, int code, String out, String err)
      throws Exception {
    return new Outcome(
        code,
        out,
        complaints(err),
        Files.readString(directory.resolve("main.cf")),
        Files.readString(directory.resolve("master.cf")));
  }

  /**
   * What is on standard error, less what differs for a reason: Debian's is called by its path,
   * reads main.cf many times and complains each time, also of overriding what the last reading
   * left; the list of options in the usage and the notes on parameters that will go are those of
   * another version.
   */
  private static List<String> complaints(String err) {
    TreeSet<String> complaints = new TreeSet<>();
    for (String line : err.split("\n")) {
      boolean newer =
          line.contains("will be removed; instead") || line.contains("DEPRECATION_README");
      boolean readAgain = line.endsWith("overriding earlier entry: relayhost=[y]:1");
      if (!line.isEmpty() && !newer && !readAgain) {
        complaints.add(line.replace(DEBIANS + ": ", "postconf: ").replaceAll("usage: .*", "usage"));
      }
    }
    return List.copyOf(complaints);
  }
}
