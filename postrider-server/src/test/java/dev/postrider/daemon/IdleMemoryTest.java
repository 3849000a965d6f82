package dev.postrider.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IdleMemoryTest implements IdleMemory.Memory {
  private static final long MB = 1L << 20;

  private final IdleMemory idle = new IdleMemory(this);
  private long size = 500 * MB;
  private long free = 300 * MB;
  private int collections;

  @Override
  public long size() {
    return size;
  }

  @Override
  public long free() {
    return free;
  }

  @Override
  public void collect() {
    collections++;
    size = 120 * MB;
    free = 80 * MB;
  }

  @Test
  void aLargeHeapIsCollectedOnceWhenNothingHappens() {
    idle.look();
    assertThat(collections).isZero();
    for (int i = 0; i < 10; i++) {
      free -= 1000;
      idle.look();
    }
    assertThat(collections).isEqualTo(1);
  }

  @Test
  void aBusyOneIsLeftAlone() {
    for (int i = 0; i < 10; i++) {
      free -= 20 * MB;
      idle.look();
    }
    assertThat(collections).isZero();
  }

  @Test
  void anotherLoadMeansAnotherCollection() {
    idle.look();
    idle.look();
    size = 400 * MB;
    free = 100 * MB;
    idle.look();
    idle.look();
    assertThat(collections).isEqualTo(2);
  }

  @Test
  void aSmallOneIsLeftAlone() {
    size = 64 * MB;
    idle.look();
    idle.look();
    assertThat(collections).isZero();
  }
}
