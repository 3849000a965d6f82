package dev.postrider.bounce;

/** What became of the duty to tell a sender. */
public sealed interface NoticeOutcome {
  /** Nothing more is owed: a notice is durably stored, or none was due. */
  record Settled() implements NoticeOutcome {}

  /**
   * Nobody is left who could be told: the message itself is to be kept for somebody to look at.
   *
   * @param what it is, for the log
   * @param most how many such messages are kept altogether; at least 1
   */
  record Keep(String what, int most) implements NoticeOutcome {}

  /**
   * The notice could not be stored: its recipients must wait and be tried again.
   *
   * @param reason for the queue listing
   */
  record NotStored(String reason) implements NoticeOutcome {}
}
