package dev.postrider.spool;

import java.time.Duration;

/**
 * Sizes and times of a {@link SegmentSpool}.
 *
 * @param segmentBytes where a segment is full; a record that is longer gets a segment of its own
 * @param growthBytes how much is zeroed ahead of the records: a force of blocks that exist already
 *     need not write the file system's journal
 * @param reserveBytes kept of that for records that let go of messages, when the disk is full
 * @param inlineBytes content above this goes to a file of its own, and is never in memory
 * @param batchBytes most that one force covers
 * @param queuedChanges how many changes may wait for the disk before a caller waits too
 * @param linger how long a change waits for company before it is written
 * @param unforced how long a written change may wait for a force that some message needs anyway
 * @param compaction how segments that are mostly dead are emptied
 * @param keeping how segments are read that are no longer written
 */
public record SpoolLimits(
    int segmentBytes,
    int growthBytes,
    int reserveBytes,
    int inlineBytes,
    int batchBytes,
    int queuedChanges,
    Duration linger,
    Duration unforced,
    Compaction compaction,
    Keeping keeping) {
  /**
   * How segments that are mostly dead are emptied, without anybody noticing.
   *
   * @param leastGain bytes of the disk that emptying a segment must set free
   * @param stepBytes about how much is copied at once
   * @param pause between two steps
   * @param interval between two looks at all segments
   */
  public record Compaction(int leastGain, int stepBytes, Duration pause, Duration interval) {
    /** Five megabytes a second at most: a small part of what any disk does. */
    static final Compaction DEFAULT =
        new Compaction(1 << 20, 256 << 10, Duration.ofMillis(50), Duration.ofSeconds(30));
  }

  /**
   * How segments are read that are no longer written, to find damage and to make a summary for the
   * next start.
   *
   * @param settle how long a segment is left alone first: most are dead soon
   * @param pause between two segments
   */
  public record Keeping(Duration settle, Duration pause) {
    /** Some thirty megabytes a second at most. */
    static final Keeping DEFAULT = new Keeping(Duration.ofSeconds(10), Duration.ofSeconds(2));
  }

  public static final SpoolLimits DEFAULT =
      new SpoolLimits(
          64 << 20,
          4 << 20,
          128 << 10,
          256 << 10,
          4 << 20,
          1 << 16,
          Duration.ofMillis(2),
          Duration.ofSeconds(1),
          Compaction.DEFAULT,
          Keeping.DEFAULT);
}
