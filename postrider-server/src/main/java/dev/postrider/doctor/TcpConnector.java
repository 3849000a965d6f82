package dev.postrider.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The real network. Safe on any thread. */
public final class TcpConnector implements Connector {
  private static final int MOST_GREETING = 512;

  @Override
  public Contact connect(InetSocketAddress address, Duration limit) {
    int millis = Math.toIntExact(limit.toMillis());
    try (Socket socket = new Socket()) {
      socket.connect(address, millis);
      socket.setSoTimeout(millis);
      return new Contact.Open(greeting(socket));
    } catch (SocketTimeoutException _) {
      return new Contact.Silent();
    } catch (ConnectException e) {
      String message = String.valueOf(e.getMessage());
      if (message.contains("refused")) {
        return new Contact.Refused();
      }
      return message.contains("timed out") ? new Contact.Silent() : new Contact.Failed(message);
    } catch (IOException e) {
      return new Contact.Failed(String.valueOf(e.getMessage()));
    }
  }

  /** A server of implicit TLS waits for us and says nothing: that is no fault here. */
  private static String greeting(Socket socket) {
    StringBuilder line = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        if (line.length() >= MOST_GREETING) {
          break;
        }
        line.append((char) octet);
      }
    } catch (IOException _) {
      return "";
    }
    return new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
        .strip();
  }
}
