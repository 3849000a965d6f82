package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Types whose table is their name, or another table. */
final class SmallTypesTest {
  @TempDir Path directory;
  private final List<String> logged = new ArrayList<>();

  private Tables tables() {
    return new Tables(
        Config.of(directory, Map.of()),
        (severity, process, text) -> logged.add(severity + " " + text));
  }

  @Test
  void theEnvironmentIsAskedInLowerCaseAsByPostfix() {
    Map<String, String> environment = Map.of("name", "small", "NAME", "capitals");

    assertThat(new EnvironTable("environ:x", environment, true).lookup("NAME"))
        .isEqualTo(new Lookup.Found("small"));
    assertThat(new EnvironTable("environ:x", environment, false).lookup("NAME"))
        .isEqualTo(new Lookup.Found("capitals"));
    assertThat(new EnvironTable("environ:x", environment, false).lookup("other"))
        .isEqualTo(new Lookup.NotFound());
  }

  @Test
  void theEnvironmentOfThisProcessIsThere() throws Exception {
    assertThat(tables().openNow("environ:x", CompiledTable.Kind.MAP, false).lookup("PATH"))
        .isEqualTo(new Lookup.Found(System.getenv("PATH")));
  }

  @Test
  void everyValueOfARandomTableComesUp() throws Exception {
    RandomTable table =
        RandomTable.of(TableSpec.parse("randmap:{a, {b c}, d}", "hash"), bound -> bound - 1);
    assertThat(table.lookup("any")).isEqualTo(new Lookup.Found("d"));

    Set<Lookup> answers = new HashSet<>();
    LookupTable chance = tables().open("randmap:{a, {b c}, d}");
    for (int i = 0; i < 1_000; i++) {
      answers.add(chance.lookup("any"));
    }
    // Braces stay, as in Postfix.
    assertThat(answers)
        .containsExactlyInAnyOrder(
            new Lookup.Found("a"), new Lookup.Found("{b c}"), new Lookup.Found("d"));
    assertThatThrownBy(() -> tables().open("randmap:{ }"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("bad syntax: \"randmap:{ }\"; need \"randmap:{value...}\"");
  }

  @Test
  void aDebugTableLogsEachLookup() throws Exception {
    Tables tables = tables();
    assertThat(tables.open("debug:inline:{x=y}").lookup("x")).isEqualTo(new Lookup.Found("y"));
    assertThat(tables.open("debug:inline:{x=y}").lookup("z")).isEqualTo(new Lookup.NotFound());
    assertThat(tables.open("debug:fail:f").lookup("z")).isInstanceOf(Lookup.Unavailable.class);

    assertThat(logged)
        .containsExactly(
            "INFO inline:{x=y} lookup: \"x\" = \"y\"",
            "INFO inline:{x=y} lookup: \"z\" = \"not_found\"",
            "INFO fail:f lookup: \"z\" = \"error\"");
  }

  @Test
  void groupsAreLookedUpInLowerCase() throws Exception {
    Lookup root = tables().open("unix:group.byname").lookup("DAEMON");
    assertThat(root)
        .isInstanceOfSatisfying(
            Lookup.Found.class, found -> assertThat(found.value()).startsWith("daemon:"));
    assertThat(tables().open("unix:group.byname").lookup("no-such-group"))
        .isEqualTo(new Lookup.NotFound());
    assertThat(tables().open("unix:group.byname").lookup("0")).isEqualTo(new Lookup.NotFound());
    assertThatThrownBy(() -> tables().open("unix:shadow.byname"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unknown table: unix:shadow.byname");
  }

  @Test
  void partsOfAnAddressAreNotAskedForWhereAnyKeyMayMatch() throws Exception {
    Tables tables = new Tables(Config.of(Path.of("/"), Map.of()), (severity, process, text) -> {});
    for (String spec :
        List.of(
            "randmap:{a}",
            "debug:randmap:{a}",
            "tcp:127.0.0.1:1",
            "socketmap:inet:127.0.0.1:1:map",
            "regexp:{{/x/ y}}")) {
      assertThat(tables.open(spec).lookupPart("@d.example"))
          .as(spec)
          .isEqualTo(new Lookup.NotFound());
    }
    assertThat(tables.open("debug:inline:{@d.example=x}").lookupPart("@d.example"))
        .isEqualTo(new Lookup.Found("x"));
  }
}
