package dev.postrider.smtp;

import dev.postrider.mail.message.DotWriter;
import dev.postrider.mail.reply.Reply;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Content in counted pieces (BDAT, RFC 3030) instead of DATA. Each piece but the last is answered
 * before the next one goes. For one message and one thread.
 */
final class Chunks extends OutputStream {
  /** Octets of a piece: one round trip for this much is little. */
  private static final int LARGEST = 256 * 1024;

  private final Wire wire;
  private final int timeout;
  private byte @Nullable [] pending;

  private Chunks(Wire wire, int timeout) {
    this.wire = wire;
    this.timeout = timeout;
  }

  /** The server does not want a piece, and so not the message either. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Reply reply;

    RefusedException(Reply reply) {
      super(reply.oneLine());
      this.reply = reply;
    }

    Reply reply() {
      return reply;
    }
  }

  /**
   * Sends a message. The reply to its last piece is still to be read then.
   *
   * @param size octets of the content as it is stored
   * @throws RefusedException if the server refuses a piece before the last
   * @throws Wire.SendException if the network fails
   */
  static void send(Body.Source content, long size, Wire wire, ClientSettings settings)
      throws IOException {
    // Lines grow by a CR each; a piece more does no harm.
    int piece = (int) Math.min(size + size / 8 + 1024, LARGEST);
    DotWriter writer =
        DotWriter.withoutDots(
            new Chunks(wire, settings.dataDoneTimeout), settings.lineLengthLimit, piece);
    content.writeTo(writer);
    writer.finish();
  }

  /**
   * Sends a message in one piece, which the server answers once, whatever its size.
   *
   * @param octets as they are to be on the wire
   * @throws Wire.SendException if the network fails
   */
  static void sendWhole(byte[] octets, Wire wire) throws IOException {
    put(octets, /* last= */ true, wire);
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    byte[] before = pending;
    if (before != null) {
      put(before, /* last= */ false, wire);
      Reply reply;
      try {
        reply = wire.reply(timeout);
      } catch (IOException e) {
        throw new Wire.SendException(e);
      }
      if (reply.code() / 100 != 2) {
        throw new RefusedException(reply);
      }
    }
    pending = Arrays.copyOfRange(bytes, offset, offset + count);
  }

  /** Ends the message. */
  @Override
  public void flush() throws IOException {
    byte[] rest = pending;
    pending = null;
    put(rest == null ? new byte[0] : rest, /* last= */ true, wire);
  }

  /** Command and octets in one write, with whatever commands wait to be sent. */
  private static void put(byte[] octets, boolean last, Wire wire) throws IOException {
    wire.put("BDAT " + octets.length + (last ? " LAST" : "")).endLine();
    byte[] commands = wire.takeCommands();
    byte[] both = Arrays.copyOf(commands, commands.length + octets.length);
    System.arraycopy(octets, 0, both, commands.length, octets.length);
    wire.content().write(both, 0, both.length);
  }
}
