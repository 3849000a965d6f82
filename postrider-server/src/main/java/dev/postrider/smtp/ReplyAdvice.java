package dev.postrider.smtp;

import dev.postrider.mail.reply.Reply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What providers' refusals mean and what helps, from the dated list {@code reply-advice.tsv}.
 * Matched by reply code and words, never by the enhanced code alone, which providers use for
 * different things. Immutable.
 */
final class ReplyAdvice {
  /**
   * One row.
   *
   * @param codes reply codes, or empty for any
   * @param words lower case, all of which the reply must contain
   * @param quota whether the same mail will be taken later although the server says never
   * @param remedy a sentence for a person
   */
  private record Row(List<Integer> codes, List<String> words, boolean quota, String remedy) {
    boolean matches(Reply reply, String lowerText) {
      if (!codes.isEmpty() && !codes.contains(reply.code())) {
        return false;
      }
      for (String word : words) {
        if (!lowerText.contains(word)) {
          return false;
        }
      }
      return true;
    }
  }

  private final List<Row> rows;

  private ReplyAdvice(List<Row> rows) {
    this.rows = rows;
  }

  /** Knows nothing: what a mailbox server refuses is no provider's quota. */
  static ReplyAdvice none() {
    return new ReplyAdvice(List.of());
  }

  /** Reads the list that comes with the program. */
  static ReplyAdvice shipped() {
    List<Row> rows = new ArrayList<>();
    try (InputStream in = ReplyAdvice.class.getResourceAsStream("reply-advice.tsv")) {
      if (in == null) {
        throw new IllegalStateException("reply-advice.tsv is missing from the program");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(row(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reply-advice.tsv cannot be read from the program", e);
    }
    return new ReplyAdvice(List.copyOf(rows));
  }

  private static Row row(String line) {
    String[] fields = line.split("\t", 4);
    List<Integer> codes = new ArrayList<>();
    for (String code : fields[0].split(",")) {
      if (!code.equals("*")) {
        codes.add(Integer.valueOf(code));
      }
    }
    List<String> words = List.of(fields[1].toLowerCase(Locale.ROOT).split("\\|"));
    return new Row(List.copyOf(codes), words, fields[2].equals("quota"), fields[3]);
  }

  /** What to do about a reply, if the list knows it. */
  Optional<String> remedy(Reply reply) {
    return find(reply).map(Row::remedy);
  }

  /** Whether a refusal for good is only today's quota. */
  boolean isQuota(Reply reply) {
    return find(reply).map(Row::quota).orElse(false);
  }

  private Optional<Row> find(Reply reply) {
    // Without the codes of the lines: a sentence goes on across them.
    String text = String.join(" ", reply.lines()).toLowerCase(Locale.ROOT);
    for (Row row : rows) {
      if (row.matches(reply, text)) {
        return Optional.of(row);
      }
    }
    return Optional.empty();
  }
}
