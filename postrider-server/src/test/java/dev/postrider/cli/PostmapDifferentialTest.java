package dev.postrider.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same calls to Debian's postmap and postalias and to ours: same output, same exit code. */
final class PostmapDifferentialTest {
  private static final String ODD =
      "  lead ws\n# c\n   # ind c\nkey1 v1\n\n  cont\n#x\n\n  cont2  \n\"q k\" val\n\"unb val\n"
          + "noval\ndup 1\ndup 2\nDup 3\nk: v\nnul\0x yy\nNULV a\0b\n\"q\\\"z\" w\na\\ b c\n"
          + "cr v\r\nutfé ü\nÉ up\nvt\u000bx y\n\\ x\nend\\\nlast v";

  private static final String ALIASES =
      """
      root: me@provider.example
      a b: c
      "q u": x y
      postmaster:\troot, "foo bar"@x.y, |cmd a
      pipe: "|cmd a \\"b\\"", /file/x, :include:/x/y, "/f g"
      noval:
      bad line
      a@b: c
      Up: Low
      dup: 1
      dup: 2
      cont: a,
       b
        ,c
      com: a (comment) b
      full: Full Name <a@b>, "Q N" <c@d>
      grp: g: a, b;
      esc: \\user, a\\ b
      lit: a@[1.2.3.4]
      route: <@x:a@b>
      sp: a b c
      emptyq: ""
      trail: a,,b,
      colon:x
      nospace :y
      semi: a; b
      dot: a.b.c@d . e
      pct: a%b@c, a!b
      angle: <>
      angle2: <a>
      unb: "abc
      paren: (abc
      utf: ü@ü
      dol: $x ${y}
      rel: ./x  ~/x
      cm: a, # foo
      at: @foo
      atat: a@b@c
      inc: :include: /x
      last: y\
      """;

  private record Outcome(int code, String out, String err) {}

  @TempDir Path directory;
  private Path theirs = Path.of("");
  private Path ours = Path.of("");

  @BeforeEach
  void needsPostfix() throws Exception {
    assumeTrue(new File("/usr/sbin/postmap").canExecute(), "Debian's postmap is not installed");
    theirs = Files.createDirectory(directory.resolve("theirs"));
    ours = Files.createDirectory(directory.resolve("ours"));
    for (Path one : List.of(theirs, ours)) {
      Files.writeString(
          one.resolve("main.cf"), "compatibility_level = 3.6\nmyhostname = mail.example.test\n");
    }
  }

  private void file(String name, String text) throws Exception {
    Files.writeString(theirs.resolve(name), text);
    Files.writeString(ours.resolve(name), text);
  }

  /** {@code @} in an argument stands for the directory of whoever is called. */
  private void same(String command, String stdin, String... arguments) throws Exception {
    Outcome expected = runTheirs(command, stdin, arguments);
    Outcome actual = runOurs(command, stdin, arguments);
    assertThat(actual).as(command + " " + String.join(" ", arguments)).isEqualTo(expected);
  }

  private Outcome runTheirs(String command, String stdin, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("/usr/sbin/" + command, "-c", theirs.toString()));
    Arrays.stream(arguments).map(one -> one.replace("@", theirs + "/")).forEach(line::add);
    Path call = Files.createTempDirectory(directory, "call");
    Path input = Files.writeString(call.resolve("stdin"), stdin);
    Path out = call.resolve("out");
    Path err = call.resolve("err");
    Process process =
        new ProcessBuilder(line)
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Outcome(
        process.waitFor(), normal(Files.readString(out), theirs), normal(text(err), theirs));
  }

  private static String text(Path file) throws Exception {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  private Outcome runOurs(String command, String stdin, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("-c", ours.toString()));
    Arrays.stream(arguments).map(one -> one.replace("@", ours + "/")).forEach(line::add);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
    Command program = command.equals("postmap") ? new Postmap() : new Postalias();
    int code =
        program.run(
            new Invocation(
                command,
                line,
                Map.of(),
                new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                outStream,
                errStream));
    outStream.flush();
    errStream.flush();
    return new Outcome(
        code,
        normal(out.toString(StandardCharsets.UTF_8), ours),
        normal(err.toString(StandardCharsets.UTF_8), ours));
  }

  /** Sorted, because the order of a listing is the database's own affair. */
  private static String normal(String text, Path directory) {
    return text.replace(directory + "/", "@")
        .replace("fFhimnNo", "fFhijmnNo")
        .replace("fFhijjmnNo", "fFhijmnNo")
        .lines()
        .map(line -> line.startsWith("YP_LAST_MODIFIED") ? "YP_LAST_MODIFIED" : line)
        .sorted()
        // Postfix opens some tables twice and then warns twice.
        .distinct()
        .collect(Collectors.joining("\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash", "btree", "lmdb"})
  void oddSourceIsBuiltAndListedAlike(String type) throws Exception {
    file("odd", ODD);
    same("postmap", "", type + ":@odd");
    same("postmap", "", "-s", type + ":@odd");
    same("postmap", "", "-q", "DUP", type + ":@odd");
    same("postmap", "", "-q", "cr", type + ":@odd");
    same("postmap", "", "-r", type + ":@odd");
    same("postmap", "", "-q", "dup", type + ":@odd");
    same("postmap", "", "-w", type + ":@odd");
    same("postmap", "", "-f", type + ":@odd");
    same("postmap", "", "-s", type + ":@odd");
    same("postmap", "", "-f", "-q", "Dup", type + ":@odd");
  }

  @Test
  void cdbIsBuiltAndAskedAlike() throws Exception {
    file("odd", ODD);
    same("postmap", "", "cdb:@odd");
    same("postmap", "key1\nnope\nvt\n", "-q", "-", "cdb:@odd");
  }

  @Test
  void texthashIsReadAlike() throws Exception {
    file("map", "key1 v1\n cont\n\"q k\" val\nk: v\ncr v\r\nlast v");
    same("postmap", "", "-s", "texthash:@map");
    same("postmap", "KEY1\n\nk:\nnope\n", "-q", "-", "texthash:@map");
    same("postmap", "", "-q", "", "texthash:@map");
    same("postmap", "", "-q", "a", "texthash:@nosuch");
    same("postmap", "", "-d", "a", "nosuch:@map");
    same("postmap", "", "-d", "a", "texthash:@map");
    same("postmap", "", "texthash:@map");
    same("postmap", "", "-i", "texthash:@map");
  }

  @Test
  void messagesNameTheLineWhereAnEntryBegins() throws Exception {
    file("map", "a b\n# c\n\n c\nbad\n\n# d\na: x\n y\n\na z\n w\n# e\n\"unb\n x\n#\n");
    same("postmap", "", "hash:@map");
    same("postmap", "", "-q", "nope", "texthash:@map");
    file("aliases", "a: b\n# c\nbad\n line\n# d\n\na:c\n d\n# e\nx@y: z\n\n#\n");
    same("postalias", "", "hash:@aliases");
  }

  @Test
  void entriesAreAddedReplacedAndDeletedAlike() throws Exception {
    file("map", "a b\n");
    same("postmap", "", "-d", "a", "hash:@nosuch");
    same("postmap", "", "hash:@map");
    same("postmap", "n1 v1\nn1 v2\n", "-i", "hash:@map");
    same("postmap", "", "-s", "hash:@map");
    same("postmap", "n1 v3\n", "-i", "hash:@map");
    same("postmap", "n1 v3\n", "-ir", "hash:@map");
    same("postmap", "n1 v4\n", "-iw", "hash:@map");
    same("postmap", "N1\nzz\n\na\n", "-q", "-", "hash:@map");
    same("postmap", "n1\n", "-d", "-", "hash:@map");
    same("postmap", "n1\n", "-d", "-", "hash:@map");
    same("postmap", "", "-d", "A", "hash:@map");
    same("postmap", "", "-d", "", "hash:@map");
    same("postmap", "", "-s", "hash:@map");
    same("postmap", "", "-u", "hash:@map");
    same("postmap", "", "-i", "hash:@fresh");
    same("postmap", "", "-N", "-n", "-o", "-p", "hash:@map");
  }

  @Test
  void wrongCallsAreRefusedAlike() throws Exception {
    file("map", "a b\n");
    same("postmap", "", "hash:@map");
    // Postfix sleeps a second before it dies: let all of its calls sleep at once.
    Map<String[], Outcome> expected = new java.util.concurrent.ConcurrentHashMap<>();
    List<String[]> calls =
        List.of(
            new String[] {"-Z"},
            new String[] {},
            new String[] {"-q"},
            new String[] {"-q", "a", "-s", "hash:@map"},
            new String[] {"-s", "-q", "a", "hash:@map"},
            new String[] {"-q", "a", "-d", "b", "hash:@map"},
            new String[] {"-b", "-q", "a", "hash:@map"},
            new String[] {"-h", "hash:@map"},
            new String[] {"-m", "-q", "-", "hash:@map"},
            new String[] {"-q", "a", "hash:@nosuch", "texthash:@map"},
            new String[] {"-q", "a", "bogus:@map"},
            new String[] {"inline:{a=b}"},
            new String[] {"fail:x"},
            new String[] {"-s", "inline:{a=b,c=d}"},
            new String[] {"-s", "static:x"},
            new String[] {"-s", "fail:x"},
            new String[] {"hash:@map/x"},
            new String[] {"hash:@nosuch"},
            new String[] {"-s", "hash:@nosuch"},
            new String[] {"proxy:hash:@map"},
            new String[] {"hash:"},
            new String[] {"-s", "hash:@map", "texthash:@map"},
            new String[] {"-q", "a", "fail:x"},
            new String[] {"-q", "a", "inline:{{a=}}"},
            new String[] {"-q", "a", "unionmap:{inline:{a=b},static:x}"},
            new String[] {"-q", "a", "static:{x"},
            new String[] {"-q", "a", "fail:"},
            new String[] {"-q", "", "hash:@map"});
    try (var executor = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      for (var _ :
          executor.invokeAll(
              calls.stream()
                  .map(arguments ->
                      (java.util.concurrent.Callable<Outcome>)
                          () -> expected.put(arguments, runTheirs("postmap", "", arguments)))
                  .toList())) {}
    }
    for (String[] arguments : calls) {
      assertThat(runOurs("postmap", "", arguments))
          .as(String.join(" ", arguments))
          .isEqualTo(expected.get(arguments));
    }
  }

  @Test
  void aMessageOnStandardInputGivesHeaderAndBodyKeys() throws Exception {
    file("map", "^Subject:.* x$\n");
    String message = "Subject: one\n two\nTo: a\n\nbody 1\nX: y\n\nbody 2\n";
    same("postmap", message, "-h", "-q", "-", "static:x");
    same("postmap", message, "-b", "-q", "-", "static:x");
    same("postmap", message, "-bh", "-q", "-", "static:x");
    same("postmap", "no header\nbody\n", "-bh", "-q", "-", "static:x");
  }

  @Test
  void base64ValuesComeFromFilesAlike() throws Exception {
    file("one", "content\n");
    file("map", "k PLACE/one\nm PLACE/nosuch\n");
    for (Path one : List.of(theirs, ours)) {
      Path map = one.resolve("map");
      Files.writeString(map, Files.readString(map).replace("PLACE", one.toString()));
    }
    same("postmap", "", "-F", "hash:@map");
    same("postmap", "", "-s", "hash:@map");
    same("postmap", "", "-F", "-q", "k", "hash:@map");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash", "lmdb"})
  void aliasesAreBuiltAndListedAlike(String type) throws Exception {
    file("aliases", ALIASES);
    same("postalias", "", type + ":@aliases");
    same("postalias", "", "-s", type + ":@aliases");
    same("postalias", "ROOT\nnope\nup\n", "-q", "-", type + ":@aliases");
    same("postalias", "new: x, y\n", "-i", type + ":@aliases");
    same("postalias", "", "-q", "new", type + ":@aliases");
    same("postalias", "", "-d", "new", type + ":@aliases");
    same("postalias", "", "-q", "new", type + ":@aliases");
    same("postalias", "", "-Z");
    same("postalias", "", type + ":@nosuch");
  }

  @Test
  void twentyThousandEntriesAreBuiltAndFoundInAMoment() throws Exception {
    StringBuilder source = new StringBuilder();
    for (int i = 0; i < 20_001; i++) {
      source.append("user").append(i).append("@example.com\tvalue").append(i).append('\n');
    }
    source.append("huge ").append("x".repeat(1_000_000)).append('\n');
    file("big", source.toString());
    same("postmap", "", "hash:@big");
    same("postmap", "", "-q", "user20000@EXAMPLE.com", "hash:@big");
    same("postmap", "", "-q", "huge", "hash:@big");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----", "rw-rw-rw-"})
  void theCompiledFileIsNoMoreReadableThanItsSource(String mode) throws Exception {
    file("map", "a b\n");
    for (Path one : List.of(theirs, ours)) {
      Files.setPosixFilePermissions(
          one.resolve("map"), java.nio.file.attribute.PosixFilePermissions.fromString(mode));
    }
    same("postmap", "", "hash:@map");
    assertThat(Files.getPosixFilePermissions(ours.resolve("map.db")))
        .isEqualTo(Files.getPosixFilePermissions(theirs.resolve("map.db")));
  }

  @Test
  void aBerkeleyDbFileIsKeptAndNeverReadAsOurs() throws Exception {
    file("map", "a b\n");
    assertThat(runTheirs("postmap", "", "hash:@map").code()).isZero();
    byte[] foreign = Files.readAllBytes(theirs.resolve("map.db"));
    Files.write(ours.resolve("map.db"), foreign);

    assertThat(runOurs("postmap", "", "-q", "a", "hash:@map").out()).isEqualTo("b");
    assertThat(runOurs("postmap", "c d\n", "-i", "hash:@map").err())
        .contains("written by another program and is left alone");
    assertThat(Files.readAllBytes(ours.resolve("map.db"))).isEqualTo(foreign);

    assertThat(runOurs("postmap", "", "hash:@map").err()).contains("it is kept as @map.db.bak");
    assertThat(Files.readAllBytes(ours.resolve("map.db.bak"))).isEqualTo(foreign);
    assertThat(runOurs("postmap", "", "-s", "hash:@map").out()).isEqualTo("a\tb");
  }
}
