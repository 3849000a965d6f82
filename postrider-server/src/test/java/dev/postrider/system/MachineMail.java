package dev.postrider.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine whose programs send mail to root: each program runs in namespaces of its own, in which
 * a mail system's commands and configuration are those that are installed. Nothing of the real
 * machine changes.
 */
final class MachineMail implements AutoCloseable {
  /** Where root's mail goes. */
  enum Place {
    /** Aliased to an address, relayed with TLS and a password. */
    PROVIDER,
    MAILBOX
  }

  private static final String PRELUDE =
      """
      set -e
      mount --make-rprivate /
      private() {
        mkdir -p "$D.over$1"
        chmod --reference="$1" "$D.over$1"
        chown --reference="$1" "$D.over$1"
        mount --bind "$D.over$1" "$1"
      }
      over() {
        mkdir -p "$(dirname "$D.over$1")"
        cat >"$D.over$1"
        chmod --reference="$1" "$D.over$1"
        chown --reference="$1" "$D.over$1"
        mount --bind "$D.over$1" "$1"
      }
      hostname host.local.test
      echo '127.0.0.1 host.local.test host localhost' | over /etc/hosts
      echo 'options attempts:1 timeout:1' | over /etc/resolv.conf
      mount --bind ETC /etc/postfix
      """;

  /** Ours in place of the machine's, by their absolute names. */
  private static final String COMMANDS =
      """
      for command in sendmail mail; do
        file=$(readlink -f "$(PATH=/usr/sbin:/usr/bin command -v $command)") || continue
        printf '#!/bin/sh\\nexec BIN/%s "$@"\\n' $command | over "$file"
      done
      """;

  private final Contender.Engine engine;
  private final Place place;
  private final Provider provider;
  private final List<Process> running = new ArrayList<>();

  private MachineMail(Contender.Engine engine, Place place, Provider provider) {
    this.engine = engine;
    this.place = place;
    this.provider = provider;
  }

  /** What arrived, by the program's name. */
  static Map<String, String> of(
      Contender.Engine engine, Place place, List<ProgramsFile.Program> programs)
      throws IOException, InterruptedException {
    try (Provider provider = Provider.start();
        MachineMail machine = new MachineMail(engine, place, provider)) {
      machine.start();
      for (ProgramsFile.Program program : programs) {
        machine.run(program, programs.indexOf(program));
      }
      Map<String, String> arrived = new LinkedHashMap<>();
      for (ProgramsFile.Program program : programs) {
        arrived.put(program.name(), machine.await(program, programs.indexOf(program)));
      }
      return arrived;
    }
  }

  private void start() throws IOException, InterruptedException {
    Path etc = engine.etc();
    engine.main(
        """
        alias_maps = hash:%1$s/aliases
        alias_database = hash:%1$s/aliases
        relayhost = [127.0.0.1]:%2$d
        smtp_sasl_auth_enable = yes
        smtp_sasl_password_maps = texthash:%1$s/sasl_passwd
        smtp_sasl_security_options = noanonymous
        smtp_tls_security_level = secure
        smtp_tls_secure_cert_match = smtp.provider.test
        smtp_tls_CAfile = %3$s
        smtp_generic_maps = texthash:%1$s/generic
        """
            .formatted(etc, provider.submission, provider.ca()));
    Files.writeString(
        etc.resolve("sasl_passwd"),
        "[127.0.0.1]:%d me@provider.test:app-pass-1234\n".formatted(provider.submission));
    Files.writeString(etc.resolve("generic"), "@host.local.test me@provider.test\n");
    Files.writeString(
        etc.resolve("aliases"),
        place == Place.PROVIDER ? "root: you@provider.example\n" : "postmaster: root\n");
    engine.start();
  }

  private void run(ProgramsFile.Program program, int number)
      throws IOException, InterruptedException {
    Path directory = Files.createDirectory(engine.directory().resolve("p" + number));
    Files.setAttribute(directory, "unix:mode", 0755);
    String sendmail = engine.shell().run("command -v sendmail").out().strip();
    String commands =
        sendmail.equals("/usr/sbin/sendmail")
            ? ""
            : COMMANDS.replace("BIN", Path.of(sendmail).getParent().toString());
    Path script =
        Files.writeString(
            Path.of(directory + ".sh"),
            PRELUDE.replace("ETC", engine.etc().toString())
                + commands
                + program.run().replace("@D@", directory.toString())
                // The first process takes all others with it, such as sudo's that sends mail.
                + "exec sleep infinity\n");
    ProcessBuilder builder =
        new ProcessBuilder(
                "unshare", "-mupf", "--kill-child", "--mount-proc", "sh", script.toString())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Path.of(directory + ".out").toFile());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                "/usr/sbin:/usr/bin:/sbin:/bin",
                "LC_ALL",
                "C.UTF-8",
                "D",
                directory.toString()));
    running.add(builder.start());
  }

  private String await(ProgramsFile.Program program, int number) throws IOException {
    String mark = program.says().getFirst();
    String place = engine.directory().resolve("p" + number).toString();
    List<String> found = new ArrayList<>();
    Instance.await(
        "the mail of " + program.name(),
        () -> {
          found.clear();
          arrived().stream()
              .map(message -> normalised(message, place))
              .filter(message -> message.lines().anyMatch(mark::equals))
              .forEach(found::add);
          return !found.isEmpty();
        },
        () -> text(Path.of(place + ".out")) + text(engine.log()) + arrived());
    return String.join("and again:\n", found);
  }

  /** Whole messages, as far as they are there. */
  private List<String> arrived() {
    if (this.place == Place.PROVIDER) {
      return provider.received();
    }
    List<String> messages = new ArrayList<>();
    for (String message :
        text(engine.directory().resolve("mailboxes/root")).split("(?m)(?<=\n)(?=From )")) {
      if (message.endsWith("\n\n")) {
        messages.add(message);
      }
    }
    return messages;
  }

  private static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static String normalised(String message, String directory) {
    String text =
        new String(message.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
            .replace(directory, "@D@");
    return Normalised.of(text)
        // Postfix asks for SMTPUTF8 where a header has 8-bit text (docs/differences.md).
        .replace("with UTF8SMTPSA id", "with ESMTPSA id")
        // What an SMTP client has to break is one line to its reader's eye.
        .replaceAll("([^\n]{900,})\n ", "$1")
        .replaceAll("(?m)^From (\\S+) .*$", "From $1 TIME")
        .replaceAll("\\b[A-Z][a-z][a-z] [ \\d]\\d \\d\\d:\\d\\d:\\d\\d\\b( \\d{4})?", "TIME");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Process process : running) {
      process.destroyForcibly().waitFor();
    }
    engine.close();
  }
}
