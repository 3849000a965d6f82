package dev.postrider.sts;

import dev.postrider.dns.DnsAnswer;
import dev.postrider.dns.Resolver;
import dev.postrider.tls.TrustAnchors;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Fetches a policy by HTTPS (RFC 8461 §3.3): a certificate for {@code mta-sts.domain} from an
 * authority that is trusted, no redirects, 64 kB at most, a minute at most. Safe on any thread.
 *
 * <p>One GET of one small file needs none of what an HTTP client is for, and the daemon's start and
 * memory are spared one.
 */
final class StsFetcher {
  private static final int HTTPS = 443;
  private static final int MAX_OCTETS = 64 * 1024;
  private static final int MAX_HEADER = 16 * 1024;
  private static final Duration STEP = Duration.ofSeconds(15);
  private static final Duration WHOLE = Duration.ofSeconds(60);

  private final Resolver resolver;
  private final TrustAnchors anchors;
  private final int port;

  StsFetcher(Resolver resolver, TrustAnchors anchors) {
    this(resolver, anchors, HTTPS);
  }

  /** With another port, for a server of a test. */
  StsFetcher(Resolver resolver, TrustAnchors anchors, int port) {
    this.resolver = resolver;
    this.anchors = anchors;
    this.port = port;
  }

  /**
   * Fetches.
   *
   * @return the text of the policy
   * @throws IOException saying why there is none
   */
  String fetch(String domain) throws IOException {
    String host = "mta-sts." + domain;
    IOException last = new IOException("no address of " + host);
    long end = System.nanoTime() + WHOLE.toNanos();
    for (Resolver.Family family : Resolver.Family.values()) {
      if (resolver.addresses(host, family) instanceof DnsAnswer.Found<InetAddress> found) {
        for (InetAddress address : found.records()) {
          try {
            return fetch(host, address, end);
          } catch (IOException e) {
            last = e;
          }
          if (System.nanoTime() - end > 0) {
            throw last;
          }
        }
      }
    }
    throw last;
  }

  private String fetch(String host, InetAddress address, long end) throws IOException {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(address, port), (int) STEP.toMillis());
      plain.setSoTimeout((int) STEP.toMillis());
      if (context().getSocketFactory().createSocket(plain, host, port, /* autoClose= */ true)
          instanceof SSLSocket tls) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setServerNames(List.of(new SNIHostName(host)));
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        tls.getOutputStream()
            .write(
                ("GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: "
                        + host
                        + "\r\nUser-Agent: Postrider\r\nAccept: text/plain\r\nConnection: close\r\n"
                        + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        return new Answer(new Timed(tls.getInputStream(), end)).text();
      }
      throw new IOException("this Java makes no TLS sockets");
    } catch (IllegalArgumentException e) {
      throw new IOException("not a host name: " + host, e);
    }
  }

  private SSLContext context() throws IOException {
    X509TrustManager trust = anchors.trust();
    if (trust == null) {
      throw new IOException("no certificate authority is trusted: set smtp_tls_CAfile");
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("this Java has no TLS", e);
    }
  }

  /** A stream that ends for somebody who sends an octet now and then. */
  private static final class Timed extends InputStream {
    private final InputStream in;
    private final long end;

    Timed(InputStream in, long end) {
      this.in = in;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
      if (System.nanoTime() - end > 0) {
        throw new IOException("took longer than " + WHOLE.toSeconds() + " s");
      }
      return in.read(into, offset, count);
    }
  }

  /** One HTTP/1.1 answer. */
  private static final class Answer {
    private final InputStream in;
    private int headerOctets;
    private boolean chunked;
    private long length = -1;
    private String type = "";

    Answer(InputStream in) {
      this.in = in;
    }

    String text() throws IOException {
      String[] status = line().split(" ");
      if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
        throw new IOException("not an HTTP answer");
      }
      if (!status[1].equals("200")) {
        throw new IOException(
            "HTTP status "
                + status[1]
                + (status[1].startsWith("3") ? ": redirects do not count" : ""));
      }
      for (String line = line(); !line.isEmpty(); line = line()) {
        header(line);
      }
      if (!type.equals("text/plain")) {
        throw new IOException("media type \"" + type + "\" instead of text/plain");
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (chunked) {
        for (long size = chunk(); size > 0; size = chunk()) {
          copy(size, body);
          String _ = line();
        }
      } else {
        copy(length, body);
      }
      return body.toString(StandardCharsets.UTF_8);
    }

    private void header(String line) throws IOException {
      int colon = line.indexOf(':');
      String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip().toLowerCase(Locale.ROOT);
      switch (name) {
        case "transfer-encoding" -> chunked = value.equals("chunked");
        case "content-length" -> length = number(value, 10);
        case "content-type" -> type = value.split(";")[0].strip();
        default -> {}
      }
    }

    private long chunk() throws IOException {
      return number(line().split(";")[0].strip(), 16);
    }

    private static long number(String digits, int radix) throws IOException {
      try {
        long number = Long.parseLong(digits, radix);
        if (number >= 0) {
          return number;
        }
      } catch (NumberFormatException _) {
        // The same as a negative one.
      }
      throw new IOException("bad length in the HTTP answer");
    }

    /**
     * @param octets negative for all there are
     */
    private void copy(long octets, ByteArrayOutputStream into) throws IOException {
      byte[] buffer = new byte[4096];
      for (long left = octets; left != 0; ) {
        int wanted = left < 0 ? buffer.length : (int) Math.min(left, buffer.length);
        int count = in.read(buffer, 0, wanted);
        if (count < 0) {
          if (left < 0) {
            return;
          }
          throw new EOFException("the HTTP answer ends too early");
        }
        into.write(buffer, 0, count);
        left -= left < 0 ? 0 : count;
        if (into.size() > MAX_OCTETS) {
          throw new IOException("longer than " + MAX_OCTETS + " octets");
        }
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int octet = in.read(); octet != '\n'; octet = in.read()) {
        if (octet < 0) {
          throw new EOFException("the HTTP answer ends too early");
        }
        headerOctets++;
        if (headerOctets > MAX_HEADER) {
          throw new IOException("the HTTP header is longer than " + MAX_HEADER + " octets");
        }
        if (octet != '\r') {
          line.append((char) octet);
        }
      }
      return line.toString();
    }
  }
}
