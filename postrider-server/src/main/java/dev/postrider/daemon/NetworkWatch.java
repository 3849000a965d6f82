package dev.postrider.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Notices that this machine reaches the world by another way than before, or again: a laptop that
 * is back at a network, a line that came up. Nothing is sent: the system is asked from which of its
 * addresses it would send. Interfaces that come and go without carrying the default route, as
 * containers make them, change nothing. Safe on any thread.
 */
final class NetworkWatch {
  /** Addresses for documentation (RFC 5737, RFC 3849): nobody's, so the default route is asked. */
  private static final List<byte[]> FAR_AWAY =
      List.of(
          new byte[] {(byte) 192, 0, 2, 1},
          new byte[] {0x20, 0x01, 0x0d, (byte) 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});

  private static final int ANY_PORT = 53;

  private final Supplier<List<InetAddress>> sources;
  private List<InetAddress> known;

  NetworkWatch() {
    this(NetworkWatch::sourcesOfDefaultRoutes);
  }

  /**
   * @param sources the addresses from which this machine would send, none without a network
   */
  NetworkWatch(Supplier<List<InetAddress>> sources) {
    this.sources = sources;
    this.known = sources.get();
  }

  /** Whether there is a network, and it is another one than at the last call. */
  synchronized boolean hasChanged() {
    List<InetAddress> now = sources.get();
    boolean changed = !now.equals(known) && !now.isEmpty();
    known = now;
    return changed;
  }

  private static List<InetAddress> sourcesOfDefaultRoutes() {
    List<InetAddress> found = new ArrayList<>(2);
    for (byte[] address : FAR_AWAY) {
      try (DatagramChannel channel = DatagramChannel.open()) {
        channel.connect(new InetSocketAddress(InetAddress.getByAddress(address), ANY_PORT));
        if (channel.getLocalAddress() instanceof InetSocketAddress local) {
          found.add(local.getAddress());
        }
      } catch (IOException _) {
        // No way there, or no such protocol.
      }
    }
    return found;
  }
}
