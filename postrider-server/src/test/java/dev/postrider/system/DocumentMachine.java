package dev.postrider.system;

import dev.postrider.CommandOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A fresh machine on which a page of the documentation is followed: namespaces of its own, with a
 * network in which the servers that the pages name are a pretend provider, and with copies of /etc,
 * /var, /root, /home and /opt that go away with it. Closing it ends all that runs in it.
 */
final class DocumentMachine implements AutoCloseable {
  /** The pretend provider is all of these. */
  private static final String SERVERS =
      "smtp.gmail.com smtp.mail.me.com smtp.fastmail.com smtp.office365.com smtp.provider.example";

  private static final String LOGINS =
      "me@provider.example you@gmail.com you@icloud.com you@fastmail.com you@company.example";

  /** What the pages send by mail(1). */
  private static final Pattern SUBJECT = Pattern.compile("mail -s \"([^\"]+)\"");

  private static final String PRELUDE =
      """
      set -eu
      mount --make-rprivate /
      ip link set lo up
      ip address add 192.0.2.25/32 dev lo
      OVERLAYS
      hostname nas.home.test
      echo '127.0.0.1 nas.home.test nas localhost SERVERS' >/etc/hosts
      rm -f /etc/resolv.conf
      printf 'nameserver 127.0.0.1\\noptions attempts:1 timeout:2\\n' >/etc/resolv.conf
      python3 PEERS/names.py example.net=mx.example.net=192.0.2.25 >$D/names &
      NAMES='SERVERS example.net' LOGINS='LOGIN_NAMES' PASSWORD=app-password MX=192.0.2.25:25 \\
        PATH=/usr/sbin:/usr/bin:/sbin:/bin bash PEERS/provider.sh start $D/provider 587 465
      until [ -s $D/names ]; do sleep 0.05; done
      cat $D/provider/ca/ca.pem >>/etc/ssl/certs/ca-certificates.crt
      rm -rf /etc/postfix /etc/aliases.db /var/spool/postrider /var/lib/postrider /var/mail/*
      echo 'postmaster: root' >/etc/aliases
      mkdir -p /opt/postrider
      mount --bind IMAGE /opt/postrider
      useradd --create-home --gid users me
      useradd --create-home --gid users alice
      export HOME=/root USER=root
      # A reader looks when the mail has gone; a machine would look too soon.
      settle() {
        tries=0
        until postqueue -p 2>/dev/null | grep -q 'queue is empty' || [ $tries -gt 60 ]; do
          tries=$((tries + 1))
          sleep 0.2
        done
      }
      as_me() {
        setpriv --reuid=me --regid=users --clear-groups \\
          env HOME=/home/me USER=me PATH=/opt/postrider/bin:/usr/bin:/bin sh -eu
      }
      cd ROOT
      """;

  private final Path directory;
  private final Process process;
  private final List<String> subjects;

  private DocumentMachine(Path directory, Process process, List<String> subjects) {
    this.directory = directory;
    this.process = process;
    this.subjects = subjects;
  }

  /**
   * Begins to do what a page says.
   *
   * @param before commands that make the situation that the page is for
   * @param after commands that look whether the page has kept its promise
   */
  static DocumentMachine follow(String before, List<DocumentPage.Block> blocks, String after)
      throws IOException {
    Path directory = Files.createTempDirectory("prdoc");
    Files.setAttribute(directory, "unix:mode", 0755);
    Path image = CommandOptions.ROOT.resolve("target/postrider");
    Path script =
        Files.writeString(
            directory.resolve("page.sh"),
            prelude(image)
                + before
                + commands(blocks)
                + after
                + "\necho '== done'\nsleep infinity\n");
    ProcessBuilder builder =
        new ProcessBuilder(
                "unshare", "-mnupf", "--kill-child", "--mount-proc", "sh", script.toString())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(directory.resolve("out").toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                image.resolve("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL",
                "C.UTF-8",
                "D",
                directory.toString()));
    List<String> subjects =
        blocks.stream()
            .flatMap(block -> SUBJECT.matcher(block.commands()).results())
            .map(match -> match.group(1))
            .toList();
    return new DocumentMachine(directory, builder.start(), subjects);
  }

  private static String prelude(Path image) {
    Path peers = CommandOptions.ROOT.resolve("postrider-server/src/test/peers");
    return PRELUDE
        .replace("OVERLAYS", MannersWorld.overlays("etc var root home opt"))
        .replace("SERVERS", SERVERS)
        .replace("LOGIN_NAMES", LOGINS)
        .replace("PEERS", peers.toString())
        .replace("IMAGE", image.toString())
        .replace("ROOT", CommandOptions.ROOT.toString());
  }

  private static String commands(List<DocumentPage.Block> blocks) {
    StringBuilder script = new StringBuilder();
    for (DocumentPage.Block block : blocks) {
      script.append("echo '== line ").append(block.line()).append("'\n");
      script.append(
          block.kind() == DocumentPage.Kind.AS_USER
              ? "as_me <<'END_OF_BLOCK'\n" + block.commands() + "END_OF_BLOCK\n"
              : block.commands());
      if (SUBJECT.matcher(block.commands()).find()) {
        script.append("settle\n");
      }
    }
    return script.toString();
  }

  /**
   * Waits until everything was done and all mail has arrived.
   *
   * @throws IOException with what was printed, if a command failed or a message is missing
   */
  void finish() throws IOException {
    Instance.await(
        "the page's end",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("a command failed:\n" + output());
          }
          return output().endsWith("== done\n");
        },
        this::output);
    for (String subject : subjects) {
      Instance.await("the mail \"" + subject + "\"", () -> arrived(subject), this::history);
    }
  }

  private boolean arrived(String subject) {
    Predicate<Path> holds =
        file -> {
          try {
            return Files.readString(file, StandardCharsets.ISO_8859_1)
                .contains("\nSubject: " + subject + "\n");
          } catch (IOException e) {
            // Renamed by the delivery meanwhile: it is looked at again.
            return false;
          }
        };
    return Stream.of("provider/inbox", "upper/var/mail")
        .anyMatch(place -> {
          try (Stream<Path> files = Files.walk(directory.resolve(place))) {
            return files.filter(Files::isRegularFile).anyMatch(holds);
          } catch (IOException | java.io.UncheckedIOException e) {
            return false;
          }
        });
  }

  /** What was printed, and what became of the mail. */
  private String history() {
    StringBuilder text = new StringBuilder(output());
    try (Stream<Path> files = Files.list(directory.resolve("upper/var/spool/postrider/events"))) {
      for (Path file : files.sorted().toList()) {
        text.append(Files.readString(file));
      }
    } catch (IOException e) {
      text.append("no event log: ").append(e);
    }
    return text.toString();
  }

  /** What was printed; the lines of the blocks that were begun stand in it. */
  String output() {
    try {
      return Files.readString(directory.resolve("out"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    List<ProcessHandle> all = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    // The kernel ends them with the first process of their namespace; they write until then.
    all.forEach(each -> each.onExit().join());
    Instance.delete(directory);
  }
}
