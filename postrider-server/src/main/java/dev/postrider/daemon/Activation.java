package dev.postrider.daemon;

import dev.postrider.smtpd.ListeningSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sockets on which a service manager listens for us, and goes on listening when we have left
 * (sd_listen_fds(3)). For the thread that starts the daemon.
 */
final class Activation {
  /** Where such descriptors begin. */
  private static final int FIRST = 3;

  private final List<ListeningSocket> internet = new ArrayList<>();
  private final Map<Path, ServerSocketChannel> unix = new HashMap<>();

  /** Nobody listens for us. */
  static Activation none() {
    return new Activation();
  }

  /**
   * Takes the sockets that this process was given.
   *
   * @param environment LISTEN_FDS says how many, LISTEN_PID for whom
   */
  static Activation take(Map<String, String> environment) throws IOException {
    Activation taken = new Activation();
    String pid = Long.toString(ProcessHandle.current().pid());
    if (!pid.equals(environment.get("LISTEN_PID"))) {
      return taken;
    }
    String count = environment.getOrDefault("LISTEN_FDS", "0");
    if (!count.matches("[0-9]{1,3}")) {
      throw new IOException("LISTEN_FDS = " + count + " in the environment is no number");
    }
    for (int i = 0; i < Integer.parseInt(count); i++) {
      taken.take(new Descriptor(FIRST + i));
    }
    return taken;
  }

  private void take(Descriptor descriptor) throws IOException {
    SocketAddress address = descriptor.address();
    ServerSocketChannel channel = descriptor.channel();
    if (address instanceof UnixDomainSocketAddress path) {
      unix.put(path.getPath(), channel);
    } else if (address instanceof InetSocketAddress inet) {
      internet.add(new ListeningSocket(channel, inet));
    }
  }

  boolean isEmpty() {
    return internet.isEmpty() && unix.isEmpty();
  }

  /**
   * The sockets of one inet service: those with its port. Where it asks for an address that the
   * service manager does not listen on, that is said and the service manager's word counts.
   *
   * @return empty if this service has to bind its own
   */
  List<ListeningSocket> socketsFor(
      String service, List<InetSocketAddress> wanted, Consumer<String> warnings) {
    List<ListeningSocket> found = new ArrayList<>();
    for (ListeningSocket socket : internet) {
      if (wanted.stream().anyMatch(each -> each.getPort() == socket.address().getPort())) {
        found.add(socket);
      }
    }
    internet.removeAll(found);
    if (!found.isEmpty()) {
      for (InetSocketAddress each : wanted) {
        if (found.stream().noneMatch(socket -> covers(socket.address(), each))) {
          warnings.accept(
              "service "
                  + service
                  + " is to listen on "
                  + each.getAddress().getHostAddress()
                  + " port "
                  + each.getPort()
                  + ", but the service manager listens for it, and not there: add that address to"
                  + " the socket unit (ListenStream=)");
        }
      }
    }
    return found;
  }

  private static boolean covers(InetSocketAddress open, InetSocketAddress wanted) {
    return open.equals(wanted)
        || (open.getPort() == wanted.getPort() && open.getAddress().isAnyLocalAddress());
  }

  /** The socket that listens at a path, or null. */
  @Nullable ServerSocketChannel socketAt(Path path) {
    return unix.remove(path);
  }

  /** Closes what nobody took, and says so: its clients would wait for ever. */
  void closeRest(Consumer<String> warnings) throws IOException {
    for (ListeningSocket socket : internet) {
      warnings.accept(
          "the service manager listens on "
              + socket
              + ", and no inet service of master.cf has that port: add one, or take it out of the"
              + " socket unit");
      socket.channel().close();
    }
    for (Map.Entry<Path, ServerSocketChannel> each : unix.entrySet()) {
      warnings.accept(
          "the service manager listens on "
              + each.getKey()
              + ", which is not this configuration's submission socket");
      each.getValue().close();
    }
    internet.clear();
    unix.clear();
  }
}
