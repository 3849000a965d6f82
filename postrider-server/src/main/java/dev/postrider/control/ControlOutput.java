package dev.postrider.control;

import dev.postrider.account.AccountState;

/** Takes what a request brings before it is answered. For one thread. */
@FunctionalInterface
public interface ControlOutput {
  /** A message of a listing. */
  void entry(QueueEntry entry);

  /** A message was changed. */
  default void changed(String id) {}

  /**
   * The spool has parts that could not be read and were set aside.
   *
   * @param files how many, at least 1
   */
  default void damaged(long files) {}

  /** An account that is not used, or by a request to resume it, is used again. */
  default void account(AccountState state) {}

  /** Who asked, as the kernel names them; empty if that is not known. */
  default String caller() {
    return "";
  }

  /** For requests that bring nothing. */
  static ControlOutput none() {
    return _ -> {};
  }
}
