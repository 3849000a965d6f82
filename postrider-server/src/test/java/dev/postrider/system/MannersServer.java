package dev.postrider.system;

import dev.postrider.dns.NameServer;
import dev.postrider.tls.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;

/**
 * The world of a {@link MannersWorld}: all providers that have manners at their own ports and
 * addresses, the identity providers' pages, and the DNS. A program of its own, as it runs in a
 * network of its own: {@code DIRECTORY} has cert.pem and key.pem and zone, and gets what happens.
 */
final class MannersServer {
  /** A client has come. */
  @FunctionalInterface
  private interface Service {
    void serve(Socket client) throws IOException;
  }

  /** Of a world that has a mail server for incoming mail. */
  private static final String MX = "192.0.2.25";

  private final Path directory;
  private final SSLContext tls;
  private final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private final AtomicInteger messages = new AtomicInteger();

  private MannersServer(Path directory) throws IOException, GeneralSecurityException {
    this.directory = directory;
    this.tls =
        TestCertificates.ofText(
            Files.readString(directory.resolve("cert.pem"))
                + Files.readString(directory.resolve("key.pem")));
  }

  /** Serves until it is killed; "ready" is its first line. */
  public static void main(String[] arguments) throws Exception {
    new MannersServer(Path.of(arguments[0])).start();
    System.out.println("ready");
    new CountDownLatch(1).await();
  }

  private void start() throws IOException {
    for (Manners each : Manners.values()) {
      MannersSession.House house =
          new MannersSession.House(
              each, tls, tokens, line -> append("logins-" + each, line), this::receive);
      listen(each.address(), 587, client -> new MannersSession(house, client, false).run());
      if (each.implicitTls()) {
        listen(each.address(), 465, client -> new MannersSession(house, client, true).run());
      }
    }
    if (NetworkInterface.getByInetAddress(InetAddress.ofLiteral(MX)) != null) {
      PretendMx mx = new PretendMx(text -> append("mx-" + messages.incrementAndGet(), text));
      listen(MX, 25, mx::serve);
    }
    MannersIdentity identity = new MannersIdentity(tokens);
    listen(
        "192.0.2.20",
        443,
        client -> {
          if (tls.getSocketFactory().createSocket(client, null, false) instanceof SSLSocket page) {
            page.startHandshake();
            identity.serve(page);
            page.close();
          }
        });
    names();
  }

  private void names() throws IOException {
    NameServer names = new NameServer(53);
    try (Master zone = new Master(directory.resolve("zone").toString(), Name.root)) {
      for (Record record = zone.nextRecord(); record != null; record = zone.nextRecord()) {
        names.adds(record);
      }
    } catch (TextParseException e) {
      throw new IOException("zone: " + e.getMessage(), e);
    }
  }

  private static void listen(String address, int port, Service service) throws IOException {
    ServerSocket listener = new ServerSocket(port, 50, InetAddress.ofLiteral(address));
    Thread.ofVirtual()
        .start(() -> {
          while (true) {
            try {
              Socket client = listener.accept();
              Thread.ofVirtual().start(() -> serve(service, client));
            } catch (IOException _) {
              return;
            }
          }
        });
  }

  private static void serve(Service service, Socket client) {
    try (client) {
      service.serve(client);
    } catch (IOException _) {
      // The client has gone, or does not trust us.
      return;
    }
  }

  private void receive(Manners who, String message) {
    append("received-" + who + "-" + messages.incrementAndGet(), message);
  }

  private void append(String name, String text) {
    try {
      Files.writeString(
          directory.resolve(name),
          text + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
