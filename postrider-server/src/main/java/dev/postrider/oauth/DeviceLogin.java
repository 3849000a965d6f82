package dev.postrider.oauth;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The device flow (RFC 8628): shows a code and asks until the person has typed it in. */
final class DeviceLogin {
  private static final Duration USUAL_INTERVAL = Duration.ofSeconds(5);

  /** More than RFC 8628 §3.5 asks for after slow_down. */
  private static final Duration SLOWER = Duration.ofSeconds(5);

  private static final Duration MOST_INTERVAL = Duration.ofMinutes(1);
  private static final Duration USUAL_LIFE = Duration.ofMinutes(15);

  private final TokenClient client;
  private final InstantSource clock;
  private final LoginTalk talk;

  DeviceLogin(TokenClient client, InstantSource clock, LoginTalk talk) {
    this.client = client;
    this.clock = clock;
    this.talk = talk;
  }

  LoginOutcome run(LoginRequest request) throws InterruptedException {
    IdentityProvider provider = request.provider();
    if (provider.device().isEmpty()) {
      return new LoginOutcome.Failed(
          provider.name() + " gives no device codes for mail; use --browser");
    }
    Map<String, String> form = new LinkedHashMap<>();
    form.put("scope", provider.scope());
    return switch (client.send(provider.device().get(), request.client(), form)) {
      case TokenClient.Sent.Nothing(var reason) -> new LoginOutcome.Failed(reason);
      case TokenClient.Sent.Fields(_, var fields) -> begun(request, fields);
    };
  }

  private LoginOutcome begun(LoginRequest request, Map<String, String> fields)
      throws InterruptedException {
    String deviceCode = fields.getOrDefault("device_code", "");
    String userCode = fields.getOrDefault("user_code", "");
    // Google once called it verification_url.
    String page =
        fields.getOrDefault("verification_uri", fields.getOrDefault("verification_url", ""));
    if (fields.containsKey("error") || deviceCode.isEmpty() || userCode.isEmpty()) {
      return new LoginOutcome.Failed(
          request.provider().name()
              + " gave no code: "
              + fields.getOrDefault("error", "no code in its answer")
              + " "
              + fields.getOrDefault("error_description", ""));
    }
    if (!isPage(page)) {
      return new LoginOutcome.Failed(
          request.provider().name() + " named no page to type the code in at");
    }
    talk.say("Open this page in any browser:  " + page);
    talk.say("and type in this code:          " + userCode);
    talk.say("Waiting until you have done so ...");
    Duration life = seconds(fields.get("expires_in"), USUAL_LIFE);
    Duration interval = seconds(fields.get("interval"), USUAL_INTERVAL);
    return poll(request, deviceCode, interval, clock.instant().plus(life));
  }

  private LoginOutcome poll(LoginRequest request, String code, Duration first, Instant end)
      throws InterruptedException {
    Duration interval = first;
    while (clock.instant().isBefore(end)) {
      if (!talk.pause(interval)) {
        return new LoginOutcome.Failed("given up");
      }
      Map<String, String> form = new LinkedHashMap<>();
      form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
      form.put("device_code", code);
      switch (client.ask(request.provider().token(), request.client(), form)) {
        case TokenReply.Granted(var access, var refresh) -> {
          return new LoginOutcome.LoggedIn(request.granted(access, refresh));
        }
        case TokenReply.Refused refused -> {
          switch (refused.error()) {
            case "authorization_pending" -> {}
            case "slow_down" -> interval = slower(interval, interval.plus(SLOWER));
            case "expired_token", "code_expired" -> {
              return expired();
            }
            case "access_denied", "authorization_declined" -> {
              return new LoginOutcome.Failed("the login was refused at the provider's page");
            }
            default -> {
              return new LoginOutcome.Failed(
                  request.provider().name() + " said " + refused.words());
            }
          }
        }
        // RFC 8628 §3.5: ask more slowly when there is no answer.
        case TokenReply.Unreachable(var reason) -> {
          talk.say("(no answer: " + reason + ")");
          interval = slower(interval, interval.multipliedBy(2));
        }
      }
    }
    return expired();
  }

  private static LoginOutcome expired() {
    return new LoginOutcome.Failed("the code ran out before it was typed in; try again");
  }

  private static Duration slower(Duration before, Duration wanted) {
    return wanted.compareTo(MOST_INTERVAL) <= 0
        ? wanted
        : before.compareTo(MOST_INTERVAL) > 0 ? before : MOST_INTERVAL;
  }

  /** What is shown must not steer a terminal, nor lead to something else than a page. */
  private static boolean isPage(String text) {
    try {
      return text.chars().allMatch(c -> c > ' ' && c < 0x7f)
          && List.of("https", "http").contains(String.valueOf(URI.create(text).getScheme()));
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static Duration seconds(@org.jspecify.annotations.Nullable String text, Duration usual) {
    try {
      long seconds = text == null ? 0 : Long.parseLong(text);
      return seconds > 0 && seconds <= Duration.ofDays(1).toSeconds()
          ? Duration.ofSeconds(seconds)
          : usual;
    } catch (NumberFormatException _) {
      return usual;
    }
  }
}
