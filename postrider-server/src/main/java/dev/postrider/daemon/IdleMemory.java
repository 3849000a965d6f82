package dev.postrider.daemon;

import dev.postrider.io.EndlessWork;
import dev.postrider.log.MailLog;
import java.time.Duration;

/**
 * Gives memory back to the system after a load. The collector grows the heap while large messages
 * go through, and by itself makes it small again only when it is full, which after the load is
 * never: a machine that had one busy minute would lack half a gigabyte from then on.
 */
final class IdleMemory {
  /** Below this a collection gives nothing back that is worth it. */
  private static final long SMALL = 96L << 20;

  /** What log lines and looks at the clock take in a minute; a message takes more. */
  private static final long IDLE_BYTES = 1L << 20;

  private static final Duration BETWEEN_LOOKS = Duration.ofMinutes(1);

  private final Memory memory;
  private long sizeBefore = -1;
  private long freeBefore = -1;

  /** The size that a collection left: another one would not make it smaller. */
  private long sizeCollected = -1;

  /** The heap; the seam for tests. */
  interface Memory {
    long size();

    long free();

    void collect();
  }

  IdleMemory(Memory memory) {
    this.memory = memory;
  }

  /** Looks after the heap of this process from now on, until it ends. */
  static void watch(MailLog log) {
    IdleMemory own = new IdleMemory(new Heap());
    EndlessWork looking =
        new EndlessWork(
            () -> {
              while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                own.look();
              }
            },
            (why, pause) ->
                log.bug("master", "giving memory back" + EndlessWork.again(pause), why));
    Thread.ofVirtual().name("idle memory").start(looking);
  }

  /** Collects if nothing happened since the last look and the heap is large. */
  void look() {
    long size = memory.size();
    long free = memory.free();
    long taken = freeBefore - free;
    boolean idle = size == sizeBefore && taken >= 0 && taken < IDLE_BYTES;
    if (idle && size > SMALL && size != sizeCollected) {
      memory.collect();
      size = memory.size();
      free = memory.free();
      sizeCollected = size;
    }
    sizeBefore = size;
    freeBefore = free;
  }

  private static final class Heap implements Memory {
    private final Runtime runtime = Runtime.getRuntime();

    @Override
    public long size() {
      return runtime.totalMemory();
    }

    @Override
    public long free() {
      return runtime.freeMemory();
    }

    @Override
    public void collect() {
      runtime.gc();
    }
  }
}
