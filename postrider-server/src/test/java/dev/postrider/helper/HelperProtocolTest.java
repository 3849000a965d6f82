package dev.postrider.helper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.postrider.delivery.DeliveryFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of the helper's protocol, over a real socket; and what is no protocol at all. */
final class HelperProtocolTest {
  private static final Identity ANN = new Identity("änn", 1_000, 4_000_000_000L);
  private static final CommandCall CALL =
      new CommandCall(
          List.of("/bin/x", "-a", "b\nc"),
          Map.of("A", "b", "C", ""),
          null,
          Path.of("/home/ann"),
          Duration.ofSeconds(9),
          77,
          5L << 40);
  private static final List<Request> REQUESTS =
      List.of(
          new Request.AppendTo(
              ANN, new Append(Path.of("/var/mail/änn"), Append.Kind.SPOOL_MAILBOX)),
          new Request.AppendTo(
              ANN,
              new Append(
                  Path.of("/v/ann"),
                  Append.Kind.VIRTUAL_MAILBOX,
                  new Append.Terms(5L << 40, true, false, true))),
          new Request.AppendTo(
              ANN,
              new Append(
                  Path.of("/v/ann"),
                  Append.Kind.VIRTUAL_MAILBOX,
                  new Append.Terms(0, false, true, false))),
          new Request.AddToMaildir(ANN, Path.of("/home/ann/Maildir"), 5L << 40),
          new Request.Run(ANN, CALL),
          new Request.Run(
              ANN,
              new CommandCall(
                  List.of("x"), Map.of(), Path.of("/jail"), null, Duration.ofSeconds(1), 0, 0)),
          new Request.Read(ANN, Path.of("/home/ann/.forward"), 1_000));
  private static final List<Answer> ANSWERS =
      List.of(
          new Answer.Done(),
          new Answer.Failed("5.2.2", "no röom"),
          new Answer.Unknown("x"),
          new Answer.Denied("/x"),
          new Answer.Ended(new CommandEnd.Exited(75, "\0\u00ff\n")),
          new Answer.Ended(new CommandEnd.Killed(9, "")),
          new Answer.Ended(new CommandEnd.TimedOut("x")),
          new Answer.Ended(new CommandEnd.NotStarted("no")),
          new Answer.Found(new UserFile.Read("\u0080x", 1_000, 0644)),
          new Answer.Found(new UserFile.Missing()),
          new Answer.Found(new UserFile.Unsuitable("a FIFO")));

  @TempDir Path directory;
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
  private final Remembered work = new Remembered();
  private final KeptConnections kept = new KeptConnections();
  private int connections;
  private final CountDownLatch served = new CountDownLatch(1);
  private @Nullable HelperServer server;

  /** Work as a test wants it. */
  private static final class Remembered implements Helper {
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());

    private void take(String what, Payload payload) throws IOException {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      payload.writeTo(content);
      done.add(what + " " + content.size());
    }

    @Override
    public void append(Identity as, Append to, Payload payload) throws IOException {
      switch (to.file().toString()) {
        case "/full" -> throw new DeliveryFailure("5.2.2", "the mailbox is full");
        case "/bug" -> throw new IllegalStateException("a bug");
        default -> take("append " + as.user() + " " + to.file(), payload);
      }
    }

    @Override
    public void addToMaildir(Identity as, Path maildir, long largest, Payload payload)
        throws IOException {
      take("maildir " + maildir + " " + largest, payload);
    }

    @Override
    public CommandEnd run(Identity as, CommandCall call, Payload payload) throws IOException {
      take("run " + call.arguments(), payload);
      return new CommandEnd.Exited(3, "out");
    }

    @Override
    public UserFile read(Identity as, Path file, int most) throws IOException {
      if (file.equals(Path.of("/denied"))) {
        throw new AccessDeniedException("/denied");
      }
      return new UserFile.Read("x".repeat(most), 5, 0600);
    }
  }

  @BeforeEach
  void listen() throws Exception {
    listen(Files.getOwner(directory));
  }

  private void listen(UserPrincipal client) throws Exception {
    HelperServer serving =
        HelperServer.open(directory.resolve("socket"), client, work, notices::add);
    server = serving;
    Thread.ofVirtual()
        .start(() -> {
          try {
            serving.serve();
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          } finally {
            served.countDown();
          }
        });
  }

  @AfterEach
  void close() throws Exception {
    HelperServer open = server;
    if (open != null) {
      open.close();
      served.await();
      open.awaitWork();
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(directory.resolve("socket")));
    return channel;
  }

  private static int hello(SocketChannel channel) throws IOException {
    return new DataInputStream(Channels.newInputStream(channel)).readInt();
  }

  private RemoteHelper remote() {
    return new RemoteHelper(
        new RemoteHelper.Way() {
          @Override
          public HelperConnection connect() throws IOException {
            @Nullable HelperConnection waiting = kept.take();
            if (waiting != null) {
              return waiting;
            }
            connections++;
            HelperConnection made = new HelperConnection(HelperProtocolTest.this.connect(), kept);
            assertThat(made.hello()).isEqualTo(HelperServer.HELLO);
            return made;
          }

          @Override
          public void reload() {
            work.done.add("reload");
          }
        });
  }

  private static Payload octets(int count) {
    return out -> {
      for (int left = count; left > 0; left -= Math.min(left, 1_000)) {
        out.write(new byte[Math.min(left, 1_000)]);
      }
    };
  }

  private static Append file(String name) {
    return new Append(Path.of(name), Append.Kind.FILE);
  }

  @Test
  void whatIsAskedIsDoneAndAnswered() throws Exception {
    RemoteHelper remote = remote();

    remote.append(ANN, file("/f"), octets(10));
    remote.addToMaildir(ANN, Path.of("/m"), 7, octets(3_000_000));
    assertThat(remote.run(ANN, CALL, octets(0))).isEqualTo(new CommandEnd.Exited(3, "out"));
    assertThat(remote.read(ANN, Path.of("/f"), 300_000))
        .isEqualTo(new UserFile.Read("x".repeat(300_000), 5, 0600));

    assertThat(work.done)
        .containsExactly("append änn /f 10", "maildir /m 7 3000000", "run [/bin/x, -a, b\nc] 0");
    assertThat(connections).isEqualTo(1);
  }

  @Test
  void failuresComeBackAsTheyWere() throws Exception {
    RemoteHelper remote = remote();

    assertThatThrownBy(() -> remote.append(ANN, file("/full"), octets(2_000_000)))
        .isInstanceOfSatisfying(
            DeliveryFailure.class, failure -> assertThat(failure.code()).isEqualTo("5.2.2"))
        .hasMessage("the mailbox is full");
    assertThatThrownBy(() -> remote.append(ANN, file("/bug"), octets(1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("internal error");
    assertThatThrownBy(() -> remote.read(ANN, Path.of("/denied"), 1))
        .isInstanceOf(AccessDeniedException.class);
    assertThat(notices).singleElement().asString().contains("a bug");
    // Only behind a bug the connection is not used again.
    assertThat(connections).isEqualTo(2);
  }

  @Test
  void aConnectionWithoutWorkIsEndedWithTheHelperAndOneWithWorkIsNot() throws Exception {
    RemoteHelper remote = remote();
    assertThat(remote.read(ANN, Path.of("/f"), 1)).isInstanceOf(UserFile.Read.class);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Payload slow =
        out -> {
          out.write(new byte[500_000]);
          begun.countDown();
          try {
            goOn.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        };
    FutureTask<Boolean> append =
        new FutureTask<>(() -> {
          remote().append(ANN, file("/slow"), slow);
          return true;
        });
    Thread _ = Thread.ofVirtual().start(append);
    begun.await();
    try (HelperConnection idle = new HelperConnection(connect(), kept)) {
      assertThat(idle.hello()).isEqualTo(HelperServer.HELLO);
      Objects.requireNonNull(server).close();
      assertThatThrownBy(() -> idle.exchange(REQUESTS.getLast(), null))
          .isInstanceOf(IOException.class);
    }
    goOn.countDown();
    assertThat(append.get()).isTrue();
    assertThat(work.done).containsExactly("append änn /slow 500000");
  }

  @Test
  void aPayloadThatCannotBeHadIsToldAndNotTakenForAWholeOne() {
    Payload broken =
        out -> {
          out.write(new byte[500_000]);
          throw new IOException("the spool is damaged");
        };

    assertThatThrownBy(() -> remote().append(ANN, file("/f"), broken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the spool is damaged");
    assertThat(work.done).isEmpty();
  }

  @Test
  void aDaemonThatDiesInTheMiddleHasNothingDone() throws Exception {
    byte[] request = Requests.encode(new Request.AppendTo(ANN, file("/f")));
    ByteBuffer half =
        ByteBuffer.allocate(request.length + 18)
            .putInt(request.length)
            .put(request)
            .putInt(100)
            .put(new byte[10])
            .flip();
    try (SocketChannel channel = connect()) {
      assertThat(hello(channel)).isEqualTo(HelperServer.HELLO);
      while (half.hasRemaining()) {
        assertThat(channel.write(half)).isPositive();
      }
    }
    close();
    assertThat(work.done).isEmpty();
  }

  @Test
  void anotherUserIsNotServed() throws Exception {
    close();
    listen(FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("77"));

    try (SocketChannel channel = connect()) {
      assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(-1);
    }
    assertThat(notices).singleElement().asString().contains("refused a connection of user");
  }

  @Test
  void requestsAndAnswersSurviveTheWay() throws Exception {
    for (Request request : REQUESTS) {
      assertThat(Requests.decode(Requests.encode(request))).isEqualTo(request);
    }
    for (Answer answer : ANSWERS) {
      assertThat(Answers.decode(Answers.encode(answer))).isEqualTo(answer);
    }
  }

  @Test
  void nonsenseIsRefusedInEitherDirection() {
    Random random = new Random(7);
    List<byte[]> frames = new ArrayList<>();
    REQUESTS.forEach(each -> frames.add(Requests.encode(each)));
    ANSWERS.forEach(each -> frames.add(Answers.encode(each)));
    int refused = 0;
    for (int i = 0; i < 60_000; i++) {
      byte[] frame = bent(frames.get(random.nextInt(frames.size())), random);
      try {
        Request request = Requests.decode(frame);
        assertThat(request.as()).isNotNull();
      } catch (IOException _) {
        refused++;
      }
      try {
        assertThat(Answers.decode(frame)).isNotNull();
      } catch (IOException _) {
        refused++;
      }
      try {
        byte[] _ = Frames.read(new DataInputStream(new ByteArrayInputStream(frame)), 1_000);
      } catch (IOException _) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(60_000);
  }

  private static byte[] bent(byte[] frame, Random random) {
    byte[] bent = java.util.Arrays.copyOf(frame, random.nextInt(frame.length + 4));
    for (int changes = random.nextInt(4); changes > 0 && bent.length > 0; changes--) {
      bent[random.nextInt(bent.length)] = (byte) random.nextInt(256);
    }
    return bent;
  }

  @Test
  void aRelativePathAndNulAreRefused() {
    for (String path : List.of("f", "", "../f", "/f\0")) {
      byte[] frame = new FieldWriter().kind(4).identity(ANN).text(path).number(10).bytes();
      assertThatThrownBy(() -> Requests.decode(frame)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void nonsenseOverTheSocketHarmsNobodyElse() throws Exception {
    Random random = new Random(3);
    for (int i = 0; i < 200; i++) {
      try (SocketChannel channel = connect()) {
        assertThat(hello(channel)).isEqualTo(HelperServer.HELLO);
        byte[] nonsense = new byte[random.nextInt(200)];
        random.nextBytes(nonsense);
        channel.write(ByteBuffer.wrap(nonsense));
      } catch (IOException _) {
        // The server was quicker to close it.
      }
    }
    remote().append(ANN, file("/after"), octets(5));
    assertThat(work.done).containsExactly("append änn /after 5");
  }
}
