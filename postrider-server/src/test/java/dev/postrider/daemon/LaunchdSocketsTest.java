package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.postrider.smtpd.ListeningSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** launchd's call, answered by a library that a C compiler makes of a few lines. */
@Timeout(60)
@SuppressWarnings("restricted")
class LaunchdSocketsTest {
  /** What launch_activate_socket(3) does, with sockets of its own. */
  private static final String LIBRARY =
      """
      #include <arpa/inet.h>
      #include <errno.h>
      #include <netinet/in.h>
      #include <stdlib.h>
      #include <string.h>
      #include <sys/socket.h>
      #include <sys/un.h>

      static int listening(int family, const struct sockaddr *address, socklen_t length) {
        int fd = socket(family, SOCK_STREAM, 0);
        return fd >= 0 && bind(fd, address, length) == 0 && listen(fd, 5) == 0 ? fd : -1;
      }

      int launch_activate_socket(const char *name, int **fds, size_t *cnt) {
        if (RESULT != 0)
          return RESULT;
        if (strcmp(name, "smtp") == 0) {
          struct sockaddr_in in;
          memset(&in, 0, sizeof in);
          in.sin_family = AF_INET;
          in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
          *cnt = 2;
          *fds = malloc(2 * sizeof(int));
          for (int i = 0; i < 2; i++) {
            in.sin_port = htons(PORT + i);
            (*fds)[i] = listening(AF_INET, (struct sockaddr *)&in, sizeof in);
          }
          return 0;
        }
        if (strcmp(name, "pickup") == 0) {
          struct sockaddr_un un;
          memset(&un, 0, sizeof un);
          un.sun_family = AF_UNIX;
          strcpy(un.sun_path, SOCKET);
          *cnt = 1;
          *fds = malloc(sizeof(int));
          (*fds)[0] = listening(AF_UNIX, (struct sockaddr *)&un, sizeof un);
          return 0;
        }
        return ENOENT;
      }
      """;

  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private final Arena arena = Arena.ofShared();
  private Path socket = Path.of("");
  private int port;

  @BeforeEach
  void aCompiler() throws Exception {
    assumeTrue(
        List.of("/usr/bin/cc", "/usr/local/bin/cc").stream()
            .anyMatch(each -> Files.isExecutable(Path.of(each))),
        "there is no C compiler (cc) to make the library with");
    assumeTrue(
        directory.toString().length() < 80, "the directory's name is too long for a Unix socket");
    socket = directory.resolve("pickup");
    port = twoFreePorts();
  }

  @AfterEach
  void unload() {
    arena.close();
  }

  private static int twoFreePorts() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    while (true) {
      try (ServerSocketChannel first = ServerSocketChannel.open();
          ServerSocketChannel second = ServerSocketChannel.open()) {
        first.bind(new InetSocketAddress(loopback, 0));
        int port = ((InetSocketAddress) first.getLocalAddress()).getPort();
        second.bind(new InetSocketAddress(loopback, port + 1));
        return port;
      } catch (java.net.BindException | IllegalArgumentException _) {
        // The next one is taken, or there is none.
      }
    }
  }

  private LaunchdSockets launchd(int result) throws Exception {
    Path source = Files.writeString(directory.resolve("launch.c"), LIBRARY);
    Path library = directory.resolve("launch.so");
    Process compiler =
        new ProcessBuilder(
                "cc",
                "-shared",
                "-fPIC",
                "-DRESULT=" + result,
                "-DPORT=" + port,
                "-DSOCKET=\"" + socket + "\"",
                "-o",
                library.toString(),
                source.toString())
            .inheritIO()
            .start();
    assertThat(compiler.waitFor()).isZero();
    return new LaunchdSockets(SymbolLookup.libraryLookup(library, arena));
  }

  @Test
  void theSocketsOfTheJobAreServed() throws Exception {
    Activation activation = Activation.take(launchd(0), warnings::add);

    List<InetSocketAddress> wanted =
        List.of(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port));
    List<ListeningSocket> found = activation.socketsFor("smtp", wanted, warnings::add);
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().address()).isEqualTo(wanted.getFirst());
    assertThat(warnings)
        .containsExactly(
            "service smtp is to listen on 127.0.0.2 port "
                + port
                + ", but launchd listens for it, and not there: add that address to Sockets of the"
                + " job's launchd file");
    try (ServerSocketChannel server = found.getFirst().channel();
        SocketChannel client = SocketChannel.open(wanted.getFirst());
        SocketChannel accepted = server.accept()) {
      assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
    }
    try (ServerSocketChannel submissions = activation.socketAt(socket);
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      assertThat(submissions).isNotNull();
      assertThat(client.isConnected()).isTrue();
    }
    activation.closeRest(warnings::add);
    assertThat(warnings.getLast())
        .startsWith("launchd listens on 127.0.0.1 port " + (port + 1))
        .contains("no inet service of master.cf has that port");
  }

  @Test
  void aProcessThatIsNoJobOrHasNoSocketsOpensItsOwn() throws Exception {
    int noJob = 3;

    assertThat(Activation.take(launchd(noJob), warnings::add).isEmpty()).isTrue();
    assertThat(warnings).isEmpty();
  }

  @Test
  void anErrorOrASystemWithoutTheCallIsSaidAndItOpensItsOwn() throws Exception {
    int alreadyActivated = 37;

    assertThat(Activation.take(launchd(alreadyActivated), warnings::add).isEmpty()).isTrue();
    assertThat(
            Activation.take(new LaunchdSockets(_ -> java.util.Optional.empty()), warnings::add)
                .isEmpty())
        .isTrue();

    assertThat(warnings).hasSize(4);
    assertThat(warnings.getFirst())
        .startsWith("launchd's sockets cannot be had, so the daemon opens its own: ")
        .contains("launch_activate_socket smtp: error 37");
    assertThat(warnings.getLast()).contains("no such function");
  }

  @Test
  void onlyAJobOnAMacAsks() {
    Map<String, String> job = Map.of("XPC_SERVICE_NAME", "dev.postrider.on-demand");

    assertThat(LaunchdSockets.mayStartUs("Mac OS X", job)).isTrue();
    assertThat(LaunchdSockets.mayStartUs("Linux", job)).isFalse();
    assertThat(LaunchdSockets.mayStartUs("Mac OS X", Map.of())).isFalse();
    assertThat(LaunchdSockets.mayStartUs("Mac OS X", Map.of("XPC_SERVICE_NAME", "0"))).isFalse();
  }
}
