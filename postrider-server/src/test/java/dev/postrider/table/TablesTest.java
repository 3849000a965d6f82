package dev.postrider.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.ReadRights;
import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TablesTest {
  @TempDir Path directory;
  private final List<String> logged = new ArrayList<>();
  private final MailLog log = (severity, process, text) -> logged.add(severity + " " + text);
  private final AtomicLong nanos = new AtomicLong();

  private Tables tables() {
    return new Tables(Config.of(directory, Map.of()), log, nanos::get);
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  private static Lookup found(String value) {
    return new Lookup.Found(value);
  }

  private static Lookup notFound() {
    return new Lookup.NotFound();
  }

  private void aSecondLater() {
    nanos.addAndGet(1_000_000_000L);
  }

  @Test
  void aHashTableWithoutPostmapAnswersFromItsSource() throws Exception {
    Path source = write("generic", "# local to provider\nRoot@Host.local  me@provider.example\n");

    LookupTable table = tables().open("hash:" + source);

    assertThat(table.lookup("root@host.LOCAL")).isEqualTo(found("me@provider.example"));
    assertThat(table.lookup("other@host.local")).isEqualTo(notFound());
    assertThat(logged).isEmpty();
  }

  @Test
  void theCompiledFileAnswersWhenItIsNoOlderThanTheSource() throws Exception {
    Path source = write("map", "a old\n");
    Path compiled = directory.resolve("map.db");
    Files.write(compiled, CompiledTable.compile(Kind.MAP, Map.of("a", "compiled")));
    Files.setLastModifiedTime(source, FileTime.fromMillis(1_000_000));
    Files.setLastModifiedTime(compiled, FileTime.fromMillis(2_000_000));

    assertThat(tables().open("hash:" + source).lookup("A")).isEqualTo(found("compiled"));

    Files.setLastModifiedTime(source, FileTime.fromMillis(3_000_000));
    assertThat(tables().open("btree:" + source).lookup("A")).isEqualTo(found("old"));
  }

  @Test
  void aFileOfAnotherProgramIsNotReadAsOurs() throws Exception {
    Path source = write("map", "a text\n");
    write("map.db", "\0\0\0\0 Berkeley DB bytes of some length");
    Files.setLastModifiedTime(source, FileTime.fromMillis(1_000_000));

    assertThat(tables().open("hash:" + source).lookup("a")).isEqualTo(found("text"));

    Files.delete(source);
    assertThat(tables().open("hash:" + source).lookup("a"))
        .isInstanceOfSatisfying(
            Lookup.Unavailable.class,
            answer -> assertThat(answer.reason()).contains("written by another program"));
  }

  @Test
  void aMissingTableIsUnavailableUntilItsFileIsThere() throws Exception {
    Path source = directory.resolve("later");
    LookupTable table = tables().open("hash:" + source);

    assertThat(table.lookup("a"))
        .isEqualTo(
            new Lookup.Unavailable(
                "hash:%s is unavailable. open database %s.db: No such file or directory"
                    .formatted(source, source)));

    write("later", "a b\n");
    assertThat(table.lookup("a")).isEqualTo(found("b"));
  }

  @Test
  void whoAsksWhatHasChangedHearsOfEachEditOnce() throws Exception {
    Path source = write("map", "a one\n");
    Tables tables = tables();
    LookupTable table = tables.open("hash:" + source);
    tables.open("inline:{a=b}");
    assertThat(tables.changed()).isEmpty();

    write("map", "a three\n");
    assertThat(tables.changed()).containsExactly("hash:" + source);
    assertThat(tables.changed()).isEmpty();

    write("map", "a eleven\n");
    aSecondLater();
    assertThat(table.lookup("a")).isEqualTo(found("eleven"));
    assertThat(tables.changed()).containsExactly("hash:" + source);

    Files.delete(source);
    assertThat(tables.changed()).isEmpty();
  }

  private Tables aliasTables(String maps) {
    return new Tables(Config.of(directory, Map.of("alias_maps", maps)), log, nanos::get);
  }

  @Test
  void linesOfATexthashOfAliasesHaveEitherForm() throws Exception {
    Path source =
        write(
            "users",
            "plain two@remote.test\nList  :include:/list\nNAME: a, b\nspaced : c\n"
                + "cmd \"|cat: x\"\n\"q:r\" d\n");

    LookupTable table = aliasTables("texthash:" + source).openFixed("texthash:" + source);

    assertThat(table.lookup("plain")).isEqualTo(found("two@remote.test"));
    assertThat(table.lookup("list")).isEqualTo(found(":include:/list"));
    assertThat(table.lookup("name")).isEqualTo(found("a, b"));
    assertThat(table.lookup("spaced")).isEqualTo(found("c"));
    assertThat(table.lookup("cmd")).isEqualTo(found("\"|cat: x\""));
    assertThat(table.lookup("\"q:r\"")).isEqualTo(found("d"));
    assertThat(table.lookup("nobody")).isEqualTo(notFound());
    assertThat(logged).isEmpty();
  }

  @Test
  void anAliasFileInAnotherFormMakesMailWaitUntilItIsMended() throws Exception {
    Path source = write("users", "one away@remote.test\n");
    LookupTable table = aliasTables("hash:" + source).openFixed("hash:" + source);

    assertThat(table.lookup("one"))
        .isEqualTo(
            new Lookup.Unavailable(
                "hash:%1$s is unavailable. no line of it is an alias: %1$s, line 1: need name:value pair"
                    .formatted(source)));

    write("users", "one: away@remote.test\nbroken\n");
    assertThat(table.lookup("one")).isEqualTo(found("away@remote.test"));
    assertThat(table.lookup("broken")).isEqualTo(notFound());
  }

  @Test
  void anEditOfWhatPostmapMadeIsReadAsPostmapReadIt() throws Exception {
    Path source = write("users", "one away@remote.test\n");
    Path compiled = directory.resolve("users.db");
    Files.write(compiled, CompiledTable.compile(Kind.MAP, Map.of("one", "old")));
    Files.setLastModifiedTime(compiled, FileTime.fromMillis(1_000_000));

    LookupTable table = aliasTables("hash:" + source).openFixed("hash:" + source);

    assertThat(table.lookup("one")).isEqualTo(found("away@remote.test"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"debug:hash:%s", "unionmap:{inline:{x=y}, hash:%s}"})
  void anAliasFileWithinAnotherTableIsOne(String spec) throws Exception {
    String maps = spec.formatted(write("users", "one: away@remote.test\n"));

    assertThat(aliasTables(maps).openFixed(maps).lookup("one"))
        .isEqualTo(found("away@remote.test"));
  }

  @Test
  void whatAPipeAsksFirstIsNoAliasFile() throws Exception {
    String maps =
        "pipemap:{hash:%s, hash:%s}"
            .formatted(write("keys", "one two\n"), write("users", "two: away@remote.test\n"));

    assertThat(aliasTables(maps).openFixed(maps).lookup("one"))
        .isEqualTo(found("away@remote.test"));
  }

  @Test
  void anEditIsSeenWithinASecond() throws Exception {
    Path source = write("map", "a one\n");
    LookupTable table = tables().open("texthash:" + source);
    write("map", "a three\n");

    assertThat(table.lookup("a")).as("no look at the file yet").isEqualTo(found("one"));
    aSecondLater();
    assertThat(table.lookup("a")).isEqualTo(found("three"));
  }

  @Test
  void aBadEditKeepsTheLastGoodVersionAndSaysWhere() throws Exception {
    Path source = write("map", "a one\n");
    LookupTable table = tables().open("texthash:" + source);

    write("map", "a two\nbroken\n");
    aSecondLater();
    assertThat(table.lookup("a")).isEqualTo(found("one"));
    assertThat(logged)
        .anyMatch(line -> line.startsWith("ERROR " + source + ", line 2: expected format"))
        .anyMatch(line -> line.contains("going on with the version read before"));

    write("map", "a two\nmended x\n");
    aSecondLater();
    assertThat(table.lookup("a")).isEqualTo(found("two"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hash", "texthash", "regexp", "pcre", "cidr"})
  void everyFileIsReadWithTheRightsGiven(String type) throws Exception {
    Path source = write("map", "/a/ b\n");
    AtomicBoolean asRoot = new AtomicBoolean();
    ReadRights rights =
        new ReadRights() {
          @Override
          public <T> T read(Reading<T> reading) throws IOException {
            asRoot.set(true);
            return reading.read();
          }
        };

    new Tables(Config.of(directory, Map.of()), log, rights).open(type + ":" + source);

    assertThat(asRoot).isTrue();
  }

  @Test
  void aDeletedFileKeepsTheLastVersion() throws Exception {
    Path source = write("map", "a one\n");
    LookupTable table = tables().open("hash:" + source);
    Files.delete(source);
    aSecondLater();

    assertThat(table.lookup("a")).isEqualTo(found("one"));
    assertThat(logged).anyMatch(line -> line.contains("No such file or directory; going on"));
  }

  @Test
  void everyEntryOfALargeCompiledTableIsFoundAgain() throws Exception {
    Map<String, String> entries = new LinkedHashMap<>();
    for (int i = 0; i < 20_001; i++) {
      entries.put("user" + i + "@example.com", "value " + i);
    }
    entries.put("", "empty key");
    Path compiled = directory.resolve("big.db");
    Files.write(compiled, CompiledTable.compile(Kind.MAP, entries));

    CompiledTable table = CompiledTable.read(compiled);

    entries.forEach((key, value) -> assertThat(table.lookup(key)).isEqualTo(found(value)));
    assertThat(table.lookup("user20001@example.com")).isEqualTo(notFound());
    Map<String, String> listed = new LinkedHashMap<>();
    table.forEach(listed::put);
    assertThat(listed).containsExactlyEntriesOf(entries);
  }

  @Test
  void aDamagedCompiledFileIsRefused() throws Exception {
    byte[] bytes = CompiledTable.compile(Kind.MAP, Map.of("a", "b"));
    bytes[bytes.length - 1] ^= 1;
    Path compiled = directory.resolve("bad.db");
    Files.write(compiled, bytes);

    assertThatThrownBy(() -> CompiledTable.read(compiled))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged; run postmap");
  }

  @Test
  void inlineStaticUnionPipeAndFailAnswerAsPostfixDoes() throws Exception {
    Tables tables = tables();

    assertThat(tables.open("inline:{a=b,C=d}").lookup("c")).isEqualTo(found("d"));
    assertThat(tables.open("inline:{{a = two words}, x=y}").lookup("A"))
        .isEqualTo(found("two words"));
    assertThat(tables.open("static:{ x y }").lookup("any")).isEqualTo(found("x y"));
    assertThat(tables.open("proxy:static:OK").lookup("any")).isEqualTo(found("OK"));
    assertThat(tables.open("unionmap:{static:x,inline:{a=y}}").lookup("a")).isEqualTo(found("x,y"));
    assertThat(tables.open("unionmap:{inline:{a=y},fail:x}").lookup("a"))
        .isInstanceOf(Lookup.Unavailable.class);
    assertThat(tables.open("pipemap:{inline:{a=b},inline:{b=c}}").lookup("a"))
        .isEqualTo(found("c"));
    assertThat(tables.open("pipemap:{inline:{a=b},inline:{x=c}}").lookup("a"))
        .isEqualTo(notFound());
  }

  @Test
  void aChainStopsAtTheFirstAnswerAndAtTheFirstFailure() throws Exception {
    Tables tables = tables();

    assertThat(tables.chain(List.of("inline:{a=1}", "inline:{a=2,b=3}")).lookup("b"))
        .isEqualTo(found("3"));
    assertThat(tables.chain(List.of("inline:{a=1}", "fail:x")).lookup("a")).isEqualTo(found("1"));
    assertThat(tables.chain(List.of("fail:x", "inline:{a=1}")).lookup("a"))
        .isInstanceOf(Lookup.Unavailable.class);
    assertThat(tables.chain(List.of()).lookup("a")).isEqualTo(notFound());
  }

  @Test
  void aWrongNameIsRefusedWithPostfixsWords() {
    assertRefused("bogus:x", "unsupported dictionary type: bogus");
    assertRefused("hash:", "open dictionary: expecting \"type:name\" form instead of \"hash:\"");
    assertRefused("inline:{}", "bad syntax: \"inline:{}\"; need \"inline:{name=value...}\"");
    assertRefused(
        "inline:{ a }",
        "missing '=' after attribute name: \"inline:{ a }\"; need \"inline:{name=value...}\"");
    assertRefused("static:{x", "bad static:name syntax: missing '}' in \"{x\"");
    assertRefused("static:{x}y", "bad static:name syntax: syntax error after '}' in \"{x}y\"");
    assertRefused("unionmap:{}", "bad syntax: \"unionmap:{}\"; need \"unionmap:{type:name...}\"");
    assertRefused("pipemap:{bogus:x}", "unsupported dictionary type: bogus");
  }

  private void assertRefused(String spec, String message) {
    assertThatThrownBy(() -> tables().open(spec))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }

  @Test
  void bytesThatAreNotUtf8SurviveDecodingAndEncoding() {
    byte[] all = new byte[512];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i * 7);
    }
    assertThat(Octets.encode(Octets.decode(all))).isEqualTo(all);
    byte[] mixed = {
      'a', (byte) 0xc3, (byte) 0xa9, (byte) 0xff, (byte) 0xed, (byte) 0xa0, (byte) 0x80
    };
    assertThat(Octets.encode(Octets.decode(mixed))).isEqualTo(mixed);
    assertThat(Octets.isValid(Octets.decode(mixed))).isFalse();
    assertThat(Octets.decode(mixed)).startsWith("aé");
  }
}
