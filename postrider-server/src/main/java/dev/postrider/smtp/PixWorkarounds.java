package dev.postrider.smtp;

import dev.postrider.mail.reply.Reply;
import dev.postrider.table.Lookup;
import dev.postrider.table.LookupTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What to do about firewalls that rewrite SMTP and are known by the stars they make of a greeting
 * ({@code smtp_pix_workarounds}). Immutable and safe on any thread.
 */
final class PixWorkarounds {
  /**
   * What one session does.
   *
   * @param helo says HELO in place of EHLO
   * @param delayedDot sends the end of a message apart, a while after the rest
   */
  record Chosen(boolean helo, boolean delayedDot) {
    static final Chosen NONE = new Chosen(false, false);

    /** As the log names them. */
    String words() {
      return String.join(
          " ",
          List.of(helo ? DISABLE_ESMTP : "", delayedDot ? DELAY_DOTCRLF : "").stream()
              .filter(word -> !word.isEmpty())
              .toList());
    }
  }

  private static final String DISABLE_ESMTP = "disable_esmtp";
  private static final String DELAY_DOTCRLF = "delay_dotcrlf";

  private final List<String> usual;
  private final @Nullable LookupTable table;
  private final Duration threshold;
  private final InstantSource clock;

  PixWorkarounds(ClientConfig config, @Nullable LookupTable table, InstantSource clock) {
    this.usual = config.list("smtp_pix_workarounds");
    this.table = table;
    this.threshold = config.time("smtp_pix_workaround_threshold_time");
    this.clock = clock;
  }

  /** Whether a greeting looks like such a firewall's: nothing but stars, zeros and twos. */
  static boolean concerns(Reply banner) {
    return Integer.toString(banner.code()).matches("[20]+")
        && banner.lines().stream().allMatch(line -> line.matches("[20 *\\t]*"));
  }

  /**
   * What to do with such a server.
   *
   * @param address of the server, the key of the table
   * @param arrival of the message that opens the session: a young one gets no delay, as most
   *     servers behind such a firewall work without
   */
  Chosen at(String address, Instant arrival) {
    List<String> words = usual;
    if (table != null && table.lookup(address) instanceof Lookup.Found(var value)) {
      words = List.of(value.strip().split("[,\\s]+"));
    }
    boolean helo = false;
    boolean delay = false;
    for (String word : words) {
      switch (word.toLowerCase(Locale.ROOT)) {
        case DISABLE_ESMTP -> helo = true;
        case DELAY_DOTCRLF -> delay = !arrival.isAfter(clock.instant().minus(threshold));
        default -> {}
      }
    }
    return new Chosen(helo, delay);
  }

  /** Whether nothing is to be done with any server that no table names. */
  boolean isOff() {
    return usual.isEmpty() && table == null;
  }
}
