package dev.postrider.migrate;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The configuration of nullmailer(7): one file for each setting. For one reading. */
final class NullmailerConfig {
  private static final Set<String> KNOWN =
      Set.of(
          "remotes",
          "adminaddr",
          "allmailfrom",
          "me",
          "defaulthost",
          "defaultdomain",
          "idhost",
          "helohost",
          "pausetime",
          "maxpause",
          "queuelifetime",
          "sendtimeout",
          "doublebounceto",
          "bouncelines");

  private final Sources sources;
  private final Migration migration = new Migration();
  private final Path directory;

  NullmailerConfig(Sources sources) {
    this.sources = sources;
    this.directory = sources.directory("/etc/nullmailer");
  }

  Optional<Migration> read() throws ForeignFileException {
    Path remotes = directory.resolve("remotes");
    Optional<List<Sources.Line>> lines = sources.statements(remotes, migration);
    if (lines.isEmpty()) {
      return Optional.empty();
    }
    remotes(lines.get());
    if (!migration.has("relayhost")) {
      migration.impossible(
          new Place(remotes, 0), "no remote server", "there is nothing to send mail to");
      return Optional.of(migration);
    }
    NoLocalMail.write(migration, new Place(directory, 0), "nullmailer");
    names();
    addresses();
    times();
    others();
    return Optional.of(migration);
  }

  private void remotes(List<Sources.Line> lines) {
    List<String> fallback = new ArrayList<>();
    NullmailerRemote first = null;
    for (Sources.Line line : lines) {
      Optional<NullmailerRemote> remote = NullmailerRemote.parse(line, sources, migration);
      if (remote.isEmpty()) {
        continue;
      }
      if (first == null) {
        first = remote.get();
        first.write(migration);
      } else if (remote.get().relay().protection() != first.relay().protection()) {
        migration.impossible(
            line.place(),
            remote.get().said(),
            "a second server must be reached as the first is: the same TLS options for both");
      } else {
        fallback.add(remote.get().relay().nextHop());
        migration.understood(
            line.place(), remote.get().said(), "smtp_fallback_relay", String.join(", ", fallback));
        remote.get().writeLogin(migration);
      }
    }
  }

  private Optional<Sources.Line> first(String name) throws ForeignFileException {
    return sources.first(directory.resolve(name), migration);
  }

  private void names() throws ForeignFileException {
    Optional<Sources.Line> mailname = sources.first(sources.at("/etc/mailname"), migration);
    Optional<Sources.Line> domain = first("defaultdomain");
    Optional<Sources.Line> host = first("defaulthost").or(() -> mailname);
    Optional<Sources.Line> me = first("me").or(() -> mailname);
    domain.ifPresent(line -> {
      if (isDomain(line)) {
        migration.understood(line.place(), "defaultdomain " + line.text(), "mydomain", line.text());
        migration.set("append_dot_mydomain", "yes");
      }
    });
    me.ifPresent(line -> {
      if (isDomain(line)) {
        migration.understood(
            line.place(), line.text(), "myhostname", qualified(line.text(), domain));
      }
    });
    host.ifPresent(line -> {
      if (isDomain(line)) {
        migration.understood(line.place(), line.text(), "myorigin", qualified(line.text(), domain));
      }
    });
    first("helohost")
        .ifPresent(line -> {
          if (isDomain(line)) {
            migration.understood(
                line.place(), "helohost " + line.text(), "smtp_helo_name", line.text());
          }
        });
    first("idhost")
        .ifPresent(line ->
            migration.differs(
                line.place(), "idhost " + line.text(), "Message-Id has myhostname in it"));
  }

  private boolean isDomain(Sources.Line line) {
    if (Address.isDomain(line.text())) {
      return true;
    }
    migration.impossible(line.place(), line.text(), "this is no domain");
    return false;
  }

  private static String qualified(String host, Optional<Sources.Line> domain) {
    return host.indexOf('.') >= 0 || host.equals("localhost") || domain.isEmpty()
        ? host
        : host + "." + domain.get().text();
  }

  private void addresses() throws ForeignFileException {
    Optional<Sources.Line> admin = first("adminaddr");
    if (admin.isPresent()) {
      Sources.Line line = admin.get();
      if (Address.isList(line.text()) && line.text().indexOf('@') >= 0) {
        String target = Address.list(line.text());
        migration.understood(
            line.place(),
            "adminaddr " + line.text(),
            "virtual_alias_maps",
            "inline:{ {@localhost = %1$s}, {@$myhostname = %1$s}, {@$myorigin = %1$s} }"
                .formatted(target));
      } else {
        migration.impossible(
            line.place(), "adminaddr " + line.text(), "this is no list of addresses");
      }
    }
    Optional<Sources.Line> from = first("allmailfrom");
    if (from.isPresent()) {
      Sources.Line line = from.get();
      if (Address.isAddress(line.text())) {
        migration.understood(
            line.place(),
            "allmailfrom " + line.text(),
            "sender_canonical_maps",
            "static:" + line.text(),
            "sender_canonical_classes",
            "envelope_sender");
      } else {
        migration.impossible(line.place(), "allmailfrom " + line.text(), "this is no address");
      }
    }
    first("doublebounceto")
        .ifPresent(line -> {
          if (Address.isAddress(line.text())) {
            migration.understood(
                line.place(),
                "doublebounceto " + line.text(),
                "2bounce_notice_recipient",
                line.text());
          } else {
            migration.impossible(
                line.place(), "doublebounceto " + line.text(), "this is no address");
          }
        });
  }

  private void times() throws ForeignFileException {
    time("pausetime", 1, 86_400, "minimal_backoff_time");
    time("maxpause", 1, 864_000, "maximal_backoff_time");
    time("queuelifetime", 0, 8_640_000, "maximal_queue_lifetime", "bounce_queue_lifetime");
    first("sendtimeout")
        .ifPresent(line ->
            migration.differs(
                line.place(),
                "sendtimeout " + line.text(),
                "Postrider has a time limit for each step (smtp_connect_timeout …)"));
    first("bouncelines")
        .ifPresent(line ->
            migration.differs(
                line.place(),
                "bouncelines " + line.text(),
                "reports have the whole message, up to bounce_size_limit"));
  }

  private void time(String name, long least, long most, String... parameters)
      throws ForeignFileException {
    Optional<Sources.Line> line = first(name);
    if (line.isEmpty()) {
      return;
    }
    String text = line.get().text();
    if (!text.matches("[0-9]{1,9}")
        || Long.parseLong(text) < least
        || Long.parseLong(text) > most) {
      migration.impossible(
          line.get().place(),
          name + " " + text,
          "seconds from " + least + " to " + most + " are possible here");
      return;
    }
    List<String> pairs = new ArrayList<>();
    for (String parameter : parameters) {
      pairs.add(parameter);
      pairs.add(text + "s");
    }
    migration.understood(line.get().place(), name + " " + text, pairs.toArray(new String[0]));
  }

  private void others() {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!KNOWN.contains(String.valueOf(file.getFileName()))) {
          migration.unknown(new Place(file, 0), String.valueOf(file.getFileName()));
        }
      }
    } catch (java.io.IOException e) {
      migration.unknown(new Place(directory, 0), "other files: " + e.getMessage());
    }
  }
}
