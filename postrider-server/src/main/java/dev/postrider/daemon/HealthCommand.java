package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.Invocation;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code postrider health [-c config_dir]}: exit code 0 if the mail system takes mail, 1 with a
 * sentence if not. For the health checks of containers and load balancers.
 */
final class HealthCommand implements Command {
  private static final int LIMIT_MILLIS = 5000;

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    List<String> arguments = call.arguments();
    boolean named = arguments.size() == 2 && arguments.getFirst().equals("-c");
    if (!named && !arguments.isEmpty()) {
      call.fatal("usage: postrider health [-c config_dir]");
      return 64;
    }
    String directory =
        named
            ? arguments.getLast()
            : call.environment().getOrDefault("MAIL_CONFIG", "/etc/postfix");
    Optional<String> trouble;
    try {
      Config config = Config.load(Path.of(directory).toAbsolutePath());
      MasterConfig master = MasterConfig.load(config.directory());
      trouble = trouble(Assembly.listeners(config, master));
    } catch (ConfigException e) {
      trouble = Optional.of(String.valueOf(e.getMessage()));
    }
    trouble.ifPresent(call::fatal);
    return trouble.isPresent() ? 1 : 0;
  }

  /** What keeps the first address of a service from greeting; empty if all greet. */
  private static Optional<String> trouble(Map<ServiceEntry, List<InetSocketAddress>> listeners) {
    for (Map.Entry<ServiceEntry, List<InetSocketAddress>> service : listeners.entrySet()) {
      // A service that begins with TLS says nothing first; the others tell enough.
      String wrapped = service.getKey().overrides().getOrDefault("smtpd_tls_wrappermode", "no");
      if (wrapped.equals("yes") || service.getValue().isEmpty()) {
        continue;
      }
      InetSocketAddress address = reachable(service.getValue().getFirst());
      try {
        String reply = greeting(address);
        if (!reply.startsWith("220")) {
          return Optional.of(address + " greets with \"" + reply + "\" instead of 220");
        }
      } catch (IOException e) {
        return Optional.of(
            "no greeting from "
                + address
                + ": "
                + e.getMessage()
                + " (is the mail system running?)");
      }
    }
    return Optional.empty();
  }

  private static InetSocketAddress reachable(InetSocketAddress address) {
    return address.getAddress().isAnyLocalAddress()
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
        : address;
  }

  private static String greeting(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, LIMIT_MILLIS);
      socket.setSoTimeout(LIMIT_MILLIS);
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      @Nullable String line = reader.readLine();
      if (line == null) {
        throw new IOException("it closed the connection");
      }
      socket.getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      return line;
    }
  }
}
