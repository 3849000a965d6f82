package dev.postrider.config;

/** What each parameter does, one sentence each; read only when somebody asks. Immutable. */
final class Documentation {
  private static final class Holder {
    static final SortedLines LINES = SortedLines.resource("parameter-words.tsv");
  }

  private Documentation() {}

  static String of(String name) {
    String sentence = Holder.LINES.find(name);
    return sentence == null ? "" : sentence;
  }
}
