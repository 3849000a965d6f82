package dev.postrider.sieve;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a command or a test is written. Immutable.
 *
 * @param capability what {@code require} must name for it, or null
 * @param tags the words with a colon that it may have
 * @param positional what follows them, in order
 * @param tests how many tests it has
 * @param block whether a block follows
 */
record Form(
    @Nullable String capability,
    List<Tag> tags,
    List<Kind> positional,
    Tests tests,
    boolean block) {
  /** What an argument is. */
  enum Kind {
    STRING("a text in \"quotes\""),
    STRINGS("a text in \"quotes\" or a list of them in [brackets]"),
    NUMBER("a number"),
    /** Of a tag that stands alone. */
    NOTHING("nothing");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** How many tests. */
  enum Tests {
    NONE,
    ONE,
    SOME
  }

  /**
   * A word with a colon.
   *
   * @param name with the colon
   * @param value what follows it
   * @param group only one of a group may be given
   * @param capability what {@code require} must name for it, or null
   */
  record Tag(String name, Kind value, String group, @Nullable String capability) {}

  /** The comparator that {@code require} must name before it is used. */
  static final String NUMERIC = "comparator-i;ascii-numeric";

  static final String VACATION = "vacation";

  /** Whoever requires it has the command as well (RFC 6131 §2). */
  static final String VACATION_SECONDS = "vacation-seconds";

  /** What {@code require} may name. */
  static final List<String> CAPABILITIES =
      List.of(
          "body",
          "comparator-i;ascii-casemap",
          NUMERIC,
          "comparator-i;octet",
          "copy",
          "ereject",
          "envelope",
          "fileinto",
          "reject",
          "relational",
          "subaddress",
          VACATION,
          VACATION_SECONDS);

  private static final String MATCH = "match type";
  private static final List<Tag> COMPARISON =
      List.of(
          new Tag(":comparator", Kind.STRING, "comparator", null),
          new Tag(":is", Kind.NOTHING, MATCH, null),
          new Tag(":contains", Kind.NOTHING, MATCH, null),
          new Tag(":matches", Kind.NOTHING, MATCH, null),
          new Tag(":count", Kind.STRING, MATCH, "relational"),
          new Tag(":value", Kind.STRING, MATCH, "relational"));
  private static final String PART = "part of an address";
  private static final List<Tag> ADDRESS =
      List.of(
          new Tag(":all", Kind.NOTHING, PART, null),
          new Tag(":localpart", Kind.NOTHING, PART, null),
          new Tag(":domain", Kind.NOTHING, PART, null),
          new Tag(":user", Kind.NOTHING, PART, "subaddress"),
          new Tag(":detail", Kind.NOTHING, PART, "subaddress"));
  private static final Tag COPY = new Tag(":copy", Kind.NOTHING, "copy", "copy");

  private static final String INTERVAL = "interval";
  private static final List<Tag> REPLY =
      List.of(
          new Tag(":days", Kind.NUMBER, INTERVAL, null),
          new Tag(":seconds", Kind.NUMBER, INTERVAL, VACATION_SECONDS),
          new Tag(":subject", Kind.STRING, ":subject", null),
          new Tag(":from", Kind.STRING, ":from", null),
          new Tag(":addresses", Kind.STRINGS, ":addresses", null),
          new Tag(":mime", Kind.NOTHING, ":mime", null),
          new Tag(":handle", Kind.STRING, ":handle", null));
  private static final String TRANSFORM = "part of the body";
  private static final List<Tag> BODY =
      List.of(
          new Tag(":raw", Kind.NOTHING, TRANSFORM, null),
          new Tag(":text", Kind.NOTHING, TRANSFORM, null),
          new Tag(":content", Kind.STRINGS, TRANSFORM, null));

  private static final Map<String, Form> COMMANDS =
      Map.ofEntries(
          Map.entry("require", plain(null, Kind.STRINGS)),
          Map.entry("if", new Form(null, List.of(), List.of(), Tests.ONE, true)),
          Map.entry("elsif", new Form(null, List.of(), List.of(), Tests.ONE, true)),
          Map.entry("else", new Form(null, List.of(), List.of(), Tests.NONE, true)),
          Map.entry("stop", plain(null)),
          Map.entry("keep", plain(null)),
          Map.entry("discard", plain(null)),
          Map.entry("fileinto", tagged("fileinto", List.of(COPY), Kind.STRING)),
          Map.entry("redirect", tagged(null, List.of(COPY), Kind.STRING)),
          Map.entry("reject", plain("reject", Kind.STRING)),
          Map.entry("ereject", plain("ereject", Kind.STRING)),
          Map.entry("vacation", tagged(VACATION, REPLY, Kind.STRING)));

  private static final Map<String, Form> TESTS =
      Map.ofEntries(
          Map.entry("true", plain(null)),
          Map.entry("false", plain(null)),
          Map.entry("not", new Form(null, List.of(), List.of(), Tests.ONE, false)),
          Map.entry("allof", new Form(null, List.of(), List.of(), Tests.SOME, false)),
          Map.entry("anyof", new Form(null, List.of(), List.of(), Tests.SOME, false)),
          Map.entry("exists", plain(null, Kind.STRINGS)),
          Map.entry(
              "size",
              tagged(
                  null,
                  List.of(
                      new Tag(":over", Kind.NUMBER, "limit", null),
                      new Tag(":under", Kind.NUMBER, "limit", null)))),
          Map.entry("header", tagged(null, COMPARISON, Kind.STRINGS, Kind.STRINGS)),
          Map.entry("body", tagged("body", compared(BODY), Kind.STRINGS)),
          Map.entry("address", tagged(null, compared(ADDRESS), Kind.STRINGS, Kind.STRINGS)),
          Map.entry("envelope", tagged("envelope", compared(ADDRESS), Kind.STRINGS, Kind.STRINGS)));

  private static Form plain(@Nullable String capability, Kind... positional) {
    return tagged(capability, List.of(), positional);
  }

  private static Form tagged(@Nullable String capability, List<Tag> tags, Kind... positional) {
    return new Form(capability, tags, List.of(positional), Tests.NONE, false);
  }

  private static List<Tag> compared(List<Tag> tags) {
    List<Tag> all = new java.util.ArrayList<>(COMPARISON);
    all.addAll(tags);
    return all;
  }

  Form {
    tags = List.copyOf(tags);
    positional = List.copyOf(positional);
  }

  static @Nullable Form ofCommand(String name) {
    return COMMANDS.get(name);
  }

  static @Nullable Form ofTest(String name) {
    return TESTS.get(name);
  }

  @Nullable Tag tag(String name) {
    return tags.stream().filter(each -> each.name().equals(name)).findFirst().orElse(null);
  }
}
