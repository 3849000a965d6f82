package dev.postrider.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Sockets that a service manager opened before us, by systemd's own tool, and what it is told of
 * the daemon's life.
 */
class ActivationTest {
  private static final Path TOOL = Path.of("/usr/bin/systemd-socket-activate");

  private Instance host;

  @BeforeEach
  void aFreshMachine() throws IOException, InterruptedException {
    host = Instance.create();
    host.main("postrider_idle_exit = 1s\nsyslog_name = postfix");
    host.shell.run("postfix check");
  }

  @AfterEach
  void end() throws IOException, InterruptedException {
    if (host != null) {
      host.close();
    }
  }

  /** Listens with systemd's tool, which starts the daemon with the first client and then is it. */
  private Process activated(String... listen) throws IOException {
    assumeTrue(Files.isExecutable(TOOL), "systemd-socket-activate is not installed");
    List<String> command = new ArrayList<>(List.of(TOOL.toString()));
    for (String each : listen) {
      command.addAll(List.of("-l", each));
    }
    command.addAll(
        List.of(Instance.program("postrider").toString(), "master", "-c", host.etc.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(host.directory.resolve("activate.out").toFile())
        .start();
  }

  private String greeting(String address) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral(address), host.port)) {
      byte[] reply = new byte[3];
      int count = socket.getInputStream().readNBytes(reply, 0, 3);
      return new String(reply, 0, count, java.nio.charset.StandardCharsets.US_ASCII);
    }
  }

  private boolean listens() {
    try {
      return Files.readString(host.directory.resolve("activate.out")).contains("Listening on");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theDaemonServesTheSocketsItIsGivenAndLeavesThemBehind()
      throws IOException, InterruptedException {
    Path submissions = host.directory.resolve("q/public/pickup");
    Process daemon = activated("127.0.0.1:" + host.port, submissions.toString());
    try {
      host.await("systemd's tool to listen", this::listens);
      assertThat(host.logText()).doesNotContain("daemon started");

      assertThat(greeting("127.0.0.1")).isEqualTo("220");
      host.awaitLog("connect from localhost[127.0.0.1]");
      try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(submissions))) {
        assertThat(channel.isConnected()).isTrue();
      }
      host.awaitLog("nothing to do for 1 seconds: leaving");
      assertThat(daemon.waitFor()).isZero();
      assertThat(submissions).as("the socket, which is not the daemon's to remove").exists();
    } finally {
      daemon.destroyForcibly().onExit().join();
    }
  }

  @Test
  void anIPv6SocketIsServedAsOne() throws IOException, InterruptedException {
    host.main("inet_protocols = all");
    Files.writeString(
        host.etc.resolve("master.cf"),
        Files.readString(host.etc.resolve("master.cf"))
            .replace("127.0.0.1:" + host.port, "[::1]:" + host.port));
    Process daemon = activated("[::1]:" + host.port);
    try {
      host.await("systemd's tool to listen", this::listens);
      assertThat(greeting("::1")).isEqualTo("220");
      host.awaitLog("connect from localhost[::1]");
    } finally {
      daemon.destroy();
      assertThat(daemon.waitFor()).isEqualTo(143);
    }
  }

  @Test
  void anAddressOrAPortThatDoesNotMatchIsSaid() throws IOException, InterruptedException {
    int other = Instance.freePort();
    Files.writeString(
        host.etc.resolve("master.cf"),
        Files.readString(host.etc.resolve("master.cf"))
            .replace("127.0.0.1:" + host.port, "127.0.0.2:" + host.port));
    Process daemon = activated("127.0.0.1:" + host.port, "127.0.0.1:" + other);
    try {
      host.await("systemd's tool to listen", this::listens);
      assertThat(greeting("127.0.0.1")).isEqualTo("220");
      host.awaitLog("is to listen on 127.0.0.2 port " + host.port + ", but the service manager");
      host.awaitLog("the service manager listens on 127.0.0.1 port " + other + ", and no inet");
    } finally {
      daemon.destroyForcibly().onExit().join();
    }
  }

  /** What sd_notify(3) says, heard on a real datagram socket. */
  @Test
  void aServiceManagerIsToldOfStartReloadLifeAndEnd() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs python3 for the socket");
    host.main("postrider_idle_exit = 0");
    Path heard = host.directory.resolve("heard");
    Path script = host.directory.resolve("manager.py");
    Files.writeString(
        script,
        """
        import os, socket, subprocess, sys
        socket_path, heard, *command = sys.argv[1:]
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(socket_path)
        os.chmod(socket_path, 0o777)
        environment = dict(os.environ, NOTIFY_SOCKET=socket_path, WATCHDOG_USEC='900000')
        p = subprocess.Popen(command, env=environment)
        s.settimeout(0.1)
        with open(heard, 'w', buffering=1) as out:
            while True:
                try:
                    out.write(repr(s.recv(4096).decode()) + '\\n')
                except socket.timeout:
                    if p.poll() is not None:
                        break
        sys.exit(p.returncode if p.returncode >= 0 else 128 - p.returncode)
        """);
    Process manager =
        new ProcessBuilder(
                "python3",
                script.toString(),
                host.directory.resolve("notify").toString(),
                heard.toString(),
                Instance.program("postrider").toString(),
                "master",
                "-c",
                host.etc.toString())
            .start();
    try {
      awaitHeard(heard, "'READY=1\\nSTATUS=mail system ");
      awaitHeard(heard, "'WATCHDOG=1'");
      assertThat(host.shell.run("postfix reload").code()).isZero();
      awaitHeard(heard, "'RELOADING=1\\nMONOTONIC_USEC=");
      assertThat(host.shell.run("postfix stop").code()).isZero();
      awaitHeard(heard, "'STOPPING=1\\nSTATUS=terminating");
      assertThat(manager.waitFor()).isEqualTo(143);
      List<String> lines = Files.readAllLines(heard);
      int reload = index(lines, "RELOADING");
      assertThat(lines.subList(reload, lines.size()))
          .as("ready again after the reload")
          .anyMatch(line -> line.contains("READY=1"));
    } finally {
      manager.destroyForcibly().onExit().join();
    }
  }

  private static int index(List<String> lines, String text) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(text)) {
        return i;
      }
    }
    throw new AssertionError("no " + text + " in " + lines);
  }

  private void awaitHeard(Path heard, String text) throws IOException {
    host.await(
        text,
        () -> {
          try {
            return Files.exists(heard) && Files.readString(heard).contains(text);
          } catch (IOException e) {
            return false;
          }
        });
  }
}
