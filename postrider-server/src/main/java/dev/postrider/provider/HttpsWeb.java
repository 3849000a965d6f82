package dev.postrider.provider;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The web, by the JDK's old client: it is in the base module, and a few small documents are all
 * that is wanted. Safe on any thread.
 */
public final class HttpsWeb implements Web {
  private static final int MAX_BYTES = 256 * 1024;

  private final int timeout;

  /**
   * @param timeout for connecting, and for each read
   */
  public HttpsWeb(Duration timeout) {
    this.timeout = Math.toIntExact(timeout.toMillis());
  }

  @Override
  public String get(URI uri) throws IOException {
    if (!"https".equals(uri.getScheme())) {
      throw new IOException("only HTTPS is asked");
    }
    if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("this Java has no HTTPS");
    }
    connection.setConnectTimeout(timeout);
    connection.setReadTimeout(timeout);
    connection.setUseCaches(false);
    connection.setRequestProperty("User-Agent", "Postrider");
    try (InputStream in = opened(connection)) {
      byte[] body = in.readNBytes(MAX_BYTES + 1);
      if (body.length > MAX_BYTES) {
        throw new IOException("larger than " + MAX_BYTES / 1024 + " KB");
      }
      return new String(body, StandardCharsets.UTF_8);
    } finally {
      connection.disconnect();
    }
  }

  private static InputStream opened(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status != HttpURLConnection.HTTP_OK) {
      throw new IOException("HTTP status " + status);
    }
    // A redirection within HTTPS is followed by the client; never one to plain HTTP.
    return connection.getInputStream();
  }
}
