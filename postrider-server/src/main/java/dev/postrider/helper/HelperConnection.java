package dev.postrider.helper;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection to the helper, for one piece of work after another. For one thread at a time. */
final class HelperConnection implements Closeable {
  private static final int BUFFER = 8_192;

  private final SocketChannel channel;
  private final KeptConnections home;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final PayloadOutput pieces;

  /**
   * Connected, and not yet greeted.
   *
   * @param home where it waits when it has no work
   */
  HelperConnection(SocketChannel channel, KeptConnections home) {
    this.channel = channel;
    this.home = home;
    this.out =
        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER));
    this.in =
        new DataInputStream(new BufferedInputStream(Channels.newInputStream(channel), BUFFER));
    this.pieces = new PayloadOutput(out);
  }

  /** The first thing that the helper says; waits for it. */
  int hello() throws IOException {
    return in.readInt();
  }

  /** Has one piece of work done. After an exception the connection is good for nothing more. */
  Answer exchange(Request request, @Nullable Payload payload) throws IOException {
    Frames.write(out, Requests.encode(request));
    if (payload == null) {
      out.flush();
    } else {
      send(payload);
    }
    return Answers.decode(Frames.read(in, Answers.LARGEST));
  }

  /** The last piece of work is answered; somebody else may have the connection now. */
  void release() {
    home.giveBack(this);
  }

  private void send(Payload payload) throws IOException {
    try {
      payload.writeTo(pieces);
      pieces.finish();
    } catch (IOException e) {
      if (pieces.failure() != null) {
        throw e;
      }
      pieces.breakOff(Trouble.reason(e));
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
