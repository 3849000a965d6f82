package dev.postrider.oauth;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An identity provider on loopback, which answers what a test has laid out, in order. */
public final class PretendProvider implements AutoCloseable {
  /** One answer. */
  private record Canned(int status, String body) {}

  private final ServerSocket socket;
  private final Deque<Canned> answers = new ArrayDeque<>();
  private final List<Map<String, String>> forms = new CopyOnWriteArrayList<>();
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile boolean cutShort;

  public PretendProvider() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  /** Lays out the next answer. */
  public synchronized PretendProvider then(int status, String body) {
    answers.add(new Canned(status, body));
    return this;
  }

  /** Lays out tokens that are good for an hour. */
  public PretendProvider thenTokens(String access, String refresh) {
    return then(
        200,
        "{\"access_token\":\""
            + access
            + "\",\"token_type\":\"Bearer\",\"expires_in\":3600"
            + (refresh.isEmpty() ? "" : ",\"refresh_token\":\"" + refresh + "\"")
            + "}");
  }

  /** Answers nothing until the latch is down. */
  void holdAt(CountDownLatch latch) {
    gate = latch;
  }

  /** Ends connections in the middle of answers. */
  void cutShort() {
    cutShort = true;
  }

  /** What was asked, field by field; the path is under "path". */
  public List<Map<String, String>> forms() {
    return forms;
  }

  public URI at(String path) {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
  }

  public IdentityProvider provider() {
    return new IdentityProvider(
        "pretend",
        Optional.of(at("/authorize")),
        at("/token"),
        Optional.of(at("/device")),
        "mail",
        Map.of("access_type", "offline"),
        "");
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread _ = Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // The test is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      FormRequest request = FormRequest.read(client.getInputStream());
      Map<String, String> form = new TreeMap<>(request.form());
      form.put("path", request.target());
      forms.add(form);
      gate.await();
      answer(client.getOutputStream());
    } catch (IOException _) {
      // The client has gone.
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(OutputStream out) throws IOException {
    Canned answer;
    synchronized (this) {
      answer = answers.isEmpty() ? new Canned(500, "nothing laid out") : answers.remove();
    }
    byte[] octets = answer.body.getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + answer.status
            + " Answer\r\nContent-Length: "
            + (octets.length + (cutShort ? 10 : 0))
            + (answer.status == 302 ? "\r\nLocation: " + answer.body : "")
            + "\r\nConnection: close\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(octets);
    out.flush();
  }

  @Override
  public void close() throws IOException {
    gate.countDown();
    socket.close();
  }
}
