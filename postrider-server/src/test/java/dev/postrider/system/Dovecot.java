package dev.postrider.system;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real IMAP, POP3 and LMTP server on loopback (peers/dovecot.sh). */
final class Dovecot implements AutoCloseable {
  private static final Path SCRIPT =
      Path.of(System.getProperty("postrider.root", ".."))
          .resolve("postrider-server/src/test/peers/dovecot.sh")
          .toAbsolutePath();
  private static final int PATIENCE_MILLIS = 30_000;

  final int imap;
  final int pop3;
  final int lmtp;
  private final Path directory;
  private final Shell shell;

  private Dovecot(Path directory, int imap, int pop3, int lmtp) {
    this.directory = directory;
    this.imap = imap;
    this.pop3 = pop3;
    this.lmtp = lmtp;
    this.shell =
        new Shell(Path.of("/"), Map.of("PATH", System.getenv("PATH") + ":/usr/sbin:/sbin"));
  }

  /**
   * Starts it.
   *
   * @param socket where its LMTP socket is to be
   * @param owner the only user who may connect to that
   */
  static Dovecot start(Path socket, String owner) throws IOException, InterruptedException {
    assumeTrue(Instance.isRoot(), "only root can start a Dovecot with mailboxes of its own");
    assumeTrue(
        Files.isExecutable(Path.of("/usr/sbin/dovecot"))
            && Files.isExecutable(Path.of("/usr/lib/dovecot/lmtp"))
            && Files.isExecutable(Path.of("/usr/lib/dovecot/imap"))
            && Files.isExecutable(Path.of("/usr/lib/dovecot/pop3")),
        "Debian's packages dovecot-core, -lmtpd, -imapd and -pop3d are not installed");
    Path directory = Files.createTempDirectory("prdove");
    Dovecot dovecot =
        new Dovecot(directory, Instance.freePort(), Instance.freePort(), Instance.freePort());
    Shell.Result result =
        dovecot.shell.run(
            "bash %s start %s %d %d %d %s %s"
                .formatted(
                    SCRIPT, directory, dovecot.imap, dovecot.pop3, dovecot.lmtp, socket, owner));
    if (result.code() != 0) {
      dovecot.close();
      throw new IOException("Dovecot did not start: " + result.all());
    }
    return dovecot;
  }

  /** What an IMAP user reads: the first message of the inbox, with its size in front. */
  String readByImap(String user) throws IOException {
    return readByImap(user, "INBOX");
  }

  /** The first message of a folder, named as the protocol spells it. */
  String readByImap(String user, String folder) throws IOException {
    try (Socket socket = connect(imap)) {
      Dialog dialog = new Dialog(socket);
      dialog.readLine();
      dialog.say("a LOGIN " + user + " secret");
      dialog.until("a OK");
      dialog.say("b SELECT \"" + folder + "\"");
      dialog.until("b OK");
      dialog.say("c FETCH 1 BODY[]");
      String fetched = dialog.until("c OK");
      dialog.say("d LOGOUT");
      return fetched;
    }
  }

  /** What a POP3 user reads: the first message. */
  String readByPop3(String user) throws IOException {
    try (Socket socket = connect(pop3)) {
      Dialog dialog = new Dialog(socket);
      dialog.until("+OK");
      dialog.say("USER " + user);
      dialog.until("+OK");
      dialog.say("PASS secret");
      dialog.until("+OK");
      dialog.say("RETR 1");
      dialog.until("+OK");
      String message = dialog.untilDot();
      dialog.say("QUIT");
      return message;
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Lines to and from a server. */
  private static final class Dialog {
    private final BufferedReader in;
    private final OutputStream out;

    Dialog(Socket socket) throws IOException {
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      out = socket.getOutputStream();
    }

    void say(String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    String readLine() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the server closed the connection");
      }
      return line;
    }

    /** All lines before the one that is a dot alone, as they are on the wire. */
    String untilDot() throws IOException {
      StringBuilder text = new StringBuilder();
      for (String line = readLine(); !line.equals("."); line = readLine()) {
        text.append(line).append('\n');
      }
      return text.toString();
    }

    /** All lines before the first that begins so. */
    String until(String beginning) throws IOException {
      StringBuilder text = new StringBuilder();
      for (String line = readLine(); !line.startsWith(beginning); line = readLine()) {
        if (line.startsWith("-ERR") || line.matches("[a-d] (NO|BAD) .*")) {
          throw new IOException("the server said " + line);
        }
        text.append(line).append('\n');
      }
      return text.toString();
    }
  }

  /** Puts a maildir in the place of a user's. */
  void maildir(String user, Path maildir) throws IOException, InterruptedException {
    Path home = directory.resolve("home").resolve(user.substring(0, user.indexOf('@')));
    Shell.Result result =
        shell.run(
            "rm -rf %1$s/Maildir && cp -r %2$s %1$s/Maildir && chown -R 65534:65534 %1$s/Maildir"
                .formatted(home, maildir));
    if (result.code() != 0) {
      throw new IOException(result.all());
    }
  }

  String log() {
    try {
      return Files.readString(directory.resolve("dovecot.log"));
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Shell.Result _ = shell.run("bash " + SCRIPT + " stop " + directory);
    Instance.delete(directory);
  }
}
