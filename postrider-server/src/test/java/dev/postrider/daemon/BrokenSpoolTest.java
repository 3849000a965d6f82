package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.config.Config;
import dev.postrider.config.MasterConfig;
import dev.postrider.helper.OwnRights;
import dev.postrider.io.Disk;
import dev.postrider.io.DiskFile;
import dev.postrider.io.ReadRights;
import dev.postrider.io.RealDisk;
import dev.postrider.oauth.LoginAlarm;
import dev.postrider.smtp.LoginSources;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A daemon whose spool cannot write any more because of a bug. */
class BrokenSpoolTest {
  private final AtomicBoolean bug = new AtomicBoolean();
  private Path directory;

  @BeforeEach
  void aShortPath() throws IOException {
    // The path of a Unix socket has 107 characters at most.
    directory = Files.createTempDirectory("prbroken");
  }

  @AfterEach
  void removeIt() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Daemon start(int port, int nextHop) throws Exception {
    for (String each : List.of("etc", "data", "q/pid", "q/public", "q/maildrop", "q/spool")) {
      Files.createDirectories(directory.resolve(each));
    }
    Files.writeString(
        directory.resolve("etc/main.cf"),
        """
        compatibility_level = 3.6
        myhostname = host.local.test
        queue_directory = %1$s/q
        data_directory = %1$s/data
        maillog_file = %1$s/mail.log
        maillog_file_prefixes = %1$s
        alias_maps =
        alias_database =
        inet_protocols = ipv4
        relayhost = [127.0.0.1]:%2$d
        """
            .formatted(directory, nextHop));
    Files.writeString(
        directory.resolve("etc/master.cf"),
        """
        127.0.0.1:%d inet n - n - - smtpd
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        local unix - n n - - local
        """
            .formatted(port));
    Config config = Config.load(directory.resolve("etc"));
    MasterConfig master = MasterConfig.load(directory.resolve("etc"));
    return Daemon.unattended(
        config,
        master,
        new Shared(
            DaemonLog.open(config),
            new FaultyDisk(bug),
            InstantSource.system(),
            ReadRights.own(),
            new OwnRights(config, InstantSource.system()),
            new NetworkWatch(),
            LoginSources.of(
                directory, ReadRights.own(), InstantSource.system(), LoginAlarm.silent())));
  }

  @Test
  @Timeout(60)
  void theDaemonEndsAtOnceAndStopsTheDeliveryInHand() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      int port = freePort();
      Daemon daemon = start(port, silent.getLocalPort());
      assertThat(submit(port)).startsWith("250 ");
      try (Socket delivery = silent.accept()) {
        bug.set(true);

        assertThat(submit(port)).doesNotStartWith("250");

        assertThat(daemon.awaitEnd()).isEqualTo(1);
        assertThat(delivery.getInputStream().read()).as("the delivery's connection").isEqualTo(-1);
      }
    }
    assertThat(Files.readString(directory.resolve("mail.log")))
        .contains("a bug for the test")
        .contains("fatal: nothing can be recorded any more, so deliveries end now")
        .contains("terminating");
    assertThat(directory.resolve("q/public/control")).doesNotExist();
    try (SpoolView spool =
        SegmentSpool.readOnly(directory.resolve("q"), (severity, process, text) -> {})) {
      assertThat(spool.messages()).hasSize(1);
    }
    // The lock is free again, too.
    SegmentSpool.open(directory.resolve("q"), (s, p, t) -> {}, InstantSource.system()).close();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Hands a message over; returns the answer to its end. */
  private static String submit(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String answer = in.readLine();
      for (String command :
          List.of(
              "HELO here.test",
              "MAIL FROM:<a@here.test>",
              "RCPT TO:<b@dest.test>",
              "DATA",
              "Subject: x\r\n\r\nx\r\n.")) {
        socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
        answer = in.readLine();
      }
      return String.valueOf(answer);
    }
  }

  /** The machine's disk, until the writing of a segment meets a bug. */
  private record FaultyDisk(AtomicBoolean bug) implements Disk {
    private static final Disk REAL = new RealDisk();

    private record FaultyFile(DiskFile real, AtomicBoolean bug) implements DiskFile {
      @Override
      public int read(ByteBuffer into, long position) throws IOException {
        return real.read(into, position);
      }

      @Override
      public void write(ByteBuffer from, long position) throws IOException {
        if (bug.get()) {
          throw new IllegalStateException("a bug for the test");
        }
        real.write(from, position);
      }

      @Override
      public void force() throws IOException {
        real.force();
      }

      @Override
      public void truncate(long size) throws IOException {
        real.truncate(size);
      }

      @Override
      public long size() throws IOException {
        return real.size();
      }

      @Override
      public void close() throws IOException {
        real.close();
      }
    }

    @Override
    public DiskFile create(Path file) throws IOException {
      return new FaultyFile(REAL.create(file), bug);
    }

    @Override
    public DiskFile open(Path file) throws IOException {
      return new FaultyFile(REAL.open(file), bug);
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
      return REAL.openToRead(file);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
      REAL.createDirectories(directory);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
      return REAL.list(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
      REAL.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
      REAL.delete(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
      REAL.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
      return REAL.usableBytes(directory);
    }

    @Override
    public Closeable lock(Path directory) throws IOException {
      return REAL.lock(directory);
    }
  }
}
