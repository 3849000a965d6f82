package dev.postrider.oauth;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Where the browser comes back to: 127.0.0.1 and nothing else, for as long as a login lasts. Reads
 * one request line of each connection, within bounds of size and time, and takes only an answer to
 * its own question.
 */
final class RedirectListener implements AutoCloseable {
  private static final int MOST_LINE = 16 * 1024;
  private static final int PATIENCE_MILLIS = 10_000;

  private final ServerSocket socket;
  private final String state;
  private final Consumer<Redirect> taker;

  private RedirectListener(ServerSocket socket, String state, Consumer<Redirect> taker) {
    this.socket = socket;
    this.state = state;
    this.taker = taker;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one
   * @param taker hears of answers to this login, on other threads
   */
  static RedirectListener open(int port, String state, Consumer<Redirect> taker)
      throws IOException {
    ServerSocket socket = new ServerSocket(port, 10, InetAddress.ofLiteral("127.0.0.1"));
    RedirectListener listener = new RedirectListener(socket, state, taker);
    Thread _ = Thread.ofVirtual().name("redirect").start(listener::accept);
    return listener;
  }

  /** The address for the provider. */
  URI address() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/");
  }

  private void accept() {
    try {
      while (true) {
        Socket browser = socket.accept();
        // Browsers open connections ahead and say nothing on them.
        Thread _ = Thread.ofVirtual().start(() -> serve(browser));
      }
    } catch (IOException _) {
      // The login is over.
    }
  }

  private void serve(Socket browser) {
    try (browser) {
      browser.setSoTimeout(PATIENCE_MILLIS);
      String line = requestLine(browser.getInputStream());
      String[] words = line.split(" ");
      if (words.length != 3 || !words[0].equals("GET") || !words[1].startsWith("/?")) {
        answer(browser, "404 Not Found", "There is nothing here.");
        return;
      }
      Redirect redirect = Redirect.parse(words[1], state);
      switch (redirect) {
        case Redirect.Code _ ->
            answer(
                browser, "200 OK", "Thank you. Go back to the terminal; you can close this page.");
        case Redirect.Refused _ ->
            answer(browser, "200 OK", "The login was refused. Go back to the terminal.");
        case Redirect.Foreign(var why) -> answer(browser, "400 Bad Request", why);
      }
      if (!(redirect instanceof Redirect.Foreign)) {
        taker.accept(redirect);
      }
    } catch (IOException _) {
      // It went away; the person will try again.
    }
  }

  private static String requestLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n' && line.length() < MOST_LINE; c = in.read()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  private static void answer(Socket browser, String status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
            + body.length
            + "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n";
    OutputStream out = browser.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
    browser.shutdownOutput();
    // What it still sends is read, lest closing with unread input takes the answer away.
    int _ = browser.getInputStream().readNBytes(MOST_LINE).length;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
