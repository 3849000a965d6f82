package dev.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
  private static final QueueEntry ODD =
      new QueueEntry(
          "deferred",
          true,
          "0C82C",
          Instant.ofEpochMilli(1_795_166_488_123L),
          5,
          "tab\there@example.test",
          List.of(
              new QueueEntry.Waiting("", "a@b.test", "two\nlines\\and a backslash"),
              new QueueEntry.Waiting("root", "ü@b.test", "")));

  @TempDir Path directory;

  private ControlServer server(ControlAnswer.Handler handler) throws IOException {
    return ControlServer.start(
        directory.resolve("control"), handler, (severity, process, text) -> {});
  }

  @Test
  void entriesArriveAsTheyWereSent() throws IOException {
    try (ControlServer _ =
        server((request, entries) -> {
          entries.entry(ODD);
          return new ControlAnswer.Done();
        })) {
      List<QueueEntry> received = new ArrayList<>();

      ControlAnswer answer =
          ControlClient.ask(
              directory.resolve("control"), new ControlRequest.ListQueue(), received::add);

      assertThat(answer).isEqualTo(new ControlAnswer.Done());
      assertThat(received).containsExactly(ODD);
    }
  }

  @Test
  void everyRequestArrivesAsItWasAsked() throws IOException {
    List<ControlRequest> seen = new ArrayList<>();
    List<ControlRequest> all =
        List.of(
            new ControlRequest.ListQueue(),
            new ControlRequest.Flush(),
            new ControlRequest.FlushMessage("odd\tid\n"),
            new ControlRequest.FlushSite("example.test"),
            new ControlRequest.Reload(),
            new ControlRequest.Change(QueueChange.HOLD, Set.of("deferred", "active"), List.of()),
            new ControlRequest.Change(
                QueueChange.DELETE, Set.of("hold"), List.of("0C82C242463", "odd\tid\n")));
    try (ControlServer _ =
        server((request, entries) -> {
          seen.add(request);
          return new ControlAnswer.Failed("no: " + request);
        })) {
      for (ControlRequest request : all) {
        assertThat(ControlClient.ask(directory.resolve("control"), request, _ -> {}))
            .isEqualTo(new ControlAnswer.Failed("no: " + request));
      }
    }
    assertThat(seen).isEqualTo(all);
  }

  @Test
  void garbageGetsAnErrorAndTheServerLivesOn() throws IOException {
    try (ControlServer _ = server((request, entries) -> new ControlAnswer.Done())) {
      Random random = new Random(7);
      for (int i = 0; i < 50; i++) {
        byte[] garbage = new byte[random.nextInt(10_000)];
        random.nextBytes(garbage);
        try (SocketChannel client =
            SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("control")))) {
          client.write(ByteBuffer.wrap(garbage));
          client.shutdownOutput();
          client.read(ByteBuffer.allocate(100));
        } catch (IOException e) {
          // The server may hang up on garbage.
          assertThat(e).hasMessageMatching(".*(reset|pipe).*");
        }
      }
      assertThat(
              ControlClient.ask(directory.resolve("control"), new ControlRequest.Flush(), _ -> {}))
          .isEqualTo(new ControlAnswer.Done());
    }
  }

  @Test
  void withoutADaemonTheClientSaysSo() throws IOException {
    Path gone = directory.resolve("nobody");
    Files.writeString(gone, "", StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> ControlClient.ask(gone, new ControlRequest.Flush(), _ -> {}))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aStaleSocketIsReplaced() throws IOException {
    Files.writeString(directory.resolve("control"), "", StandardCharsets.US_ASCII);
    try (ControlServer _ = server((request, entries) -> new ControlAnswer.Done())) {
      assertThat(
              ControlClient.ask(directory.resolve("control"), new ControlRequest.Flush(), _ -> {}))
          .isEqualTo(new ControlAnswer.Done());
    }
  }

  @Test
  void callersThatSayNothingDoNotKeepOthersOut() throws IOException {
    Path socket = directory.resolve("control");
    ControlServer.Patience patience =
        new ControlServer.Patience(Duration.ofMillis(50), Duration.ofMinutes(1));
    List<SocketChannel> silent = new ArrayList<>();
    try (ControlServer _ =
        ControlServer.start(
            socket,
            (request, entries) -> new ControlAnswer.Done(),
            (severity, process, text) -> {},
            patience)) {
      for (int i = 0; i < 70; i++) {
        silent.add(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
      }

      ControlAnswer answer = ControlClient.ask(socket, new ControlRequest.Flush(), _ -> {});

      assertThat(answer).isEqualTo(new ControlAnswer.Done());
    } finally {
      for (SocketChannel each : silent) {
        each.close();
      }
    }
  }
}
