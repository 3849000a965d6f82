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
 * (sd_listen_fds(3), launch_activate_socket(3)). For the thread that starts the daemon.
 */
final class Activation {
  /** Where such descriptors begin. */
  private static final int FIRST = 3;

  /** Who listens for us, and where that is written. */
  private enum Manager {
    SYSTEMD("the service manager", "the socket unit (ListenStream=)"),
    LAUNCHD("launchd", "Sockets of the job's launchd file");

    private final String name;
    private final String file;

    Manager(String name, String file) {
      this.name = name;
      this.file = file;
    }
  }

  private final Manager manager;
  private final List<ListeningSocket> internet = new ArrayList<>();
  private final Map<Path, ServerSocketChannel> unix = new HashMap<>();

  private Activation(Manager manager) {
    this.manager = manager;
  }

  /** Nobody listens for us. */
  static Activation none() {
    return new Activation(Manager.SYSTEMD);
  }

  /**
   * Takes the sockets that this process was given: by systemd, or on macOS by launchd.
   *
   * @param environment LISTEN_FDS says how many, LISTEN_PID for whom
   * @param warnings hears, as a sentence, why launchd's cannot be had
   */
  static Activation take(Map<String, String> environment, Consumer<String> warnings)
      throws IOException {
    if (LaunchdSockets.mayStartUs(System.getProperty("os.name", ""), environment)) {
      return take(LaunchdSockets.ofSystem(), warnings);
    }
    Activation taken = none();
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

  /**
   * Takes launchd's. If it does not give them the daemon goes on and binds its own, which says more
   * if the port is taken.
   */
  static Activation take(LaunchdSockets launchd, Consumer<String> warnings) throws IOException {
    Activation taken = new Activation(Manager.LAUNCHD);
    for (String name : LaunchdSockets.NAMES) {
      List<Descriptor> given = List.of();
      try {
        given = launchd.take(name);
      } catch (IOException | LinkageError e) {
        warnings.accept("launchd's sockets cannot be had, so the daemon opens its own: " + e);
      }
      for (Descriptor each : given) {
        taken.take(each);
      }
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
                  + ", but "
                  + manager.name
                  + " listens for it, and not there: add that address to "
                  + manager.file);
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
          manager.name
              + " listens on "
              + socket
              + ", and no inet service of master.cf has that port: add one, or take it out of "
              + manager.file);
      socket.channel().close();
    }
    for (Map.Entry<Path, ServerSocketChannel> each : unix.entrySet()) {
      warnings.accept(
          manager.name
              + " listens on "
              + each.getKey()
              + ", which is not this configuration's submission socket");
      each.getValue().close();
    }
    internet.clear();
    unix.clear();
  }
}
