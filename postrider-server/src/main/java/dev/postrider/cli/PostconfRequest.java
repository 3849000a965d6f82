package dev.postrider.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of postconf, parsed. Immutable.
 *
 * @param directory of main.cf and master.cf
 * @param directoryGiven whether the caller named it, which makes it a setting
 * @param overrides {@code name=value} that count more than main.cf
 * @param quiet whether warnings of unused parameters are left out
 * @param tls what {@code -T} asks for, or empty
 */
record PostconfRequest(
    Set<PostconfMode> modes,
    List<String> operands,
    Path directory,
    boolean directoryGiven,
    Set<PostconfClass> classes,
    List<String> overrides,
    boolean quiet,
    String tls) {
  boolean has(PostconfMode mode) {
    return modes.contains(mode);
  }

  boolean edits() {
    return has(PostconfMode.EDIT) || has(PostconfMode.EXCLUDE) || has(PostconfMode.COMMENT_OUT);
  }

  /** What options leave behind before the last is read. */
  static final class Building {
    @Nullable String directory;
    Set<PostconfClass> classes = EnumSet.allOf(PostconfClass.class);
    final List<String> overrides = new ArrayList<>();
    boolean quiet;
    String tls = "";

    PostconfRequest build(Set<PostconfMode> modes, List<String> operands, String fallback) {
      return new PostconfRequest(
          modes,
          List.copyOf(operands),
          Path.of(directory == null ? fallback : directory),
          directory != null,
          classes,
          List.copyOf(overrides),
          quiet,
          tls);
    }
  }
}
