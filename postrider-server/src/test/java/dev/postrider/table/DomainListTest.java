package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DomainListTest {
  private static LookupTable open(String spec) throws ConfigException {
    String key =
        switch (spec) {
          case "hash:one" -> "one.test";
          case "hash:dot" -> ".dot.test";
          case "hash:broken" -> "";
          default -> throw new ConfigException("no such table: " + spec);
        };
    return new LookupTable() {
      @Override
      public String name() {
        return spec;
      }

      @Override
      public Lookup lookup(String asked) {
        if (key.isEmpty()) {
          return new Lookup.Unavailable(spec + " does not answer");
        }
        return asked.equals(key) ? new Lookup.Found("OK") : new Lookup.NotFound();
      }
    };
  }

  private static String match(DomainList.Style style, String domain, String... items) {
    return switch (DomainList.of("list", List.of(items), style, DomainListTest::open)
        .match(domain)) {
      case DomainList.Yes _ -> "yes";
      case DomainList.No _ -> "no";
      case DomainList.Unknown(var reason) -> reason;
    };
  }

  @Test
  void namesMatchInAnyCase() {
    assertThat(match(DomainList.Style.EXACT, "Example.TEST", "other.test", "example.Test"))
        .isEqualTo("yes");
    assertThat(match(DomainList.Style.EXACT, "a.example.test", "example.test")).isEqualTo("no");
    assertThat(match(DomainList.Style.EXACT, "a.example.test", ".example.test")).isEqualTo("no");
  }

  @Test
  void aDotMeansWhatIsBelow() {
    assertThat(match(DomainList.Style.DOT_PARENT, "a.example.test", ".example.test"))
        .isEqualTo("yes");
    assertThat(match(DomainList.Style.DOT_PARENT, "example.test", ".example.test")).isEqualTo("no");
    assertThat(match(DomainList.Style.DOT_PARENT, "a.example.test", "example.test"))
        .isEqualTo("no");
    assertThat(match(DomainList.Style.DOT_PARENT, "a.dot.test", "hash:dot")).isEqualTo("yes");
  }

  @Test
  void theParentStyleCoversSubdomains() {
    assertThat(match(DomainList.Style.PARENT, "a.b.example.test", "example.test")).isEqualTo("yes");
    assertThat(match(DomainList.Style.PARENT, "badexample.test", "example.test")).isEqualTo("no");
    assertThat(match(DomainList.Style.PARENT, "a.one.test", "hash:one")).isEqualTo("yes");
  }

  @Test
  void theFirstPatternThatFitsDecides() {
    assertThat(match(DomainList.Style.PARENT, "a.example.test", "!a.example.test", "example.test"))
        .isEqualTo("no");
    assertThat(match(DomainList.Style.PARENT, "b.example.test", "!a.example.test", "example.test"))
        .isEqualTo("yes");
    assertThat(match(DomainList.Style.EXACT, "one.test", "!hash:one", "one.test")).isEqualTo("no");
  }

  @Test
  void aTableWithoutAnAnswerIsNoNo() {
    assertThat(match(DomainList.Style.EXACT, "x.test", "hash:broken"))
        .isEqualTo("hash:broken does not answer");
    assertThat(match(DomainList.Style.EXACT, "x.test", "x.test", "hash:broken")).isEqualTo("yes");
    assertThat(match(DomainList.Style.EXACT, "x.test", "hash:nosuch"))
        .isEqualTo("list: no such table: hash:nosuch");
  }

  @Test
  void aFileBringsItsLines(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("domains");
    Files.writeString(file, "# ours\none.test, two.test\n\n  three.test\n");

    assertThat(match(DomainList.Style.EXACT, "two.test", file.toString())).isEqualTo("yes");
    assertThat(match(DomainList.Style.EXACT, "three.test", file.toString())).isEqualTo("yes");
    assertThat(match(DomainList.Style.EXACT, "one.test", "!" + file, "one.test")).isEqualTo("no");
  }

  @Test
  void aFileThatIsMissingIsNoNo() {
    assertThat(match(DomainList.Style.EXACT, "one.test", "/nonexistent/domains"))
        .startsWith("list: cannot read /nonexistent/domains");
  }
}
