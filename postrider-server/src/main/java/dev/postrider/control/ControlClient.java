package dev.postrider.control;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A command's end of the control protocol. */
public final class ControlClient {
  private ControlClient() {}

  /** Where the daemon of a queue directory listens. */
  public static Path socket(Path queueDirectory) {
    return queueDirectory.resolve("public/control");
  }

  /**
   * Asks the daemon.
   *
   * @param output takes what is found or done as it comes
   * @throws IOException if no daemon answers there, or it stops in mid-answer
   */
  public static ControlAnswer ask(Path socket, ControlRequest request, ControlOutput output)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer line = ByteBuffer.wrap((request.line() + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
      BufferedReader in =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8), 65_536);
      for (String answer = in.readLine(); answer != null; answer = in.readLine()) {
        if (answer.startsWith("entry ")) {
          output.entry(EntryLine.parse(answer.substring("entry ".length())));
        } else if (answer.startsWith("changed ")) {
          output.changed(answer.substring("changed ".length()));
        } else if (answer.startsWith("damaged ")) {
          output.damaged(damaged(answer));
        } else if (answer.startsWith("account ")) {
          output.account(AccountLine.parse(answer.substring("account ".length())));
        } else if (answer.equals("done")) {
          return new ControlAnswer.Done();
        } else if (answer.startsWith("failed ")) {
          return new ControlAnswer.Failed(WireText.unescape(answer.substring("failed ".length())));
        } else {
          throw new IOException("the daemon answered in another version's words: " + answer);
        }
      }
      throw new EOFException("the daemon went away in mid-answer");
    }
  }

  private static long damaged(String answer) throws IOException {
    try {
      return Long.parseLong(answer.substring("damaged ".length()));
    } catch (NumberFormatException e) {
      throw new IOException("the daemon answered in another version's words: " + answer, e);
    }
  }
}
