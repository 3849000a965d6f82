package dev.postrider.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SocketFileTest {
  private final LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final Path directory;
  private final Path path;
  private final SocketFile socket;

  SocketFileTest(@TempDir Path directory) throws IOException {
    this.directory = directory;
    path = Files.createDirectory(directory.resolve("public")).resolve("socket");
    Files.writeString(path, "of an earlier run");
    socket = SocketFile.at(path, Duration.ofMillis(5), said::add);
    socket.open();
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
  }

  private FutureTask<Boolean> accepting() {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          try (SocketChannel client = socket.accept()) {
            return client.isConnected();
          }
        });
    Thread.ofVirtual().start(task);
    return task;
  }

  private void connect() throws IOException {
    SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
  }

  private String heard() throws InterruptedException {
    return String.valueOf(said.poll(30, TimeUnit.SECONDS));
  }

  @Test
  void whoeverWaitsForClientsHearsThemAfterItsFileWasRemoved() throws Exception {
    FutureTask<Boolean> accepted = accepting();
    Files.delete(path);

    assertThat(heard()).isEqualTo(path + " was removed or replaced: made again");
    connect();

    assertThat(accepted.get()).isTrue();
    assertThat(socket.isOpen()).isTrue();
    assertThat(Files.getAttribute(path, "unix:mode")).isEqualTo(0140666);
  }

  @Test
  void aFileInItsPlaceGoesAway() throws Exception {
    Path other = Files.writeString(directory.resolve("other"), "x");
    Files.move(other, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    FutureTask<Boolean> accepted = accepting();

    assertThat(heard()).contains("replaced");
    connect();

    assertThat(accepted.get()).isTrue();
  }

  @Test
  void aDirectoryThatIsGoneIsSaidOnceAndWaitedFor() throws Exception {
    Path away = directory.resolve("away");
    Files.move(path.getParent(), away);

    assertThat(heard()).startsWith("cannot listen on " + path).contains("postfix check");
    Files.createDirectory(path.getParent());

    assertThat(heard()).isEqualTo(path + " was removed or replaced: made again");
    connect();
  }

  @Test
  void closingEndsTheWaitAndRemovesTheFile() throws Exception {
    FutureTask<Boolean> accepted = accepting();

    socket.close();

    assertThatThrownBy(accepted::get).hasCauseInstanceOf(ClosedChannelException.class);
    assertThat(path).doesNotExist();
    assertThat(socket.isOpen()).isFalse();
  }

  @Test
  void aPathThatCannotBeBoundIsNamed() throws Exception {
    Path nowhere = directory.resolve("nowhere/socket");
    try (SocketFile other = SocketFile.at(nowhere, said::add)) {
      assertThatThrownBy(other::open).hasMessageStartingWith("cannot listen on " + nowhere);
    }
  }
}
