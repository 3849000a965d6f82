package dev.postrider.pickup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Hands a message over by the daemon's socket: the bytes of a maildrop file, answered by one line,
 * {@code CODE SP TEXT}: 0 and the queue id, 27 (EFBIG) when too big, else 75 and the reason.
 */
final class PickupClient {
  /** Stands where a maildrop file has its name. */
  static final String STREAM_NAME = "socket";

  static final String STORED = "0 ";
  static final String TOO_BIG = "27 ";
  static final String FAILED = "75 ";

  private PickupClient() {}

  static HandedOver handOver(Maildrop maildrop, MaildropHeader header, InputStream content)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      try {
        channel.connect(UnixDomainSocketAddress.of(maildrop.socket()));
      } catch (IOException e) {
        return new HandedOver.Failed(
            "cannot write to "
                + maildrop.directory()
                + ", and connect to "
                + maildrop.socket()
                + ": "
                + e.getMessage()
                + " (\"postfix start\" mends both)");
      }
      String failure = send(channel, header, content);
      // Read even when sending failed: a server that refuses early says why before it hangs up.
      return answer(channel, failure);
    }
  }

  private static String send(SocketChannel channel, MaildropHeader header, InputStream content)
      throws IOException {
    OutputStream out = Channels.newOutputStream(channel);
    byte[] buffer = new byte[64 * 1024];
    byte[] head = header.bytes();
    String failure = put(out, head, head.length);
    for (int count = content.read(buffer);
        count >= 0 && failure.isEmpty();
        count = content.read(buffer)) {
      failure = put(out, buffer, count);
    }
    if (failure.isEmpty()) {
      byte[] trailer = MaildropHeader.trailer(STREAM_NAME);
      failure = put(out, trailer, trailer.length);
      channel.shutdownOutput();
    }
    return failure;
  }

  private static String put(OutputStream out, byte[] bytes, int count) {
    try {
      out.write(bytes, 0, count);
      return "";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static HandedOver answer(SocketChannel channel, String failure) {
    String line;
    try {
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      line = reader.readLine();
    } catch (IOException e) {
      line = null;
    }
    if (line == null) {
      return new HandedOver.Failed(
          "the mail system hung up" + (failure.isEmpty() ? "" : ": " + failure));
    }
    if (line.startsWith(STORED)) {
      return new HandedOver.Stored(line.substring(STORED.length()));
    }
    return line.startsWith(TOO_BIG)
        ? new HandedOver.TooBig()
        : new HandedOver.Failed(line.substring(Math.min(line.length(), FAILED.length())));
  }
}
