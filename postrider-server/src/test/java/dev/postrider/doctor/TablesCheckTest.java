package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TablesCheckTest {
  @TempDir Path directory;

  private String said(Installation installation) throws Exception {
    Subject subject = installation.subject();
    return Installation.said(new TablesCheck(subject));
  }

  @Test
  void tablesThatCanBeReadAreWell() throws Exception {
    assertThat(
            said(
                new Installation(directory)
                    .file("aliases", "root: me@example.com\n")
                    .main("virtual_alias_maps = inline:{a@example.com=b@example.com}")))
        .isEqualTo("ok tables: 2 lookup tables can be read | \n");
  }

  @Test
  void aMissingFileIsNamedWithParameterAndLine() throws Exception {
    assertThat(
            said(
                new Installation(directory)
                    .file("aliases", "")
                    .main("transport_maps = hash:" + directory.resolve("transport"))))
        .startsWith("error table-unreadable: " + directory + "/main.cf, line 7: transport_maps = ")
        .contains("No such file", "| write " + directory + "/transport, or take");
  }

  @Test
  void theAliasesAreMissedEvenWhereTheyAreTheDefault() throws Exception {
    assertThat(said(new Installation(directory)))
        .contains(
            "error table-unreadable: ",
            "| echo 'root: you@example.com' >" + directory + "/aliases");
  }

  @Test
  void aLineThatIsLeftOutIsNamed() throws Exception {
    assertThat(
            said(
                new Installation(directory)
                    .file("aliases", "root: me@example.com\n")
                    .file("canonical", "/fine/ x\n/(unclosed/ y\n")
                    .main("canonical_maps = pcre:" + directory.resolve("canonical"))))
        .startsWith("warning table-line: ")
        .contains("canonical, line 2: ", "| mend the line, or take it out");
  }
}
