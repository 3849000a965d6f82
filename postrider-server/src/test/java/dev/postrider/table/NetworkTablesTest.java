package dev.postrider.table;

import static dev.postrider.table.ScriptedServer.line;
import static dev.postrider.table.ScriptedServer.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** tcp, socketmap and memcache tables against servers that answer well, badly and not at all. */
final class NetworkTablesTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir Path directory;
  private final List<String> logged = new ArrayList<>();
  private final MailLog log = (severity, process, text) -> logged.add(severity + " " + text);

  private Tables tables() {
    return new Tables(Config.of(directory, Map.of()), log);
  }

  private static TableSpec spec(String text) {
    return TableSpec.parse(text, "hash");
  }

  private static String reason(Lookup answer) {
    assertThat(answer).isInstanceOf(Lookup.Unavailable.class);
    return ((Lookup.Unavailable) answer).reason();
  }

  private static void answerTcp(java.io.InputStream in, java.io.OutputStream out)
      throws IOException {
    while (true) {
      String question = line(in);
      say(
          out,
          switch (question) {
            case "get a%20b%25%C3%A9" -> "200 x%20y%0az\n";
            case "get soft" -> "400 try%20later\n";
            default -> "500 not here\n";
          });
    }
  }

  @Test
  void tcpAsksAndAnswersInItsEncodingOverOneConnection() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NetworkTablesTest::answerTcp)) {
      LookupTable table = tables().open("tcp:localhost:" + server.port());

      assertThat(table.lookup("a b%é")).isEqualTo(new Lookup.Found("x y\nz"));
      assertThat(table.lookup("A B%é")).isEqualTo(new Lookup.NotFound());
      assertThat(table.lookup("line\nget a")).isEqualTo(new Lookup.NotFound());
      assertThat(server.connections()).isEqualTo(1);
      assertThat(reason(table.lookup("soft")))
          .isEqualTo(
              "table tcp:localhost:%d: the server says: 400 try%%20later".formatted(server.port()));
      assertThat(table.lookup("other")).isEqualTo(new Lookup.NotFound());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20 x | malformed reply",
        "200 x%2 | malformed reply",
        "200 x%zz | malformed reply",
        "abc | malformed reply",
        "200x | malformed reply",
        "300 x | bad status code"
      })
  void tcpTakesNothingForAnAnswerThatIsNone(String reply, String reason) throws Exception {
    try (ScriptedServer server =
        new ScriptedServer((in, out) -> {
          line(in);
          say(out, reply + "\n");
        })) {
      LookupTable table = tables().open("tcp:127.0.0.1:" + server.port());
      assertThat(reason(table.lookup("a"))).contains(reason);
    }
  }

  @Test
  void tcpSaysWhyNobodyAnswers() throws Exception {
    int dead = ScriptedServer.deadPort();
    assertThat(reason(tables().open("tcp:127.0.0.1:" + dead).lookup("a")))
        .isEqualTo(
            "table tcp:127.0.0.1:%1$d: connect to 127.0.0.1:%1$d: Connection refused"
                .formatted(dead));
    assertThat(logged)
        .containsExactly(
            "WARNING table tcp:127.0.0.1:%1$d: connect to 127.0.0.1:%1$d: Connection refused"
                .formatted(dead));
    try (ScriptedServer silent = new ScriptedServer((in, out) -> in.readAllBytes())) {
      LookupTable table = new TcpTable(spec("tcp:127.0.0.1:" + silent.port()), log, SHORT);
      assertThat(reason(table.lookup("a"))).endsWith(": timed out");
    }
    try (ScriptedServer dripping =
        new ScriptedServer((in, out) -> {
          line(in);
          while (true) {
            say(out, "2");
            Thread.onSpinWait();
          }
        })) {
      LookupTable table = new TcpTable(spec("tcp:127.0.0.1:" + dripping.port()), log, SHORT);
      assertThat(reason(table.lookup("a"))).endsWith("a reply is longer than 4096 bytes");
    }
    assertThatThrownBy(() -> tables().open("tcp:nowhere"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("need \"host:port\" instead of \"nowhere\"");
    assertThatThrownBy(() -> tables().open("tcp:localhost:nix"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("bad port \"nix\"");
  }

  @Test
  void aServerThatWasRestartedIsAskedAgainOnce() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NetworkTablesTest::answerTcp)) {
      LookupTable table = tables().open("tcp:127.0.0.1:" + server.port());
      assertThat(table.lookup("x")).isEqualTo(new Lookup.NotFound());
      server.hangUp();
      assertThat(table.lookup("x")).isEqualTo(new Lookup.NotFound());
      assertThat(server.connections()).isEqualTo(2);
      assertThat(logged).isEmpty();
    }
  }

  @Test
  void manyThreadsShareAFewConnections() throws Exception {
    try (ScriptedServer server = new ScriptedServer(NetworkTablesTest::answerTcp);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      LookupTable table = tables().open("tcp:127.0.0.1:" + server.port());
      List<Future<Lookup>> answers = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        answers.add(threads.submit(() -> table.lookup("x")));
      }
      for (Future<Lookup> answer : answers) {
        assertThat(answer.get()).isEqualTo(new Lookup.NotFound());
      }
      assertThat(server.connections()).isBetween(1, 8);
    }
  }

  private static ScriptedServer socketmap(Map<String, String> replies) throws IOException {
    return new ScriptedServer((in, out) -> {
      while (true) {
        StringBuilder length = new StringBuilder();
        for (int b = in.read(); b != ':'; b = in.read()) {
          if (b < 0) {
            return;
          }
          length.append((char) b);
        }
        String question =
            new String(
                in.readNBytes(Integer.parseInt(length.toString())),
                java.nio.charset.StandardCharsets.ISO_8859_1);
        if (in.read() != ',') {
          return;
        }
        String reply = replies.getOrDefault(question, "NOTFOUND ");
        say(out, reply.startsWith("raw") ? reply.substring(3) : reply.length() + ":" + reply + ",");
      }
    });
  }

  @Test
  void socketmapKnowsAllReplies() throws Exception {
    Map<String, String> replies = new HashMap<>();
    replies.put("map key", "OK the value");
    replies.put("map empty", "OK ");
    replies.put("map bare", "OK");
    replies.put("map temp", "TEMP come back");
    replies.put("map timeout", "TIMEOUT ");
    replies.put("map perm", "PERM never");
    replies.put("map odd", "WHAT is this");
    replies.put("map noise", "raw12OK");
    replies.put("map open", "raw2:OKx");
    replies.put("map zero", "raw02:OK,");
    replies.put("map huge", "raw100001:");
    replies.put("map large", "OK " + "x".repeat(99_997));
    replies.put("map two", "raw2:OK,2:OK,");
    try (ScriptedServer server = socketmap(replies)) {
      String name = "socketmap:inet:127.0.0.1:" + server.port() + ":map";
      LookupTable table = tables().open(name);

      assertThat(table.lookup("key")).isEqualTo(new Lookup.Found("the value"));
      assertThat(table.lookup("empty")).isEqualTo(new Lookup.Found(""));
      assertThat(table.lookup("bare")).isEqualTo(new Lookup.NotFound());
      assertThat(table.lookup("none")).isEqualTo(new Lookup.NotFound());
      assertThat(table.lookup("large")).isEqualTo(new Lookup.Found("x".repeat(99_997)));
      assertThat(server.connections()).isEqualTo(1);
      String prefix = "table " + name + ": ";
      assertThat(reason(table.lookup("temp")))
          .isEqualTo(prefix + "socketmap server temporary error: come back");
      assertThat(reason(table.lookup("timeout")))
          .isEqualTo(prefix + "socketmap server timeout error");
      assertThat(reason(table.lookup("perm")))
          .isEqualTo(prefix + "socketmap server permanent error: never");
      assertThat(reason(table.lookup("odd")))
          .isEqualTo(prefix + "socketmap server unknown error: is this");
      for (String broken : List.of("noise", "open", "zero", "two")) {
        assertThat(reason(table.lookup(broken)))
            .as(broken)
            .isEqualTo(prefix + "the reply is no netstring");
      }
      assertThat(reason(table.lookup("huge")))
          .isEqualTo(prefix + "the reply is longer than 100000 bytes");
      assertThat(table.lookup("key")).isEqualTo(new Lookup.Found("the value"));
    }
  }

  @Test
  void socketmapSpeaksOverAUnixSocketToo() throws Exception {
    Path socket = directory.resolve("s");
    assertThat(reason(tables().open("socketmap:unix:" + socket + ":map").lookup("k")))
        .isEqualTo(
            "table socketmap:unix:%1$s:map: connect to %1$s: No such file or directory"
                .formatted(socket));
    try (var listener =
        java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      listener.bind(java.net.UnixDomainSocketAddress.of(socket));
      Thread _ =
          Thread.ofVirtual()
              .start(() -> {
                try (var client = listener.accept()) {
                  client.read(java.nio.ByteBuffer.allocate(100));
                  client.write(java.nio.ByteBuffer.wrap("4:OK x,".getBytes("US-ASCII")));
                  client.read(java.nio.ByteBuffer.allocate(1));
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      SocketmapTable table =
          new SocketmapTable(spec("socketmap:unix:" + socket + ":map"), log, SHORT);
      assertThat(table.lookup("k")).isEqualTo(new Lookup.Found("x"));
      // The server hangs up at the second question, and nobody takes the next connection.
      assertThat(reason(table.lookup("k"))).endsWith("timed out");
    }
  }

  @Test
  void aWrongServerOfASocketmapIsRefusedAtOnce() {
    assertThatThrownBy(() -> tables().open("socketmap:foo"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("socketmap requires server:socketmap argument");
    assertThatThrownBy(() -> tables().open("socketmap:foo:bar"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("need \"inet:host:port\" or \"unix:pathname\" instead of \"foo\"");
  }

  /** Memcached as far as a table asks for it. */
  private static ScriptedServer memcached(Map<String, String> content) throws IOException {
    return new ScriptedServer((in, out) -> {
      while (true) {
        String[] words = line(in).strip().split(" ");
        if (words[0].equals("set")) {
          content.put(words[1], line(in).strip());
          say(out, "STORED\r\n");
          continue;
        }
        String value = content.get(words[1]);
        if (value == null) {
          say(out, "END\r\n");
        } else if (value.startsWith("raw")) {
          say(out, value.substring(3));
        } else {
          say(out, "VALUE %s 0 %d\r\n%s\r\nEND\r\n".formatted(words[1], value.length(), value));
        }
      }
    });
  }

  private String memcache(ScriptedServer server, String more) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("mc.cf"),
            "memcache = inet:127.0.0.1:" + server.port() + "\nretry_pause = 1\n" + more);
    return "memcache:" + file;
  }

  @Test
  void memcacheAsksInItsFormatAndFillsFromItsBackup() throws Exception {
    Map<String, String> content = new ConcurrentHashMap<>();
    content.put("p:known@example.com", "cached");
    try (ScriptedServer server = memcached(content)) {
      LookupTable table =
          tables()
              .open(
                  memcache(
                      server,
                      "key_format = p:%s\nbackup = inline:{known@example.com=no,"
                          + "other@example.com=behind}\nttl = 60\nfrobnicate = yes\n"));

      assertThat(table.lookup("Known@Example.com")).isEqualTo(new Lookup.Found("cached"));
      assertThat(table.lookup("other@example.com")).isEqualTo(new Lookup.Found("behind"));
      assertThat(content).containsEntry("p:other@example.com", "behind");
      assertThat(table.lookup("none@example.com")).isEqualTo(new Lookup.NotFound());
      assertThat(table.lookup("two words")).isEqualTo(new Lookup.NotFound());
      assertThat(table.lookup("x\r\nset y 0 0 1\r\nz")).isEqualTo(new Lookup.NotFound());
      assertThat(content).hasSize(2);
      assertThat(logged)
          .containsExactly(
              "WARNING %s, line 6: frobnicate: no parameter of memcache tables is called that: ignored"
                  .formatted(directory.resolve("mc.cf")));
    }
  }

  @Test
  void memcacheWithoutItsServerAsksTheBackupOrMakesMailWait() throws Exception {
    ScriptedServer server = memcached(Map.of());
    String alone = memcache(server, "");
    server.close();
    assertThat(reason(tables().open(alone).lookup("a")))
        .startsWith("table " + alone + ": connect to 127.0.0.1:")
        .endsWith("Connection refused");
    assertThat(logged).hasSize(1).first().asString().contains(alone).contains("refused");
    logged.clear();

    LookupTable backed = tables().open(memcache(server, "backup = inline:{a=b}\n"));
    assertThat(backed.lookup("a")).isEqualTo(new Lookup.Found("b"));
    assertThat(backed.lookup("a")).isEqualTo(new Lookup.Found("b"));
    assertThat(logged).hasSize(1).first().asString().contains("asking inline:{a=b} alone");
  }

  @Test
  void memcacheTakesNothingForAnAnswerThatIsNone() throws Exception {
    Map<String, String> content = new ConcurrentHashMap<>();
    content.put("error", "rawSERVER_ERROR out of memory\r\n");
    content.put("large", "rawVALUE large 0 11\r\n");
    content.put("short", "rawVALUE short 0 3\r\nabcdef\r\nEND\r\n");
    content.put("line", "raw" + "x".repeat(70) + "\r\n");
    content.put("good", "value");
    try (ScriptedServer server = memcached(content)) {
      LookupTable table =
          tables()
              .open(memcache(server, "data_size_limit = 10\nline_size_limit = 60\nmax_try = 1\n"));

      assertThat(reason(table.lookup("error"))).contains("SERVER_ERROR out of memory");
      assertThat(reason(table.lookup("large"))).contains("data_size_limit = 10");
      assertThat(reason(table.lookup("short"))).contains("does not end where it says");
      assertThat(reason(table.lookup("line"))).contains("a reply is longer than 60 bytes");
      assertThat(table.lookup("good")).isEqualTo(new Lookup.Found("value"));
    }
  }

  @Test
  void theDomainListKeepsOtherKeysAway() throws Exception {
    Path names = Files.writeString(directory.resolve("names"), "# ours\nfile.example\n");
    Map<String, String> content = new ConcurrentHashMap<>();
    for (String key : List.of("a@one.example", "a@file.example", "a@table.example", "bare")) {
      content.put(key, "yes");
    }
    content.put("@one.example", "yes");
    content.put("a@not.example", "yes");
    try (ScriptedServer server = memcached(content)) {
      LookupTable table =
          tables()
              .open(
                  memcache(
                      server,
                      "domain = !not.example, One.example "
                          + names
                          + " inline:{table.example=x,not.example=x}\n"));
      for (String key : List.of("a@one.example", "a@file.example", "a@table.example")) {
        assertThat(table.lookup(key)).as(key).isEqualTo(new Lookup.Found("yes"));
      }
      for (String key : List.of("bare", "@one.example", "a@not.example", "a@other.example")) {
        assertThat(table.lookup(key)).as(key).isEqualTo(new Lookup.NotFound());
      }
      assertThat(tables().open(memcache(server, "domain = fail:x\n")).lookup("a@one.example"))
          .isInstanceOf(Lookup.Unavailable.class);
    }
  }

  @Test
  void aWrongParameterFileSaysWhereAndWhat() throws Exception {
    Path file = Files.writeString(directory.resolve("mc.cf"), "timeout = soon\n");
    assertThatThrownBy(() -> tables().openNow("memcache:" + file, Kind.MAP, true))
        .hasMessage(file + ", line 1: timeout = soon: bad number (use a whole number from 1)");
    assertThat(reason(tables().open("memcache:" + file).lookup("a"))).contains("line 1: timeout");
    assertThat(reason(tables().open("memcache:" + file + "x").lookup("a")))
        .contains("open " + file + "x: No such file or directory");
    Files.writeString(file, "key_format = %x\n");
    assertThat(reason(tables().open("memcache:" + file).lookup("a")))
        .contains(file + ": invalid query template: %x");
  }

  @Test
  void theParametersMayStandInMainCf() throws Exception {
    try (ScriptedServer server = memcached(Map.of("p:a", "value"))) {
      Map<String, String> settings =
          Map.of(
              "mc_memcache", "inet:127.0.0.1:" + server.port(),
              "prefix", "p:",
              "mc_key_format", "${prefix}%s",
              "mc_frobnicate", "secret");
      Tables tables =
          new Tables(
              Config.of(directory, settings),
              (severity, process, text) -> logged.add(severity + " " + text));
      assertThat(tables.open("memcache:mc").lookup("a")).isEqualTo(new Lookup.Found("value"));
      assertThat(logged)
          .hasSize(1)
          .first()
          .asString()
          .contains("frobnicate: no parameter of memcache tables")
          .doesNotContain("secret");
    }
  }

  @Test
  void noAliasComesFromAServerThatNobodyVouchesFor() throws Exception {
    assertThat(tables().chainTrusted(List.of("inline:{a=b}")).lookup("a"))
        .isEqualTo(new Lookup.Found("b"));
    for (String spec :
        List.of("tcp:localhost:1", "unionmap:{inline:{a=b},memcache:/x}", "proxy:socketmap:x:y")) {
      assertThat(reason(tables().chainTrusted(List.of(spec)).lookup("a")))
          .contains(spec)
          .contains("not allowed for security-sensitive data");
    }
  }
}
