package dev.postrider.smtpd;

import dev.postrider.bounce.SessionRecord;
import dev.postrider.bounce.Trouble;
import dev.postrider.intake.Intake;
import dev.postrider.io.EndlessWork;
import dev.postrider.io.Pause;
import dev.postrider.log.MailLog;
import dev.postrider.policy.ClientFacts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One SMTP service: accepts clients on its sockets and holds a session with each, on a virtual
 * thread of its own. Safe on any thread.
 *
 * <p>Settings are asked for at each connection, so a reload shows in the next session and leaves
 * the running ones alone.
 */
public final class Listener implements AutoCloseable {
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(1000);

  private final List<ListeningSocket> sockets;
  private final Supplier<SessionSettings> settings;
  private final Intake intake;
  private final ClientNames names;
  private final MailLog log;
  private final int mostSessions;
  private final ClientDescriptors descriptors;
  private final Admission admission;
  private final AtomicLong warned = new AtomicLong(System.nanoTime() - BETWEEN_WARNINGS.toNanos());
  private final AtomicLong warnedOfDescriptors = new AtomicLong(warned.get());
  private final Set<SmtpSession> sessions = ConcurrentHashMap.newKeySet();
  private final List<Thread> acceptors = new ArrayList<>();

  private final Object monitor = new Object();

  /** Clients accepted and not yet gone; guarded by the monitor. */
  private int clients;

  /** All of them ever; guarded by the monitor. */
  private long accepted;

  private volatile boolean stopping;

  /** As the other, with as many descriptors as the system gives. */
  public Listener(
      List<ListeningSocket> sockets,
      Supplier<SessionSettings> settings,
      Intake intake,
      ClientNames names,
      MailLog log,
      int mostSessions) {
    this(
        sockets,
        settings,
        intake,
        names,
        log,
        mostSessions,
        new ClientDescriptors(Integer.MAX_VALUE));
  }

  /**
   * A service that does not accept yet.
   *
   * @param sockets bound; this listener closes them
   * @param settings the current settings of this service
   * @param mostSessions the process limit of the service: default_process_limit or its line in
   *     master.cf
   * @param descriptors those of all services
   */
  public Listener(
      List<ListeningSocket> sockets,
      Supplier<SessionSettings> settings,
      Intake intake,
      ClientNames names,
      MailLog log,
      int mostSessions,
      ClientDescriptors descriptors) {
    this.descriptors = descriptors;
    this.sockets = List.copyOf(sockets);
    this.settings = settings;
    this.intake = intake;
    this.names = names;
    this.log = log;
    this.mostSessions = mostSessions;
    this.admission = new Admission(mostSessions);
  }

  /** Where it listens; nowhere once it was stopped. */
  public List<InetSocketAddress> addresses() {
    return stopping ? List.of() : sockets.stream().map(ListeningSocket::address).toList();
  }

  /** How many sessions run now. */
  public int sessionCount() {
    return sessions.size();
  }

  /** Whether no client is connected, not even one that waits for its greeting. */
  public boolean isIdle() {
    synchronized (monitor) {
      return clients == 0;
    }
  }

  /** How many clients were taken on since the start. */
  public long accepted() {
    synchronized (monitor) {
      return accepted;
    }
  }

  /** Begins to accept. */
  public void start() {
    for (ListeningSocket socket : sockets) {
      EndlessWork accepting =
          new EndlessWork(
              () -> accept(socket.channel()),
              (why, pause) ->
                  log.bug("smtpd", "accepting connections" + EndlessWork.again(pause), why));
      acceptors.add(Thread.ofVirtual().name("smtpd-accept").start(accepting));
    }
  }

  private void accept(ServerSocketChannel socket) throws InterruptedException {
    while (!stopping) {
      try {
        acceptOne(socket);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // The whole machine is out of descriptors, perhaps: those who have some give them back.
        log.error(settings.get().process(), "cannot accept a connection: " + e.getMessage());
        if (!Pause.of(AFTER_FAILURE)) {
          return;
        }
      }
    }
  }

  private void acceptOne(ServerSocketChannel socket) throws IOException, InterruptedException {
    if (!descriptors.takeAtOnce()) {
      warnOfDescriptors();
      descriptors.take();
    }
    SocketChannel client = null;
    try {
      client = stopping ? null : socket.accept();
    } finally {
      if (client == null) {
        descriptors.giveBack();
      }
    }
    if (client != null) {
      begin(client);
    }
  }

  private void begin(SocketChannel client) throws IOException {
    synchronized (monitor) {
      clients++;
      accepted++;
    }
    boolean begun = false;
    try {
      Thread.ofVirtual().name("smtpd").start(() -> serve(client));
      begun = true;
    } finally {
      if (!begun) {
        left();
        client.close();
      }
    }
  }

  private void left() {
    descriptors.giveBack();
    synchronized (monitor) {
      clients--;
      monitor.notifyAll();
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      admit(client.socket());
    } catch (IOException e) {
      log.info("smtpd", "lost connection before the greeting: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.bug("smtpd", "session", e);
    } finally {
      left();
    }
  }

  private void admit(Socket socket) throws IOException, InterruptedException {
    SessionSettings now = settings.get();
    InetAddress address = socket.getInetAddress();
    String name = names.nameOf(address);
    ClientFacts client =
        new ClientFacts(
            name, address, socket.getPort(), now.myNetworks().contains(name, address), false);
    if (client.trusted()) {
      if (!admission.enterOwnAtOnce()) {
        warnOfWaiting(now);
        admission.enterOwn();
      }
      try {
        hold(socket, client, now);
      } finally {
        admission.leaveOwn();
      }
      return;
    }
    switch (admission.enter(address, now.clientCountLimit())) {
      case ENTER -> {
        try {
          hold(socket, client, now);
        } finally {
          admission.leave(address);
        }
      }
      case TOO_MANY_SESSIONS -> {
        String _ = sendAway(socket, client, now, "too many sessions at once");
      }
      case TOO_MANY_FROM_ADDRESS -> {
        String said =
            sendAway(
                socket,
                client,
                now,
                "Connection concurrency limit exceeded: more than " + now.clientCountLimit());
        SessionRecord record = now.notices().begin(client.nameAndAddress());
        record.trouble(Trouble.POLICY);
        record.said(said);
        record.report("");
      }
    }
  }

  private static boolean isTimeToWarn(AtomicLong warned) {
    long last = warned.get();
    long time = System.nanoTime();
    return time - last >= BETWEEN_WARNINGS.toNanos() && warned.compareAndSet(last, time);
  }

  private void warnOfDescriptors() {
    if (isTimeToWarn(warnedOfDescriptors)) {
      log.warning(
          settings.get().process(),
          descriptors.most()
              + " clients are connected, which is half of the files that this process may have open:"
              + " new clients wait; raise that limit (LimitNOFILE= of a systemd unit, ulimit -n), or"
              + " lower default_process_limit or smtpd_timeout");
    }
  }

  /** Says why clients wait, in Postfix's words and as seldom. */
  private void warnOfWaiting(SessionSettings now) {
    if (isTimeToWarn(warned)) {
      log.warning(
          now.process(),
          "service "
              + String.join(", ", sockets.stream().map(ListeningSocket::toString).toList())
              + " has reached its process limit \""
              + mostSessions
              + "\": new clients may experience noticeable delays");
      log.warning(
          now.process(),
          "to avoid this condition, increase the process count in master.cf or reduce the service"
              + " time per client");
    }
  }

  private void hold(Socket socket, ClientFacts client, SessionSettings now) {
    SmtpSession session =
        new SmtpSession(new Connection.OverSocket(socket), client, now, intake, log);
    sessions.add(session);
    try {
      if (stopping) {
        session.end();
      }
      session.run();
    } finally {
      sessions.remove(session);
    }
  }

  /** Returns what the client was told. */
  private String sendAway(Socket socket, ClientFacts client, SessionSettings now, String why)
      throws IOException {
    log.warning(now.process(), why + " from " + client.nameAndAddress() + " for service smtp");
    String reply =
        "421 4.7.0 "
            + now.hostName()
            + " Error: too many connections from "
            + client.printedAddress();
    socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
    return reply;
  }

  /** Closes the sockets; sessions that run go on. */
  public void stopAccepting() {
    stopping = true;
    for (ListeningSocket socket : sockets) {
      try {
        socket.channel().close();
      } catch (IOException e) {
        log.error("smtpd", "closing a socket: " + e.getMessage());
      }
    }
  }

  /**
   * Stops: sessions between commands end at once, those that take a message finish it.
   *
   * @param grace how long to wait for them
   * @return whether all of them ended
   */
  public boolean close(Duration grace) throws InterruptedException {
    stopAccepting();
    for (SmtpSession session : sessions) {
      session.end();
    }
    long deadline = System.nanoTime() + grace.toNanos();
    synchronized (monitor) {
      while (clients > 0) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        monitor.wait(millis);
      }
      return true;
    }
  }

  /** Stops and waits as long as it takes for messages in hand, at most a minute. */
  @Override
  public void close() {
    try {
      if (!close(Duration.ofMinutes(1))) {
        log.warning("smtpd", "sessions are still busy after a minute; leaving them");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
