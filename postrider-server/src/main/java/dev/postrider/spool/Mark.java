package dev.postrider.spool;

import java.util.EnumSet;
import java.util.Set;

/** What is noted of a message on its way and must outlive a restart. */
public enum Mark {
  /** The sender was told that it is delayed. */
  WARNED(1),

  /** It ends a chain of notices, and is held for somebody to look at. */
  KEPT_NOTICE(2),

  /** It was held because a setting has to be mended first; that releases it. */
  AWAITS_REMEDY(4);

  private static final Set<Mark> NONE = Set.of();

  private final int bit;

  Mark(int bit) {
    this.bit = bit;
  }

  /** Its place in the STATE record; never given to another. */
  int bit() {
    return bit;
  }

  /** Those whose bits are set; bits of a later version are left alone. */
  static Set<Mark> of(int bits) {
    if (bits == 0) {
      return NONE;
    }
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    for (Mark each : values()) {
      if ((bits & each.bit) != 0) {
        marks.add(each);
      }
    }
    return marks;
  }
}
