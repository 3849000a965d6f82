package dev.postrider.oauth;

import dev.postrider.io.Printable;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;

/** What a browser brings back from the provider (RFC 6749 §4.1.2). */
sealed interface Redirect {
  /** Characters of what a provider says. */
  int MOST_WORDS = 300;

  /** Leave, to be exchanged for tokens. */
  record Code(String code) implements Redirect {
    @Override
    public String toString() {
      return "Code[********]";
    }
  }

  /** The provider's word for why not. */
  record Refused(String words) implements Redirect {}

  /** Not an answer to our question. */
  record Foreign(String why) implements Redirect {}

  /**
   * Reads an address, or what stands in a request line.
   *
   * @param state what our question had in it; another's answer is foreign (RFC 6749 §10.12)
   */
  static Redirect parse(String address, String state) {
    int question = address.indexOf('?');
    Map<String, String> fields = new HashMap<>();
    if (question >= 0) {
      for (String pair : address.substring(question + 1).split("[&#]")) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          fields.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
        }
      }
    }
    byte[] theirs = fields.getOrDefault("state", "").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(theirs, state.getBytes(StandardCharsets.UTF_8))) {
      return new Foreign(
          fields.containsKey("state")
              ? "That is the answer to another login: open the page above and log in there."
              : "That is not the address that the browser could not open: it has state= in it.");
    }
    String error = fields.getOrDefault("error", "");
    if (!error.isEmpty()) {
      String more = fields.getOrDefault("error_description", "");
      return new Refused(
          Printable.beginning(more.isEmpty() ? error : error + ": " + more, MOST_WORDS));
    }
    String code = fields.getOrDefault("code", "");
    return code.isEmpty()
        ? new Foreign("That address has no code= in it: paste the whole of it.")
        : new Code(code);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return "";
    }
  }
}
