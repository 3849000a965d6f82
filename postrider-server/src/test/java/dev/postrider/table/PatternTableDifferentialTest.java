package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same rules and keys to Debian's postmap and to our tables: same answers, same warnings. */
final class PatternTableDifferentialTest {
  private record Answers(List<String> found, List<String> warnings) {}

  @TempDir Path directory;

  private void same(String type, String rules, String... keys) throws Exception {
    assumeTrue(new File("/usr/sbin/postmap").canExecute(), "Debian's postmap is not installed");
    Path table = Files.writeString(directory.resolve("rules"), rules);
    Files.writeString(directory.resolve("main.cf"), "compatibility_level = 3.6\n");
    assertThat(ours(type + ":" + table, keys))
        .as(rules)
        .isEqualTo(theirs(type + ":" + table, keys));
  }

  private Answers theirs(String spec, String... keys) throws Exception {
    Path err = directory.resolve("err");
    Path in = Files.writeString(directory.resolve("in"), String.join("\n", keys) + "\n");
    Process process =
        new ProcessBuilder("/usr/sbin/postmap", "-c", directory.toString(), "-q", "-", spec)
            .redirectInput(in.toFile())
            .redirectError(err.toFile())
            .start();
    List<String> found =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    process.waitFor();
    List<String> warnings = new ArrayList<>();
    for (String line : Files.readAllLines(err)) {
      String text = line.replace("postmap: warning: ", "");
      if (!text.startsWith("empty macro name") && !text.startsWith("table ")) {
        warnings.add(text);
      }
    }
    return new Answers(found, warnings.stream().sorted().toList());
  }

  private Answers ours(String spec, String... keys) throws Exception {
    List<String> warnings = new ArrayList<>();
    Tables tables =
        new Tables(Config.of(directory, Map.of()), (severity, process, text) -> warnings.add(text));
    LookupTable table = tables.open(spec);
    List<String> found = new ArrayList<>();
    for (String key : keys) {
      if (table.lookup(key) instanceof Lookup.Found(String value)) {
        found.add(key + "\t" + value);
      }
    }
    return new Answers(found, warnings.stream().sorted().toList());
  }

  private static final String RULES =
      """
      /^root$/ me
      /^(.*)@(.*)\\.local$/ $1 at ${2} $(1)x $$
      /bad$/ a $ b
      !/foo/ notfoo
      /unterminated
      /x/q badflag
      /(a)/ $2
      no regexp
      if /bar/
      /baz/ inbaz
      /q(.)z/ in $1
      endif
      !/neg/ $1 x
      /[[:alpha:]]+1/ alpha
      endif
      if !/qq/
      /zz/ last
      |pipe| piped
      ENDIF
      /tail/ trail\s\s
      if /open/
      /open end/ shut
      """;

  private static final String[] KEYS = {
    "root",
    "ROOT",
    "a@b.local",
    "A@B.Local",
    "foo",
    "xfoobarbaz",
    "foobarqxz",
    "foo abc1",
    "foozz",
    "fooqqzz",
    "foopipe",
    "footail",
    "foo open end",
    "foo bad"
  };

  @Test
  void regexpRulesAnswerAlike() throws Exception {
    same("regexp", RULES, KEYS);
  }

  @Test
  void pcreRulesAnswerAlike() throws Exception {
    same("pcre", RULES, KEYS);
  }

  @Test
  void theSyntaxesDifferWhereTheyDoInPostfix() throws Exception {
    String[] keys = {
      "ac",
      "abc",
      "xx",
      "x{2}",
      "word",
      "swordfish",
      "a+",
      "aaa",
      "q",
      "(q)",
      "12",
      "\\d+",
      "[x]",
      "a&&b",
      "A-z",
      "a.b",
      "ab",
      "a]b",
      "{x}",
      "tab\there"
    };
    String rules =
        """
        /^a(b)?c$/ <$1>
        /^x{2}$/ rep
        /^a.b$/ dot
        /^[]a]+b$/ bracket
        /^[^&]&[&]b/ and
        /^[[]x]/ openbracket
        /^[a-c]{3}$/ three
        /^[0-9]+$/ digits
        """;
    same("regexp", rules, keys);
    same("pcre", rules, keys);
    same(
        "regexp", "/\\<word\\>/ w\n/^a+$/x basicplus\n/^\\(q\\)$/x g$1\n/^x\\{2\\}$/x two\n", keys);
    same(
        "pcre",
        "/^\\d+$/ d\n/\\bword\\b/ w\n/(?<n>q)/ $1\n/^\\\\d\\+$/ lit\n/\\Q{x}\\E/ quoted\n",
        keys);
    same("pcre", "/AC/i case\n/a b c/x spaced\n/^ac$/A anchored\n", keys);
    same("regexp", "/AC/i case\n/^AC$/ nocase\n", keys);
  }

  @Test
  void cidrRulesAnswerAlike() throws Exception {
    same(
        "cidr",
        """
        10.0.0.0/8 ten
        !192.168.0.0/16 notone
        10.0.0.1/8 bad
        fd00::/8 six
        [fe80::]/10 brack
        1.2.3 bad
        1.2.3.4
        endif
        if 1.0.0.0/8 junk
        300.1.1.1 a
        1.2.3.4/33 b
        foo x
        ::1 loop
        if 192.168.1.0/24
        192.168.1.1 inside
        if !192.168.1.2
        192.168.1.0/24 others
        endif
        endif
        192.168.0.0/16 rest
        2001:db8::/129 c
        """,
        "10.2.3.4",
        "192.168.1.1",
        "192.168.1.2",
        "192.168.1.3",
        "192.168.9.9",
        "fd00::1",
        "fe80::1",
        "8.8.8.8",
        "::1",
        "foo",
        "10.0.0.0/8",
        "::ffff:10.1.1.1",
        "2001:db8::1",
        "10.2.3",
        "");
  }

  @Test
  void addressesAreReadByCidrTablesAsInPostfix() throws Exception {
    same(
        "cidr",
        """
        [2001:db8::/32] both
        [192.0.2.0]/24 address
        [198.51.100.0/24] both
        010.1.1.1 octal?
        203.0.113.0/24/5 twice
        0/0 all
        [192.0.2.9 x
        [192.0.2.9]x y
        fe80::1%eth0 scope
        if
        endif x
        """,
        "2001:db8::1",
        "192.0.2.1",
        "198.51.100.1",
        "010.1.1.1",
        "10.1.1.1",
        "203.0.113.1",
        "[192.0.2.1]",
        "[2001:db8::1]",
        "fe80::1%eth0",
        "fe80::1");
  }

  @Test
  void aMessageNamesTheLineWhereARuleBegins() throws Exception {
    String behind = "\n  and more\n\n# a comment\n#\n";
    same("regexp", "/a/ x\n/b/ $1" + behind + "foo" + behind + "if /c/\n\n", "a", "b");
    same("pcre", "/a/ x\n/b/ $1" + behind + "foo" + behind + "if /c/\n\n", "a", "b");
    same("cidr", "::1 x\n1.2.3.4/33 y" + behind + "foo z" + behind + "if ::/0\n\n", "::1");
  }

  @Test
  void aBraceThatRepeatsNothingIsABraceInPcre() throws Exception {
    same(
        "pcre",
        """
        /^\\{?{id}$/ one
        /^x{a/ two
        /^x{1,2/ three
        /^x{,2}$/ four
        /^y{1,}z{2}{$/ five
        /^\\x{7a}\\x{79}\\p{L}$/ six
        """,
        "{id}",
        "x{a}",
        "x{1,2",
        "x{,2}",
        "yyzz{",
        "zyx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "regexp:{{/^a(.)/ first $1}, {/b/ second}}",
        "pcre:{{if /[a-c]{2}/} {/(b)/ in $(1)} {endif}, {!/a{1}/ not}}",
        "cidr:{{if 10.0.0.0/8} {10.1.0.0/16 two words} {endif} {::/0 {six}}}",
        "regexp:{{# a comment}, { /c/   last }, {/(/ bad}, {/d/ $3}}",
        "regexp:{}",
        "unionmap:{regexp:{{/a/ one}}, pcre:{{/b/ two}, {/c/ three}}}"
      })
  void rulesMayStandInTheNameOfTheTable(String spec) throws Exception {
    assumeTrue(new File("/usr/sbin/postmap").canExecute(), "Debian's postmap is not installed");
    Files.writeString(directory.resolve("main.cf"), "compatibility_level = 3.6\n");
    String[] keys = {"ab", "bb", "c", "10.1.2.3", "10.2.3.4", "::1", "x"};

    assertThat(withoutWords(ours(spec, keys))).isEqualTo(withoutWords(theirs(spec, keys)));
  }

  /** What is wrong with an expression is said in Java's words. */
  private static Answers withoutWords(Answers answers) {
    return new Answers(
        answers.found(),
        answers.warnings().stream().map(one -> one.replaceAll("(line \\d+: Un).*", "$1")).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"regexp:{/a/ b}", "pcre:{{/a/ b}", "cidr:{{::/0 x}}y"})
  void rulesWithoutTheirBracesAreRefused(String spec) {
    Tables tables = new Tables(Config.of(directory, Map.of()), (severity, process, text) -> {});

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> tables.open(spec))
        .withMessageContaining(spec);
  }

  @Test
  void anExpressionThatTakesForeverIsUnavailable() throws Exception {
    Path table = Files.writeString(directory.resolve("slow"), "/^((a+)\\2?)+b$/ x\n/c/ y\n");
    LookupTable opened =
        new Tables(Config.of(directory, Map.of()), (severity, process, text) -> {})
            .open("pcre:" + table);

    assertThat(opened.lookup("a".repeat(60) + "X"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer ->
                assertThat(answer.reason()).contains("line 1: the expression takes too long"));
    assertThat(opened.lookup("c")).isEqualTo(new Lookup.Found("y"));
  }
}
