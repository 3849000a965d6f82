package dev.postrider.config;

import org.jspecify.annotations.Nullable;

/** What each parameter does, one sentence each; read only when somebody asks. Immutable. */
final class Documentation {
  private static final class Holder {
    static final SortedLines LINES = SortedLines.resource("parameter-words.tsv");
  }

  private Documentation() {}

  static String of(String name) {
    String sentence = Holder.LINES.find(name);
    if (sentence != null) {
      return sentence;
    }
    @Nullable String mirrored = LmtpParameters.mirrored(name);
    sentence = mirrored == null ? null : Holder.LINES.find(mirrored);
    return sentence == null ? "" : "For LMTP: " + sentence;
  }
}
