package dev.postrider.oauth;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/**
 * Asks by the JDK's client: over TLS with the certificate checked, without following anybody
 * elsewhere. A client lives for one question, as there is one an hour.
 *
 * @param patience for connecting, asking and the whole answer together
 */
record HttpEndpoint(Duration patience) implements TokenEndpoint {
  private static final int MOST = 128 << 10;

  @Override
  public Answer post(URI address, Map<String, String> form)
      throws IOException, InterruptedException {
    String host = address.getHost();
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form)))
            .build();
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    try {
      CompletableFuture<HttpResponse<String>> answer =
          client.sendAsync(
              request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST));
      HttpResponse<String> response = answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(response.statusCode(), response.body());
    } catch (TimeoutException _) {
      throw new IOException(host + ": no answer within " + patience.toSeconds() + " seconds");
    } catch (ExecutionException e) {
      throw new IOException(host + ": " + reason(e));
    } finally {
      client.shutdownNow();
    }
  }

  private String reason(Throwable cause) {
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof ConnectException)) {
      if (root instanceof SSLException) {
        return "no TLS with it: "
            + words(root.getCause())
            + " (is the clock of this machine right, and is nothing in between?)";
      }
      root = root.getCause();
    }
    return switch (root) {
      case HttpConnectTimeoutException _ ->
          "no connection within " + patience.toSeconds() + " seconds";
      case UnresolvedAddressException _ -> "its address is not found";
      case ConnectException e when e.getCause() instanceof UnresolvedAddressException ->
          "its address is not found";
      case ConnectException e ->
          "no connection" + (e.getMessage() == null ? "" : ": " + e.getMessage());
      default -> words(root);
    };
  }

  private static String words(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
