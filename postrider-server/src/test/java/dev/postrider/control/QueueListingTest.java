package dev.postrider.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.failure.FailureRules;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listings as Postfix 3.11 printed them for the same queue. */
class QueueListingTest {
  private static final String REFUSED = "connect to 127.0.0.1[127.0.0.1]:10026: Connection refused";

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

  private QueueListing listing(boolean longIds) {
    return new QueueListing(out, longIds, ZoneOffset.UTC);
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static QueueEntry entry(String queue, String id, QueueEntry.Waiting... waiting) {
    return new QueueEntry(
        queue,
        false,
        id,
        Instant.parse("2026-11-20T09:21:28Z"),
        313,
        "root@example.test",
        List.of(waiting));
  }

  @Test
  void aReasonIsPrintedOnceForAllWhoShareIt() {
    QueueListing listing = listing(false);

    listing.row(
        entry(
            "deferred",
            "0C82C242463",
            new QueueEntry.Waiting("", "a@remote.test", REFUSED),
            new QueueEntry.Waiting("", "b@remote.test", REFUSED)));
    listing.summary();

    assertThat(text().lines())
        .containsExactly(
            "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------",
            "0C82C242463     313 Fri Nov 20 09:21:28  root@example.test",
            "                   (connect to 127.0.0.1[127.0.0.1]:10026: Connection refused)",
            "                                         a@remote.test",
            "                                         b@remote.test",
            "",
            "-- 0 Kbytes in 1 Request.");
  }

  @Test
  void longIdsHaveWiderColumns() {
    QueueListing listing = listing(true);

    listing.row(entry("active", "4jW8y34fG9zKqfm", new QueueEntry.Waiting("", "a@b.test", "")));
    listing.row(entry("hold", "4jW8y34fG9zKqfn", new QueueEntry.Waiting("", "a@b.test", "")));
    listing.summary();

    assertThat(text().lines())
        .contains(
            "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------",
            "4jW8y34fG9zKqfm*       313 Fri Nov 20 09:21:28 root@example.test",
            "4jW8y34fG9zKqfn!       313 Fri Nov 20 09:21:28 root@example.test",
            "-- 0 Kbytes in 2 Requests.");
  }

  @Test
  void theNullSenderIsTheMailerDaemonAndAnEmptyQueueSaysSo() {
    QueueListing listing = listing(false);
    listing.row(
        new QueueEntry(
            "incoming", false, "A", Instant.parse("2026-11-05T09:01:02Z"), 1, "", List.of()));
    assertThat(text()).contains("A                 1 Thu Nov  5 09:01:02  MAILER-DAEMON");

    printed.reset();
    listing(false).summary();
    assertThat(text()).isEqualTo("Mail queue is empty\n");
  }

  @Test
  void jsonNamesTheMailerDaemonForTheNullSender() {
    listing(false)
        .json(new QueueEntry("deferred", false, "A", Instant.ofEpochSecond(1), 1, "", List.of()));

    assertThat(text()).contains("\"sender\": \"MAILER-DAEMON\", ");
  }

  @Test
  void jsonHasPostfixsKeysAndSeparators() {
    listing(false)
        .json(
            entry(
                "deferred",
                "0C82C242463",
                new QueueEntry.Waiting("root", "a\"b\\c\n@remote.test", REFUSED)));

    assertThat(text())
        .isEqualTo(
            "{\"queue_name\": \"deferred\", \"queue_id\": \"0C82C242463\", \"arrival_time\":"
                + " 1795166488, \"message_size\": 313, \"forced_expire\": false, \"sender\":"
                + " \"root@example.test\", \"recipients\": [{\"orig_address\": \"root\","
                + " \"address\": \"a\\\"b\\\\c\\n@remote.test\", \"delay_reason\": \""
                + REFUSED
                + "\"}]}\n");
  }

  @Test
  void whatTheReasonsMeanStandsBeforeTheLastLineOnceForEachCause() {
    String quota =
        "host smtp.gmail.com[192.0.2.1] said: 550 5.4.5 Daily user sending limit exceeded (in"
            + " reply to RCPT TO command)";
    QueueListing listing = new QueueListing(out, false, ZoneOffset.UTC, FailureRules.shipped());

    listing.row(entry("deferred", "0C82C242463", new QueueEntry.Waiting("", "a@b.test", REFUSED)));
    listing.row(entry("deferred", "0C82C242464", new QueueEntry.Waiting("", "a@b.test", quota)));
    listing.row(entry("deferred", "0C82C242465", new QueueEntry.Waiting("", "a@b.test", quota)));
    listing.row(entry("deferred", "0C82C242466", new QueueEntry.Waiting("", "a@b.test", "hm")));
    listing.summary();

    assertThat(text().lines().skip(text().lines().count() - 8))
        .containsExactly(
            "                                         a@b.test",
            "",
            "-- 1 message: Nothing listens on port 10026 of 127.0.0.1. [connect-refused]",
            "--   Nobody need act: Wait if that system is down; otherwise check name and port in"
                + " relayhost.",
            "-- 2 messages: Today's quota of the account is used up. [gmail-daily-limit]",
            "--   Nobody need act: The mail waits and is tried again a day later; Gmail counts the last"
                + " 24",
            "--   hours.",
            "-- 1 Kbytes in 4 Requests.");
  }

  @Test
  void aLineOfJsonSaysWhatTheReasonMeans() {
    QueueListing listing = new QueueListing(out, false, ZoneOffset.UTC, FailureRules.shipped());
    listing.json(entry("deferred", "0C82C242463", new QueueEntry.Waiting("", "a@b.test", REFUSED)));
    assertThat(text())
        .endsWith(
            "\"delay_reason\": \""
                + REFUSED
                + "\", \"failure_rule\": \"connect-refused\", \"failure_what\": \"Nothing listens"
                + " on port 10026 of 127.0.0.1.\", \"failure_who\": \"nobody\", \"failure_do\":"
                + " \"Wait if that system is down; otherwise check name and port in"
                + " relayhost.\"}]}\n");
  }
}
