package dev.postrider.smtpd;

import dev.postrider.bounce.SessionNotices;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.event.Events;
import dev.postrider.intake.IntakeSource;
import dev.postrider.intake.MessageIntake;
import dev.postrider.log.RememberedLog;
import dev.postrider.spool.RamSpool;
import dev.postrider.spool.StoredMessage;
import dev.postrider.table.TableSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An SMTP service on a free port of this machine, with everything it stores at hand. */
final class SmtpService implements AutoCloseable {
  static final Map<String, String> SETTINGS =
      Map.of(
          "myhostname", "mail.example.test",
          "mydomain", "example.test",
          "myorigin", "example.test",
          "mydestination", "mail.example.test, localhost, example.test",
          "mynetworks", "127.0.0.0/8",
          "smtpd_error_sleep_time", "0",
          "local_recipient_maps", "",
          "compatibility_level", "3.6");

  final RememberedLog log = new RememberedLog();
  final RamSpool spool = new RamSpool(InstantSource.system());
  final Config config;
  final MessageIntake intake;
  final Listener listener;
  volatile SessionSettings settings;

  private SmtpService(Map<String, String> changes, int mostSessions)
      throws IOException, ConfigException {
    config = configuration(changes);
    IntakeSource source = IntakeSource.of(config, TableSource.none());
    intake =
        new MessageIntake(() -> source, spool, log, MessageIntake.Listener.none(), Events.none());
    settings =
        SessionSettings.of(
            config,
            "smtpd",
            TableSource.none(),
            Set.of(),
            SessionNotices.of(
                config, SessionNotices.Side.SERVER, intake, log, "smtpd", InstantSource.system()));
    listener =
        new Listener(
            ListeningSocket.bind(
                List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))),
            () -> settings,
            intake,
            ClientNames.withoutLookup(),
            log,
            mostSessions);
    listener.start();
  }

  static SmtpService start(Map<String, String> changes) throws IOException, ConfigException {
    return new SmtpService(changes, 100);
  }

  static SmtpService start(Map<String, String> changes, int mostSessions)
      throws IOException, ConfigException {
    return new SmtpService(changes, mostSessions);
  }

  static Config configuration(Map<String, String> changes) {
    Map<String, String> all = new HashMap<>(SETTINGS);
    all.putAll(changes);
    return Config.of(Path.of("/nonexistent"), all);
  }

  static SessionSettings settingsOf(Config config) throws ConfigException {
    return SessionSettings.of(config, "smtpd", TableSource.none(), Set.of());
  }

  int port() {
    return listener.addresses().getFirst().getPort();
  }

  /** A connection whose every read fails after ten seconds. */
  Client connect() throws IOException {
    return new Client(port());
  }

  /** What is stored, each message as text. */
  List<String> stored() throws IOException {
    List<String> contents = new java.util.ArrayList<>();
    for (StoredMessage message : spool.messages().toList()) {
      contents.add(text(message));
    }
    return contents;
  }

  static String text(StoredMessage message) throws IOException {
    try (InputStream in = message.content().open()) {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** What is stored, each message from behind its header on. */
  List<String> storedBodies() throws IOException {
    return stored().stream().map(text -> text.substring(text.indexOf("\n\n") + 2)).toList();
  }

  @Override
  public void close() {
    try {
      listener.close(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The other end. */
  static final class Client implements AutoCloseable {
    final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
      socket.setSoTimeout(10_000);
      in = new java.io.BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** Sends bytes, one for each character. */
    void send(String octets) throws IOException {
      out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** One whole reply, its lines joined by LF; empty at the end of the connection. */
    String reply() throws IOException {
      StringBuilder reply = new StringBuilder();
      while (true) {
        String line = line();
        if (line.isEmpty()) {
          return reply.toString();
        }
        reply.append(reply.isEmpty() ? "" : "\n").append(line);
        if (line.length() < 4 || line.charAt(3) != '-') {
          return reply.toString();
        }
      }
    }

    String ask(String line) throws IOException {
      send(line + "\r\n");
      return reply();
    }

    /** Everything up to the end of the connection. */
    String rest() throws IOException {
      return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      while (true) {
        int b = in.read();
        if (b < 0) {
          return line.toString();
        }
        if (b == '\n') {
          if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new AssertionError("a reply line without CR: " + line);
          }
          return line.substring(0, line.length() - 1);
        }
        line.append((char) b);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Plays a dialogue with a service of its own. */
  static SmtpService dialog(Map<String, String> changes, String script) throws Exception {
    try (SmtpService service = SmtpService.start(changes);
        SmtpService.Client client = service.connect()) {
      Dialog.play(client, script);
      return service;
    }
  }

  static SmtpService dialog(String script) throws Exception {
    return dialog(Map.of(), script);
  }
}
