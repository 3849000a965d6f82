package dev.postrider.cli;

import java.io.IOException;

/** Nobody reads standard output any more: {@code mailq | head} has seen enough. */
final class ClosedOutputException extends IOException {
  private static final long serialVersionUID = 1;

  /** What a shell reports of a program that a closed pipe ended. */
  int code() {
    return 141;
  }
}
