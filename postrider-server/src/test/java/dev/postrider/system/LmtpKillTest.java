package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The daemon is killed between two answers of an LMTP server: who has his answer does not get the
 * message again, everybody else does; and what another transport had of the same message is no
 * matter of this one.
 */
@Timeout(120)
class LmtpKillTest {
  private static final int RECIPIENTS = 5;

  @Test
  void whatWasAnsweredIsNotSentAgain() throws Exception {
    for (int answered : new int[] {1, 3}) {
      try (Server server = new Server(answered);
          Server other = new Server(Integer.MAX_VALUE);
          Instance host = Instance.create()) {
        host.main(
            """
            minimal_backoff_time = 1s
            queue_run_delay = 1s
            maximal_backoff_time = 2s
            virtual_mailbox_domains = store.test, other.test
            transport_maps = inline:{ { store.test = store:inet:127.0.0.1:%d },
              { other.test = lmtp:inet:127.0.0.1:%d } }
            """
                .formatted(server.port(), other.port()));
        Files.writeString(
            host.etc.resolve("master.cf"),
            "lmtp unix - - n - - lmtp\nstore unix - - n - - lmtp\n",
            StandardOpenOption.APPEND);
        Process daemon = KillTest.start(host);
        Shell.Result sent =
            host.shell.run(
                "printf 'Subject: x\\n\\nx\\n' | sendmail -f root u1@store.test u2@store.test"
                    + " u3@store.test u4@store.test u5@store.test z@other.test");
        assertThat(sent.code()).as(sent.all()).isZero();
        host.awaitLog("to=<z@other.test>");
        server.silent.acquire();
        for (int i = 1; i <= answered; i++) {
          host.awaitLog("to=<u" + i + "@store.test>");
        }
        // A fate is written within milliseconds, and before any message that is stored later: once
        // that one is through, the kill cannot come too early.
        Shell.Result later = host.shell.run("echo x | sendmail -f root y@other.test");
        assertThat(later.code()).as(later.all()).isZero();
        host.awaitLog("to=<y@other.test>");

        daemon.destroyForcibly().onExit().join();
        server.answersAll = true;
        daemon = KillTest.start(host);
        host.awaitLog("to=<u5@store.test>");

        List<String> again = new ArrayList<>();
        for (int i = answered + 1; i <= RECIPIENTS; i++) {
          again.add("u" + i + "@store.test");
        }
        assertThat(server.recipients.get(1)).containsExactlyElementsOf(again);
        assertThat(server.recipients).hasSize(2);
        // The later one may have been killed before its own fate was written.
        assertThat(other.recipients).containsOnlyOnce(List.of("z@other.test"));
        daemon.destroyForcibly().onExit().join();
      }
    }
  }

  /** Takes everything, but falls silent after some answers until it is told to answer all. */
  private static final class Server implements AutoCloseable {
    final List<List<String>> recipients = new CopyOnWriteArrayList<>();
    final Semaphore silent = new Semaphore(0);
    volatile boolean answersAll;
    private final int answers;
    private final ServerSocket listener;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    Server(int answers) throws IOException {
      this.answers = answers;
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listener.accept();
          open.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        }
      } catch (IOException _) {
        // Closed: the test is over.
      }
    }

    private void serve(Socket socket) {
      try (socket) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream();
        say(out, "220 store LMTP");
        List<String> taken = new ArrayList<>();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.startsWith("MAIL")) {
            taken = new ArrayList<>();
          } else if (line.startsWith("RCPT TO:<")) {
            taken.add(line.substring(9, line.indexOf('>')));
          }
          if (!line.equals("DATA")) {
            say(out, "250 2.0.0 ok");
            continue;
          }
          recipients.add(taken);
          say(out, "354 go");
          for (String text = in.readLine(); !".".equals(text); text = in.readLine()) {
            if (text == null) {
              return;
            }
          }
          answer(out, taken);
        }
      } catch (IOException _) {
        // The client is gone, as it should be.
      }
    }

    private void answer(OutputStream out, List<String> taken) throws IOException {
      int said = 0;
      for (String recipient : taken) {
        if (said == answers && !answersAll) {
          silent.release();
          return;
        }
        say(out, "250 2.0.0 <" + recipient + "> saved");
        said++;
      }
    }

    private static void say(OutputStream out, String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
