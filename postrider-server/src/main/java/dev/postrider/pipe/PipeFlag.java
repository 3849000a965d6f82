package dev.postrider.pipe;

import org.jspecify.annotations.Nullable;

/** A letter of {@code flags=} (pipe(8)). */
enum PipeFlag {
  EMPTY_LINE_BEHIND('B'),
  DELIVERED_TO('D'),
  FROM_LINE('F'),
  ORIGINAL_TO('O'),
  RETURN_PATH('R'),
  FINAL_DELIVERY('X'),
  STUFF_DOTS('.'),
  QUOTE_FROM('>'),
  FOLD_DOMAIN('h'),
  QUOTE_ADDRESSES('q'),
  FOLD_LOCAL_PART('u');

  private final char letter;

  PipeFlag(char letter) {
    this.letter = letter;
  }

  static @Nullable PipeFlag of(char letter) {
    for (PipeFlag flag : values()) {
      if (flag.letter == letter) {
        return flag;
      }
    }
    return null;
  }

  char letter() {
    return letter;
  }
}
