package dev.postrider.mailbox;

import org.jspecify.annotations.Nullable;

/**
 * What is to become of a message when its mailbox is written back.
 *
 * @param letter which
 * @param remove it is to go; the rest counts only if not
 * @param status to be remembered
 * @param content a new header and body (an edited message), or null to keep what is there
 */
@SuppressWarnings("ArrayRecordComponent") // Made once and handed over.
public record Change(Letter letter, boolean remove, ReadStatus status, byte @Nullable [] content) {
  public boolean changesAnything() {
    return remove || content != null || !status.equals(letter.status());
  }
}
