package dev.postrider.cli;

import dev.postrider.config.ConfigException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What postconf is told to do: one major mode, and what varies it. In the order of messages. */
enum PostconfMode {
  SERVER_SASL("-a"),
  CLIENT_SASL("-A"),
  EXPAND_TEMPLATES("-b"),
  PARAMETER_CLASS("-C"),
  DEFAULTS("-d"),
  EDIT("-e"),
  FOLD("-f"),
  MASTER_FIELDS("-F"),
  HIDE_NAME("-h"),
  HIDE_VALUE("-H"),
  JSON("-j"),
  LOCKS("-l"),
  MAPS("-m"),
  MASTER_ENTRIES("-M"),
  NON_DEFAULTS("-n"),
  OVERRIDE("-o"),
  MAIN("-p"),
  MASTER_PARAMETERS("-P"),
  DUMP_TEMPLATES("-t"),
  TLS("-T"),
  EXPAND("-x"),
  EXCLUDE("-X"),
  COMMENT_OUT("-#");

  static final Set<PostconfMode> MAJOR =
      EnumSet.of(
          SERVER_SASL,
          CLIENT_SASL,
          EXPAND_TEMPLATES,
          LOCKS,
          MAPS,
          DUMP_TEMPLATES,
          MAIN,
          MASTER_ENTRIES,
          MASTER_FIELDS,
          MASTER_PARAMETERS,
          TLS);

  private static final Set<PostconfMode> EDITS = EnumSet.of(EDIT, EXCLUDE, COMMENT_OUT);

  private static final List<Set<PostconfMode>> EXCLUSIVE =
      List.of(
          MAJOR,
          EDITS,
          and(EDITS, DEFAULTS, NON_DEFAULTS),
          and(EDITS, FOLD),
          and(EDITS, EXPAND),
          and(EDITS, OVERRIDE, DEFAULTS),
          and(EDITS, HIDE_NAME, HIDE_VALUE));

  private static final Set<PostconfMode> SHOWING =
      EnumSet.of(FOLD, HIDE_NAME, OVERRIDE, EXPAND, HIDE_VALUE, JSON);

  /** Each option and the only ones it goes with. */
  private static final Map<PostconfMode, Set<PostconfMode>> COMPATIBLE =
      new java.util.EnumMap<>(
          Map.of(
              MAIN,
              and(SHOWING, EDIT, EXCLUDE, COMMENT_OUT, PARAMETER_CLASS, DEFAULTS, NON_DEFAULTS),
              MASTER_ENTRIES,
              EnumSet.of(EDIT, EXCLUDE, COMMENT_OUT, FOLD, OVERRIDE, EXPAND, JSON),
              MASTER_FIELDS,
              and(SHOWING, EDIT),
              MASTER_PARAMETERS,
              and(SHOWING, EDIT, EXCLUDE),
              JSON,
              EnumSet.of(
                  MAIN,
                  MASTER_ENTRIES,
                  MASTER_FIELDS,
                  MASTER_PARAMETERS,
                  OVERRIDE,
                  EXPAND,
                  NON_DEFAULTS,
                  DEFAULTS),
              PARAMETER_CLASS,
              EnumSet.of(MAIN, DEFAULTS, NON_DEFAULTS)));

  private final String option;

  PostconfMode(String option) {
    this.option = option;
  }

  private static Set<PostconfMode> and(Set<PostconfMode> some, PostconfMode... more) {
    Set<PostconfMode> all = EnumSet.copyOf(some);
    all.addAll(List.of(more));
    return all;
  }

  static @Nullable PostconfMode of(char letter) {
    for (PostconfMode mode : values()) {
      if (mode.option.charAt(1) == letter) {
        return mode;
      }
    }
    return null;
  }

  /** Refuses options that contradict each other or have no effect together. */
  static void check(Set<PostconfMode> given) throws ConfigException {
    for (Set<PostconfMode> group : EXCLUSIVE) {
      Set<PostconfMode> both = EnumSet.copyOf(group);
      both.retainAll(given);
      if (both.size() > 1) {
        throw new ConfigException("specify one of " + names(both));
      }
    }
    for (PostconfMode mode : given) {
      boolean constrains = MAJOR.contains(mode) || mode == JSON || mode == PARAMETER_CLASS;
      if (!constrains) {
        continue;
      }
      Set<PostconfMode> excess = EnumSet.copyOf(given);
      excess.remove(mode);
      excess.removeAll(COMPATIBLE.getOrDefault(mode, Set.of()));
      if (!excess.isEmpty()) {
        throw new ConfigException(
            "with option " + mode.option + ", do not specify " + names(excess));
      }
    }
  }

  private static String names(Set<PostconfMode> modes) {
    StringBuilder text = new StringBuilder();
    for (PostconfMode mode : modes) {
      text.append(text.isEmpty() ? "" : " ").append(mode.option);
    }
    return text.toString();
  }
}
