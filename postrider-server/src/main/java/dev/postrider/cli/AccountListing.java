package dev.postrider.cli;

import dev.postrider.account.AccountState;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.control.ControlRequest;
import dev.postrider.failure.Facts;
import dev.postrider.failure.FailureRules;
import dev.postrider.io.Printable;
import dev.postrider.oauth.TokenStore;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@code postrider account list}. For one thread. */
final class AccountListing {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final int MARGIN = 10;

  private final QueueReader reader;
  private final InstantSource clock;
  private final ZoneId zone;

  /** The state of accounts that have tokens, by their names. */
  private final Map<String, dev.postrider.oauth.AccountState> tokens = new HashMap<>();

  AccountListing(QueueReader reader, InstantSource clock, ZoneId zone) {
    this.reader = reader;
    this.clock = clock;
    this.zone = zone;
  }

  int run(Invocation call, Config config, boolean json)
      throws ConfigException, IOException, InterruptedException {
    List<AccountState> stopped =
        new StoppedAccounts(config, clock, call::warning).ask(new ControlRequest.Accounts());
    List<String> warnings = new ArrayList<>();
    AccountMail mail = new AccountMail();
    try {
      QuietQueue.read(reader, call, config, mail::add);
    } catch (IOException e) {
      warnings.add("what waits is not known: " + e.getMessage());
    }
    List<AccountSight> all = AccountSight.all(config, clock, mail, stopped, warnings);
    readTokens(config, all);
    FailureRules rules = Rules.of(call, config);
    if (all.isEmpty() && !json) {
      call.out()
          .println("No account: mail goes to the servers of its recipients (postrider setup).");
    }
    for (AccountSight each : all) {
      if (json) {
        call.out().println(json(each));
      } else {
        print(call, each, rules);
      }
    }
    warnings.forEach(call::warning);
    return 0;
  }

  private void readTokens(Config config, List<AccountSight> all) throws InterruptedException {
    if (all.stream()
        .noneMatch(each -> each.entry() != null && !each.entry().tokenAccount().isEmpty())) {
      return;
    }
    try {
      for (dev.postrider.oauth.AccountState each :
          dev.postrider.oauth.AccountState.all(
              new TokenStore(Path.of(config.text("data_directory"))))) {
        tokens.put(each.account(), each);
      }
    } catch (IOException _) {
      // Only root and the mail system may look; then the list does not say.
    }
  }

  private String state(AccountSight sight) {
    AccountState stopped = sight.stopped();
    if (stopped != null) {
      return stopped.kind().words()
          + " since "
          + time(stopped.since())
          + (stopped.refusals() == 0 ? "" : ", logins refused: " + stopped.refusals());
    }
    if (sight.entry() == null) {
      return "works";
    }
    if (!sight.entry().problem().isEmpty()) {
      return "cannot be used: " + sight.entry().problem();
    }
    dev.postrider.oauth.AccountState token = tokens.get(sight.entry().tokenAccount());
    if (token != null && token.problem().isPresent()) {
      return "needs a login (postrider login "
          + token.account()
          + "): "
          + token.problem().orElse("");
    }
    return sight.entry().name().login().isEmpty() ? "is used without a login" : "works";
  }

  private void print(Invocation call, AccountSight sight, FailureRules rules) {
    say(call, "", sight.name() + " " + state(sight));
    AccountState stopped = sight.stopped();
    if (stopped != null) {
      say(call, "  ", "next try " + time(stopped.until()) + ", by one message");
      say(call, "  ", "because: " + stopped.reason());
      rules
          .explain(stopped.reason(), new Facts("", "", stopped.name().login(), -1))
          .ifPresent(advice -> {
            say(call, "  ", "that is: " + advice.what() + " [" + advice.rule() + "]");
            say(call, "  ", advice.who().sentence() + ": " + advice.remedy());
          });
    }
    if (sight.entry() != null) {
      row(call, "next hop", sight.entry().nextHop());
      sight.entry().uses().forEach(use -> row(call, "for", use));
      row(call, "From", sight.entry().senders());
      if (sight.entry().limits() != null) {
        limits(call, sight);
      }
    } else {
      say(call, "  ", "no setting names it any more");
    }
    sight.outlook(this::time).ifPresent(text -> row(call, "waiting", text));
  }

  private static void limits(Invocation call, AccountSight sight) {
    if (sight.entry() == null || sight.entry().limits() == null) {
      return;
    }
    if (sight.used() == null) {
      row(call, "limits", sight.entry().limits() + " (only root sees how much is used)");
      return;
    }
    for (AccountSight.Used each : sight.used()) {
      row(call, "limit", each.limit() + ": " + each.count() + " used, " + each.left() + " left");
    }
  }

  private static void row(Invocation call, String name, String text) {
    say(call, "  ", name + " ".repeat(MARGIN - name.length()) + text);
  }

  private static void say(Invocation call, String margin, String text) {
    call.out().println(margin + Printable.of(text));
  }

  private String time(Instant moment) {
    return TIME.format(moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone));
  }

  /** One object on one line for programs, whose field names stay. */
  private String json(AccountSight sight) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      json.writeStringProperty("account", sight.name());
      if (sight.entry() != null) {
        json.writeStringProperty("login", sight.entry().name().login());
        json.writeStringProperty("server", sight.entry().name().server());
        json.writeStringProperty("next_hop", sight.entry().nextHop());
        json.writeName("for");
        json.writeStartArray();
        sight.entry().uses().forEach(json::writeString);
        json.writeEndArray();
        json.writeStringProperty("from", sight.entry().senders());
      }
      json.writeStringProperty("state", word(sight));
      AccountState stopped = sight.stopped();
      if (stopped != null) {
        json.writeStringProperty("since", stopped.since().toString());
        json.writeStringProperty("next_try", stopped.until().toString());
        json.writeStringProperty("reason", stopped.reason());
      }
      limits(json, sight);
      json.writeNumberProperty("waiting_messages", sight.waiting().messages());
      json.writeNumberProperty("waiting_recipients", sight.waiting().recipients());
      Instant gone = sight.gone();
      if (gone != null) {
        json.writeStringProperty("gone_at", gone.toString());
      }
      json.writeEndObject();
    }
    return text.toString();
  }

  private String word(AccountSight sight) {
    AccountState stopped = sight.stopped();
    if (stopped != null) {
      return stopped.kind() == AccountState.Kind.HELD ? "held" : "rests";
    }
    if (sight.entry() != null && !sight.entry().problem().isEmpty()) {
      return "unusable";
    }
    dev.postrider.oauth.AccountState token =
        sight.entry() == null ? null : tokens.get(sight.entry().tokenAccount());
    return token == null || token.problem().isEmpty() ? "works" : token.word();
  }

  private static void limits(JsonGenerator json, AccountSight sight) {
    if (sight.used() == null) {
      return;
    }
    json.writeName("limits");
    json.writeStartArray();
    for (AccountSight.Used each : sight.used()) {
      json.writeStartObject();
      json.writeStringProperty("limit", each.limit().toString());
      json.writeNumberProperty("used", each.count());
      json.writeNumberProperty("left", each.left());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
