package dev.postrider.smtp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one delivery came to at each of its next hops, in their order. For one thread. */
final class PassedHops {
  private final List<Diagnosis> passed = new ArrayList<>();
  private @Nullable Diagnosis latest;

  /** Something failed at the present one. */
  void note(Diagnosis diagnosis) {
    latest = diagnosis;
  }

  /** The next one is tried. */
  void next() {
    if (latest != null) {
      passed.add(latest);
      latest = null;
    }
  }

  /** Whether no other was tried before the present one. */
  boolean isFirst() {
    return passed.isEmpty();
  }

  /** Why it is not the one that comes first; empty if it is. */
  String reason() {
    return passed.isEmpty() ? "" : passed.getFirst().failure().text();
  }

  /** The last word of each, the present one too. */
  List<Diagnosis> all() {
    List<Diagnosis> all = new ArrayList<>(passed);
    if (latest != null) {
      all.add(latest);
    }
    return all;
  }
}
