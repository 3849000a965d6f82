package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Settings of the SMTP client with Debian's Postfix and with Postrider: one service of master.cf
 * for each, the same mail through both, to the same servers. The same arrives, and the same becomes
 * of what does not.
 */
class ClientSettingsDifferenceTest {
  /** By the name of the service: what its master.cf entry overrides. */
  private static final Map<String, String> SERVICES = new LinkedHashMap<>();

  static {
    SERVICES.put("plain", "");
    SERVICES.put(
        "checks",
        """
          -o smtp_header_checks=pcre:DIR/header
          -o smtp_mime_header_checks=pcre:DIR/mime
          -o smtp_nested_header_checks=pcre:DIR/nested
          -o smtp_body_checks=pcre:DIR/body
        """);
    SERVICES.put("refused", "  -o smtp_reply_filter=pcre:DIR/refused\n");
    SERVICES.put("busy", "  -o smtp_reply_filter=pcre:DIR/busy\n");
    SERVICES.put("hidden", "  -o smtp_reply_filter=pcre:DIR/hidden\n");
    SERVICES.put("keywords", "  -o smtp_discard_ehlo_keyword_address_maps=texthash:DIR/keywords\n");
    SERVICES.put("bare", "  -o smtp_quote_rfc821_envelope=no\n");
    SERVICES.put("nofilter", "  -o smtp_reply_filter=fail:x\n");
    SERVICES.put("nochecks", "  -o smtp_body_checks=fail:x\n");
  }

  private static final Map<String, String> TABLES =
      Map.of(
          "header",
              "/^Subject:(.*)/ REPLACE X-Subject:$1\n/^X-Gone:/ IGNORE\n/^To:/ PREPEND X-B: 1\n",
          "mime", "/^X-Part:/ REPLACE X-Mime: folded\n/^Content-Description:/ STRIP told\n",
          "nested", "/^Subject:/ PREPEND X-Nested: yes\n/^X-Gone:/ REJECT not here\n",
          "body",
              "/^Subject: none/ IGNORE\n/^deep/ REPLACE shallow\n/^a*b$/ WARN seen\n"
                  + "/^na\u00efve (.*)/ REPLACE $1 \u2192 kl\u00fcger\n",
          "refused", "/^250 2\\.1\\.5 .*/ 550 5.1.1 nobody of that name\n",
          "busy", "/^354 .*/ 450 4.7.1 come again\n",
          "hidden", "/^250-(8BITMIME|DSN)/ 250-X-HIDDEN\n",
          "keywords", "127.0.0.1 pipelining, dsn, 8bitmime\n");

  private static final String MESSAGE =
      """
      From: me@host.local.test
      To: you@there.test
      Subject: outer
      X-Gone: away
      MIME-Version: 1.0
      Content-Description: a test
      Content-Type: multipart/mixed; boundary="x"

      preamble
      --x
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: 8bit
      X-Part: one
       folded

      Subject: none
      gr\u00fc\u00dfe
      .
      na\u00efve h\u00f6flich
      aab
      --x
      Content-Type: message/rfc822

      Subject: inner
      X-Gone: not

      deep
      --x--
      """;

  private static final Pattern FATE =
      Pattern.compile("to=<[^>]*@(\\w+)\\.test>, .*dsn=([0-9.]+), status=(\\w+) \\(([^\\n]*)\\)");
  private static final Pattern ORIGIN = Pattern.compile("orig_client=(\\S+)");

  private static Path directory;
  private static SmtpSink sink;
  private static RealPostfix server;
  private static RealPostfix postfix;
  private static Instance postrider;

  @BeforeAll
  static void bothClients() throws Exception {
    server = RealPostfix.create();
    directory = server.directory;
    sink = SmtpSink.start();
    server.main(
        """
        mydestination =
        mynetworks = 127.0.0.0/8
        content_filter = discard:
        smtpd_authorized_xforward_hosts = 127.0.0.0/8
        """);
    server.start();
    for (Map.Entry<String, String> table : TABLES.entrySet()) {
      Files.writeString(directory.resolve(table.getKey()), table.getValue());
    }
    StringBuilder transport = new StringBuilder();
    StringBuilder master = new StringBuilder();
    for (Map.Entry<String, String> service : SERVICES.entrySet()) {
      String name = service.getKey();
      transport.append("%s.test %s:[127.0.0.1]:%d\n".formatted(name, name, sink.port));
      master
          .append(name)
          .append(" unix - - n - - smtp\n")
          .append(service.getValue().replace("DIR", directory.toString()));
    }
    transport.append("filter.test filter:[127.0.0.1]:%d\n".formatted(server.port));
    master.append("filter unix - - n - - smtp\n  -o smtp_send_xforward_command=yes\n");
    Files.writeString(directory.resolve("transport"), transport);
    String client =
        "inet_protocols = ipv4\nmynetworks = 127.0.0.0/8\ntransport_maps = texthash:%s/transport\n"
            .formatted(directory);
    postfix = RealPostfix.create();
    postfix.main(client);
    append(postfix.etc, master);
    postfix.start();
    postrider = Instance.create();
    postrider.main(client);
    append(postrider.etc, master);
    postrider.start();
  }

  private static void append(Path etc, CharSequence lines) throws IOException {
    Path file = etc.resolve("master.cf");
    Files.writeString(file, Files.readString(file) + lines);
  }

  @AfterAll
  static void end() throws Exception {
    for (AutoCloseable one : new AutoCloseable[] {postrider, postfix, server, sink}) {
      if (one != null) {
        one.close();
      }
    }
  }

  private static Map<String, String> fates(Path log) {
    Map<String, String> found = new TreeMap<>();
    Matcher matcher = FATE.matcher(Instance.text(log));
    while (matcher.find()) {
      String text = matcher.group(4).replaceAll("queued as \\w+", "queued");
      found.putIfAbsent(matcher.group(1), matcher.group(2) + " " + matcher.group(3) + " " + text);
    }
    return found;
  }

  /** What the log says of each change, without queue ids. */
  private static List<String> told(Path log) {
    return Pattern.compile(
            ": ((?:replace|prepend|strip|warning|info): (?:header|body) [^\\n]*|discarding EHLO"
                + " keywords: [^\\n]*)")
        .matcher(Instance.text(log))
        .results()
        .map(found -> found.group(1))
        .sorted()
        .distinct()
        .toList();
  }

  private List<String> sent(Shell shell, String sendmail, Path log) throws Exception {
    Files.writeString(directory.resolve("message"), MESSAGE);
    for (String name : SERVICES.keySet()) {
      String recipient = name.equals("bare") ? "'a b@bare.test'" : "a@" + name + ".test";
      Shell.Result result =
          shell.run(
              sendmail + " -i -f me@host.local.test " + recipient + " < " + directory + "/message");
      assertThat(result.code()).as(result.all()).isZero();
    }
    Instance.await(
        "all to have been tried",
        () -> fates(log).size() == SERVICES.size(),
        () -> Instance.text(log));
    int taken = (int) fates(log).values().stream().filter(f -> f.contains(" sent ")).count();
    List<String> messages = new ArrayList<>();
    for (String message : sink.take(taken, () -> Instance.text(log))) {
      messages.add(normal(message));
    }
    messages.sort(null);
    return messages;
  }

  /** Without what cannot be the same. */
  private static String normal(String message) {
    StringBuilder kept = new StringBuilder();
    boolean dropping = false;
    for (String line : message.split("\n")) {
      if (dropping && (line.startsWith("\t") || line.startsWith(" "))) {
        continue;
      }
      dropping = line.matches("(X-Client-|X-Helo|Received:|Message-I|Date:).*");
      if (!dropping) {
        kept.append(line.replaceAll("SIZE=\\d+", "SIZE").replaceAll("(?<=ORCPT=)\\S+", "R"))
            .append('\n');
      }
    }
    return kept.toString();
  }

  @Test
  void theSameSettingsDoTheSame() throws Exception {
    List<String> ofPostfix = sent(postfix.shell, "/usr/sbin/sendmail", postfix.log);
    List<String> ofPostrider = sent(postrider.shell, "sendmail", postrider.log);

    assertThat(ofPostrider).isEqualTo(ofPostfix);
    assertThat(ofPostfix).anyMatch(message -> message.contains("X-Nested: yes\nSubject: inner"));
    assertThat(fates(postrider.log)).isEqualTo(fates(postfix.log));
    assertThat(told(postrider.log)).isEqualTo(told(postfix.log));
  }

  @Test
  void aFilterHearsTheSameOfWhereMailCameFrom() throws Exception {
    for (int port : new int[] {postfix.port, postrider.port}) {
      int before = Instance.text(server.log).length();
      Shell.Result result =
          server.shell.run(
              "/usr/sbin/smtp-source -m 1 -f me@host.local.test -t a@filter.test 127.0.0.1:"
                  + port);
      assertThat(result.code()).as(result.all()).isZero();
      Instance.await(
          "the filter to have been told",
          () -> ORIGIN.matcher(Instance.text(server.log).substring(before)).find(),
          () -> Instance.text(server.log) + Instance.text(postrider.log));
      Matcher origin = ORIGIN.matcher(Instance.text(server.log).substring(before));
      assertThat(origin.find()).isTrue();
      assertThat(origin.group(1)).isEqualTo("localhost[127.0.0.1]");
    }
  }
}
