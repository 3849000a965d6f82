package dev.postrider.migrate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Postfix noted about recipients of a message when it deferred or bounced them: blocks of
 * {@code name=value} lines with an empty line behind each. Immutable.
 *
 * @param byOffset why, by the place of the recipient's record in the queue file
 * @param byRecipient why, by address
 */
record RecipientLog(Map<Long, String> byOffset, Map<String, String> byRecipient) {
  /** Of one reason, in characters: it repeats what a server said. */
  private static final int LONGEST = 5_000;

  private static final int MOST_LINES = 5_000_000;

  RecipientLog {
    byOffset = Map.copyOf(byOffset);
    byRecipient = Map.copyOf(byRecipient);
  }

  static final RecipientLog EMPTY = new RecipientLog(Map.of(), Map.of());

  /** Reads one; a file that is not there says nothing. */
  static RecipientLog read(Path file) throws IOException {
    try (dev.postrider.io.PinnedFile pinned = dev.postrider.io.PinnedFile.open(file);
        InputStream in = Channels.newInputStream(pinned.channel());
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return parse(lines);
    } catch (NoSuchFileException _) {
      return EMPTY;
    }
  }

  static RecipientLog parse(BufferedReader lines) throws IOException {
    Map<Long, String> byOffset = new HashMap<>();
    Map<String, String> byRecipient = new HashMap<>();
    Map<String, String> block = new HashMap<>();
    int count = 0;
    for (String line = lines.readLine();
        line != null && count < MOST_LINES;
        line = lines.readLine(), count++) {
      if (line.isEmpty()) {
        take(block, byOffset, byRecipient);
        block.clear();
        continue;
      }
      int equal = line.indexOf('=');
      if (equal > 0 && line.charAt(0) != '<') {
        block.putIfAbsent(line.substring(0, equal).strip(), line.substring(equal + 1).strip());
      }
    }
    take(block, byOffset, byRecipient);
    return new RecipientLog(byOffset, byRecipient);
  }

  private static void take(
      Map<String, String> block, Map<Long, String> byOffset, Map<String, String> byRecipient) {
    String reason = plain(block.getOrDefault("reason", ""));
    String recipient = block.getOrDefault("recipient", "");
    if (recipient.isEmpty() && reason.isEmpty()) {
      return;
    }
    String offset = block.getOrDefault("offset", "");
    if (offset.matches("[0-9]{1,18}")) {
      byOffset.put(Long.parseLong(offset), reason);
    }
    byRecipient.put(recipient, reason);
  }

  private static String plain(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return out.toString();
  }

  /** Why; null if nothing is noted of the recipient. */
  @Nullable String reason(QueuedRecipient recipient) {
    String byPlace = byOffset.get(recipient.offset());
    return byPlace != null || !byOffset.isEmpty() ? byPlace : byRecipient.get(recipient.address());
  }
}
