package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.CommandOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The examples in the pages of section 5 are true. In their source a comment in front of a block
 * says what it is: {@code .\" file NAME} the content of a file of /etc/postfix, {@code .\" session}
 * commands behind a dollar sign with what they print.
 */
class TablePagesTest {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^\\.Bd .*?\n\\.\\\\\" (file (\\S+)|session)\n(.*?)^\\.Ed$");

  /** Parameter files of tables behind a server: the server has tests of its own. */
  private static final Map<String, String> SERVERS =
      Map.of(
          "ldap_table.5", "ldap",
          "memcache_table.5", "memcache",
          "mysql_table.5", "mysql",
          "pgsql_table.5", "pgsql");

  /** What a page shows. */
  private record Examples(Map<String, String> files, List<String> sessions) {
    static Examples of(Path page) throws IOException {
      Map<String, String> files = new LinkedHashMap<>();
      List<String> sessions = new ArrayList<>();
      BLOCK
          .matcher(Files.readString(page))
          .results()
          .forEach(block -> {
            String text = block.group(3).replaceAll("(?m)^\\\\&", "").replace("\\e", "\\");
            if (block.group(2) == null) {
              sessions.add(text);
            } else {
              files.put(block.group(2), text);
            }
          });
      return new Examples(files, sessions);
    }
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.list(CommandOptions.ROOT.resolve("docs/man"))) {
      return files.filter(file -> file.toString().endsWith(".5")).sorted().toList();
    }
  }

  @TestFactory
  List<DynamicTest> theSessionsGoAsThePageSays() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path page : pages()) {
      Examples examples = Examples.of(page);
      if (!examples.sessions().isEmpty()) {
        tests.add(DynamicTest.dynamicTest(page.getFileName().toString(), () -> play(examples)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(11);
    return tests;
  }

  private static void play(Examples examples) throws IOException, InterruptedException {
    try (Instance host = Instance.create()) {
      write(examples, host);
      for (String session : examples.sessions()) {
        StringBuilder played = new StringBuilder();
        for (String line : session.lines().filter(each -> each.startsWith("$ ")).toList()) {
          String command = line.substring(2);
          if (command.startsWith("sqlite3")) {
            assumeTrue(
                Files.exists(Path.of("/usr/bin/sqlite3"))
                    && Files.exists(Path.of("/usr/share/java/sqlite-jdbc.jar")),
                "Debian's packages sqlite3 and libxerial-sqlite-jdbc-java are not installed");
          }
          Shell.Result result =
              host.shell.run(command.replace("/etc/postfix", host.etc.toString()));
          played.append(line).append('\n').append(result.all());
        }
        assertThat(played.toString().replace(host.etc.toString(), "/etc/postfix"))
            .isEqualTo(session);
      }
    }
  }

  private static void write(Examples examples, Instance host) throws IOException {
    for (Map.Entry<String, String> file : examples.files().entrySet()) {
      Files.writeString(
          host.etc.resolve(file.getKey()),
          file.getValue().replace("/etc/postfix", host.etc.toString()));
    }
  }

  @Test
  void theParametersOfServersAreKnown() throws IOException, InterruptedException {
    try (Instance host = Instance.create()) {
      for (Map.Entry<String, String> page : SERVERS.entrySet()) {
        Examples examples =
            Examples.of(CommandOptions.ROOT.resolve("docs/man").resolve(page.getKey()));
        assertThat(examples.files()).as(page.getKey()).hasSize(1);
        // Nobody listens there: what is asked for is whether the file is understood.
        examples
            .files()
            .replaceAll((name, text) -> text.replaceAll("127\\.0\\.0\\.1:\\d+", "127.0.0.1:1"));
        write(examples, host);
        Path file = host.etc.resolve(examples.files().keySet().iterator().next());
        Shell.Result result =
            host.shell.run("postmap -q info@example.com " + page.getValue() + ":" + file);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err())
            .contains("table " + page.getValue() + ":" + file)
            .doesNotContain("ignored")
            .doesNotContain("is not set");
      }
    }
  }

  /** What main.cf is to have for a table is a setting that there is. */
  @Test
  void theSettingsInThePagesAreSupported() throws IOException, InterruptedException {
    Pattern setting = Pattern.compile("(?m)^([a-z_]+_maps|mynetworks) = (\\S+)$");
    try (Instance host = Instance.create()) {
      int found = 0;
      for (Path page : pages()) {
        for (var match : setting.matcher(Files.readString(page)).results().toList()) {
          found++;
          host.main(match.group());
        }
      }
      Shell.Result result = host.shell.run("postconf -n; postfix check");

      assertThat(found).isGreaterThan(10);
      assertThat(result.err()).doesNotContain("not supported", "unused parameter");
    }
  }
}
