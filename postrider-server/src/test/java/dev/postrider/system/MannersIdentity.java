package dev.postrider.system;

import dev.postrider.oauth.FormRequest;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pages where leave is given, as Google and Microsoft have them: codes for devices, of which
 * Google gives none for mail; codes that come back with a browser (PKCE, RFC 7636); tokens. Whoever
 * opens a page agrees at once, and a code is typed in between the first and the second question.
 * Safe on any thread.
 */
final class MannersIdentity {
  static final String CLIENT = "11111111-2222-3333-4444-555555555555";
  static final String USER_CODE = "FJ4K-9TWQ";

  /** For nobody: what is asked with this code was refused at the page. */
  static final String DENIED = "denied-client";

  private final Set<String> tokens;
  private final AtomicInteger count = new AtomicInteger();
  private final Map<String, String> accounts = new ConcurrentHashMap<>();
  private final Map<String, String> challenges = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  /**
   * @param tokens takes those that are given, each with its account in front
   */
  MannersIdentity(Set<String> tokens) {
    this.tokens = tokens;
  }

  void serve(Socket client) throws IOException {
    FormRequest request = FormRequest.read(client.getInputStream());
    int query = request.target().indexOf('?');
    String path = query < 0 ? request.target() : request.target().substring(0, query);
    Map<String, String> form =
        query < 0 ? request.form() : FormRequest.fields(request.target().substring(query + 1));
    String answer = answer(path, form);
    boolean away = answer.startsWith("http");
    String body = away ? "" : answer;
    client
        .getOutputStream()
        .write(
            ("HTTP/1.1 "
                    + (away ? "302 Found" : body.contains("\"error\"") ? "400 No" : "200 OK")
                    + (away ? "\r\nLocation: " + answer : "")
                    + "\r\nContent-Type: application/json\r\nContent-Length: "
                    + body.length()
                    + "\r\nConnection: close\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.UTF_8));
    client.getOutputStream().flush();
  }

  private String answer(String path, Map<String, String> form) {
    String client = form.getOrDefault("client_id", "");
    if (!client.equals(CLIENT) && !client.equals(DENIED)) {
      return error("invalid_client", "AADSTS700016: Application was not found in the directory");
    }
    if (path.endsWith("/devicecode")) {
      return "{\"device_code\":\"device "
          + client
          + "\",\"user_code\":\""
          + USER_CODE
          + "\",\"verification_uri\":\"https://login.microsoftonline.com/device\",\"interval\":1,"
          + "\"expires_in\":900}";
    }
    if (path.endsWith("/auth") || path.endsWith("/authorize")) {
      String code = "code" + count.incrementAndGet();
      accounts.put(code, form.getOrDefault("login_hint", ""));
      challenges.put(code, form.getOrDefault("code_challenge", ""));
      return form.get("redirect_uri") + "?code=" + code + "&state=" + form.get("state");
    }
    return token(form);
  }

  private String token(Map<String, String> form) {
    return switch (form.getOrDefault("grant_type", "")) {
      case "urn:ietf:params:oauth:grant-type:device_code" -> {
        String code = form.getOrDefault("device_code", "");
        if (code.endsWith(DENIED)) {
          yield error("authorization_declined", "AADSTS70000: declined");
        }
        boolean first =
            asked.computeIfAbsent(code, _ -> new AtomicInteger()).getAndIncrement() == 0;
        yield first
            ? error("authorization_pending", "AADSTS70016: pending")
            : granted(Manners.OUTLOOK.account());
      }
      case "authorization_code" -> {
        String code = form.getOrDefault("code", "");
        yield challenge(form.getOrDefault("code_verifier", "")).equals(challenges.get(code))
            ? granted(accounts.get(code))
            : error("invalid_grant", "the code is another program's");
      }
      case "refresh_token" -> granted(form.get("refresh_token").substring("refresh ".length()));
      default -> error("unsupported_grant_type", "");
    };
  }

  /** Two thousand letters, as Microsoft's have. */
  private String granted(String account) {
    String token = "EwB" + count.incrementAndGet() + "x".repeat(2000);
    tokens.add(account + " " + token);
    return "{\"access_token\":\""
        + token
        + "\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"refresh_token\":\"refresh "
        + account
        + "\"}";
  }

  private static String error(String code, String words) {
    return "{\"error\":\"" + code + "\",\"error_description\":\"" + words + "\"}";
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
