package dev.postrider.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One of two mail systems that go through the same cases: it is given a message and tells what came
 * of it — the log lines, the files on disk, what arrived at the sink — without what cannot be the
 * same.
 */
final class Contender implements AutoCloseable {
  private static final String DELIVERY = "[0-9A-F]{8,14}: to=<.*";
  private static final Pattern FORWARDED = Pattern.compile("forwarded as ([0-9A-F]{8,14})");
  private static final Pattern NOTIFIED = Pattern.compile("notification: ([0-9A-F]{8,14})");

  /** What a contender is, and how it is stopped. */
  interface Engine {
    Path directory();

    Path etc();

    Path log();

    int port();

    Shell shell();

    void main(String lines) throws IOException;

    void start() throws IOException, InterruptedException;

    void close() throws IOException, InterruptedException;

    /** Whether it was seen to log nothing at all about a message, on a machine under load. */
    default boolean mayLoseItsLog() {
      return false;
    }
  }

  private final Engine engine;
  private final TestUsers users;
  private final SmtpSink sink;
  private final Set<Path> given = new LinkedHashSet<>();

  Contender(Engine engine, TestUsers users, SmtpSink sink) {
    this.engine = engine;
    this.users = users;
    this.sink = sink;
  }

  /** Writes the configuration of a group and starts. */
  void start(CaseFile.Group group) throws IOException, InterruptedException {
    Path files = engine.directory().resolve("files");
    Files.createDirectories(files);
    Files.setAttribute(files, "unix:mode", 01777);
    engine.main(
        """
        alias_maps = hash:%1$s/aliases
        alias_database = hash:%1$s/aliases
        relayhost = [127.0.0.1]:%2$d
        mynetworks = 127.0.0.0/8
        local_recipient_maps =
        smtpd_relay_restrictions = permit_mynetworks, reject
        smtp_tls_security_level = none
        """
            .formatted(engine.etc(), sink.port));
    engine.main(in(String.join("\n", group.main())));
    Files.writeString(
        engine.etc().resolve("master.cf"),
        in(String.join("\n", group.master())) + "\n",
        StandardOpenOption.APPEND);
    Files.writeString(engine.etc().resolve("aliases"), "");
    for (CaseFile.Part table : group.tables()) {
      Files.writeString(engine.etc().resolve(table.head()), in(table.text()));
    }
    for (String command : group.setup()) {
      command(command);
    }
    engine.start();
  }

  private void command(String command) throws IOException, InterruptedException {
    Shell.Result result = engine.shell().run(in(command));
    if (result.code() != 0) {
      throw new IOException(command + ": " + result.all());
    }
  }

  /** Names of this system and this run in place of the signs. */
  private String in(String text) {
    return users
        .named(text)
        .replace("@D@", engine.directory().toString())
        .replace("@SINK@", "[127.0.0.1]:" + sink.port);
  }

  /** The reverse. */
  private String out(String text) {
    return users
        .unnamed(text.replace(engine.directory().toString(), "@D@"))
        .replace("[127.0.0.1]:" + sink.port, "@SINK@");
  }

  /** Sends the message of a case and says what came of it. */
  String run(CaseFile.Group group, CaseFile.Case each) throws IOException, InterruptedException {
    int before = Files.readString(engine.log()).length();
    try {
      return runOnce(group, each);
    } catch (IOException e) {
      if (!engine.mayLoseItsLog() || !log(before).isBlank()) {
        throw e;
      }
      return runOnce(group, each);
    }
  }

  private String runOnce(CaseFile.Group group, CaseFile.Case each)
      throws IOException, InterruptedException {
    users.cleanHomes();
    clean(engine.directory().resolve("files"));
    clean(engine.directory().resolve("mailboxes"));
    given.clear();
    for (CaseFile.Part file :
        Stream.concat(group.files().stream(), each.files().stream()).toList()) {
      give(file);
    }
    for (String command : each.commands()) {
      command(command);
    }
    int before = Files.readString(engine.log()).length();
    List<String> refusals = new ArrayList<>();
    String id = send(each, refusals);
    Outcome outcome = id.isEmpty() ? new Outcome(List.of(), List.of(), 0) : await(id, before);
    String report =
        String.join("", refusals)
            + String.join("\n", outcome.lines())
            + "\n"
            + files()
            + String.join("\n", messages(outcome.delivered()));
    for (String each2 : outcome.waiting()) {
      engine.shell().run("postsuper -d " + each2);
    }
    return report;
  }

  private void give(CaseFile.Part part) throws IOException, InterruptedException {
    String[] words = in(part.head()).split(" ");
    Path file = Path.of(words[0]);
    if (words.length > 3) {
      engine
          .shell()
          .run("ln -s '" + words[3] + "' '" + file + "' && chown -h " + words[1] + " " + file);
    } else {
      for (Path parent : directories(file)) {
        Files.createDirectory(parent);
        engine.shell().run("chown " + words[1] + " '" + parent + "'");
      }
      Files.writeString(file, in(part.text()));
      Shell.Result result =
          engine
              .shell()
              .run(
                  "chown " + words[1] + " '" + file + "' && chmod " + words[2] + " '" + file + "'");
      if (result.code() != 0) {
        throw new IOException(result.all());
      }
    }
    given.add(file);
  }

  /** Those on the way to a file that are missing, from the top. */
  private static List<Path> directories(Path file) {
    List<Path> missing = new ArrayList<>();
    for (Path parent = file.getParent();
        parent != null && !Files.exists(parent);
        parent = parent.getParent()) {
      missing.addFirst(parent);
    }
    return missing;
  }

  private static void clean(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Hands the message over by SMTP; answers its queue id, or nothing if it was not taken.
   *
   * @param refusals gets the replies that refuse a recipient or the message
   */
  private String send(CaseFile.Case each, List<String> refusals) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), engine.port())) {
      socket.setSoTimeout(30_000);
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      OutputStream out = socket.getOutputStream();
      String unused = reply(in, "220");
      say(out, in(each.greeting()));
      unused = reply(in, "250");
      say(out, "MAIL FROM:<" + in(each.from()) + ">");
      unused = reply(in, "250");
      int accepted = 0;
      for (String to : each.to()) {
        String[] words = in(to).split(" (?=[A-Z]+=)", 2);
        say(out, "RCPT TO:<" + words[0] + ">" + (words.length > 1 ? " " + words[1] : ""));
        String reply = reply(in, "");
        if (reply.startsWith("250")) {
          accepted++;
        } else {
          refusals.add(out(reply) + "\n");
        }
      }
      if (accepted == 0) {
        say(out, "QUIT");
        return "";
      }
      say(out, "DATA");
      String go = reply(in, "");
      if (!go.startsWith("354")) {
        refusals.add(out(go) + "\n");
        return "";
      }
      String body = each.body();
      String content =
          body == null
              ? "From: <from@remote.test>\nTo: <to@remote.test>\nDate: Thu, 5 Nov 2026 10:00:00 +0000\n"
                  + "Message-Id: <m@remote.test>\nSubject: a case\n\nFrom the start\nbody\n"
              : in(body);
      say(out, content.replace("\n", "\r\n") + ".");
      String queued = reply(in, "");
      if (!queued.startsWith("250")) {
        refusals.add(out(queued) + "\n");
        say(out, "QUIT");
        return "";
      }
      say(out, "QUIT");
      return queued.replaceAll(".*queued as ([0-9A-F]+).*", "$1");
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private static String reply(BufferedReader in, String code) throws IOException {
    String line = in.readLine();
    while (line != null && line.length() > 3 && line.charAt(3) == '-') {
      line = in.readLine();
    }
    if (line == null && code.isEmpty()) {
      return "the connection was closed";
    }
    if (line == null || !line.startsWith(code)) {
      throw new IOException("wanted " + code + ", heard: " + line);
    }
    return line;
  }

  /**
   * What the log says.
   *
   * @param lines of deliveries, those of the first message and of what it led to
   * @param waiting ids of messages still in the queue
   * @param delivered how many messages the sink took
   */
  private record Outcome(List<String> lines, List<String> waiting, int delivered) {}

  private Outcome await(String id, int from) throws IOException {
    Outcome[] found = new Outcome[1];
    int[] seen = {-1, 0};
    Instance.await(
        "the end of " + id,
        () -> {
          try {
            String text = Files.readString(engine.log()).substring(from);
            // Settled, and silent for some looks: a line may follow the one that says deferred.
            seen[1] = text.length() == seen[0] ? seen[1] + 1 : 0;
            seen[0] = text.length();
            found[0] = outcome(text, id);
            return found[0] != null && (found[0].waiting().isEmpty() ? seen[1] > 1 : seen[1] > 12);
          } catch (IOException e) {
            return false;
          }
        },
        () -> log(from));
    return found[0];
  }

  private String log(int from) {
    try {
      return Files.readString(engine.log()).substring(from);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Null while it is not complete. */
  private @org.jspecify.annotations.Nullable Outcome outcome(String log, String first) {
    List<String> ids = new ArrayList<>(List.of(first));
    List<String> lines = new ArrayList<>();
    List<String> waiting = new ArrayList<>();
    int delivered = 0;
    for (int i = 0; i < ids.size(); i++) {
      String id = ids.get(i);
      List<String> own = new ArrayList<>();
      boolean removed = false;
      boolean deferred = false;
      boolean taken = false;
      for (String line : log.split("\n")) {
        int at = line.indexOf("]: " + id + ": ");
        if (at < 0) {
          continue;
        }
        String text = line.substring(at + 3);
        removed |= text.endsWith(": removed");
        deferred |= text.contains("status=deferred");
        for (Pattern pattern : List.of(FORWARDED, NOTIFIED)) {
          Matcher child = pattern.matcher(text);
          if (child.find() && !ids.contains(child.group(1))) {
            ids.add(child.group(1));
          }
        }
        if (text.matches(DELIVERY)) {
          own.add(normalisedLine(text, i));
          taken |= text.contains("status=sent (250 ");
        }
      }
      // All recipients of a message go to the sink together.
      delivered += taken ? 1 : 0;
      if (!removed && !deferred) {
        return null;
      }
      if (!removed) {
        waiting.add(id);
      }
      Collections.sort(own);
      lines.addAll(own);
    }
    // Deliveries of different messages are at the same time.
    Collections.sort(lines.subList(firstLines(lines), lines.size()));
    return new Outcome(lines, waiting, delivered);
  }

  /** How many are about the first message. */
  private static int firstLines(List<String> lines) {
    return (int) lines.stream().takeWhile(line -> !line.startsWith(" ")).count();
  }

  private String normalisedLine(String text, int generation) {
    return out(text)
        .replaceAll("^[0-9A-F]+: ", generation == 0 ? "" : "  ")
        .replaceAll("(, conn_use=\\d+)?, delay=.*, dsn=", ", dsn=")
        .replaceAll("forwarded as [0-9A-F]+", "forwarded as QID")
        .replaceAll("queued as [0-9A-F]+", "queued as QID");
  }

  /** Every file that was written, with its owner, mode and content. */
  private String files() throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    for (Path top :
        List.of(
            engine.directory().resolve("files"),
            engine.directory().resolve("mailboxes"),
            users.homes())) {
      try (Stream<Path> files = Files.walk(top)) {
        for (Path file : files.toList()) {
          if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && !given.contains(file)) {
            found.put(
                out(file.toString()).replaceAll("/new/.*", "/new/NAME"),
                out(Files.getOwner(file).getName())
                    + " "
                    + java.nio.file.attribute.PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(file))
                    + "\n"
                    + content(Files.readString(file, StandardCharsets.ISO_8859_1)));
          }
        }
      }
    }
    StringBuilder text = new StringBuilder();
    found.forEach((name, content) -> text.append("=== ").append(name).append(' ').append(content));
    return text.toString();
  }

  private String content(String text) {
    return out(
        Normalised.of(text)
            .replaceAll(
                "(?m)^(>?From (?:\\S+|\"[^\"]*\"\\S+)) ( ?)"
                    + "[A-Z][a-z][a-z] [A-Z][a-z][a-z] [ \\d]\\d [\\d:]{8} \\d{4}$",
                "$1 $2ASCTIME")
            .replaceAll("pid=\\d+", "pid=PID"));
  }

  private List<String> messages(int count) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String each : count == 0 ? List.<String>of() : sink.take(count, () -> log(0))) {
      texts.add(each.contains("multipart/report") ? report(each) : "--- " + content(each));
    }
    Collections.sort(texts);
    return texts;
  }

  /** Of a report only what programs read: its words are its writer's own. */
  private String report(String text) {
    StringBuilder facts = new StringBuilder("--- report\n");
    for (String line : out(text).replace("\r", "").replace("\n    ", " ").split("\n")) {
      if (line.matches(
          "X-(Mail|Rcpt)-Args: .*|(Final-Recipient|Original-Recipient|Action|Status): .*")) {
        facts.append(line.replaceAll(" SIZE=\\d+", "")).append('\n');
      }
    }
    return facts.toString();
  }

  @Override
  public void close() throws IOException, InterruptedException {
    engine.close();
  }
}
