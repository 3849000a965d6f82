package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.QueueId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DueHeapTest {
  @Test
  void entriesComeOutByTimeAndThenByAge() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    DueHeap heap = new DueHeap();
    List<long[]> expected = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      long[] entry = {random.nextInt(50) + 1L, i};
      expected.add(entry);
      heap.add(entry[0], new QueueId(entry[1]));
    }
    expected.sort((a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));

    for (long[] entry : expected) {
      assertThat(heap.earliest()).as("seed %s", seed).isEqualTo(entry[0]);
      assertThat(heap.poll(50)).as("seed %s", seed).isEqualTo(new QueueId(entry[1]));
    }
    assertThat(heap.poll(Long.MAX_VALUE - 1)).isNull();
  }

  @Test
  void nothingComesOutBeforeItsTime() {
    DueHeap heap = new DueHeap();
    heap.add(100, new QueueId(1));

    assertThat(heap.poll(99)).isNull();
    assertThat(heap.poll(100)).isEqualTo(new QueueId(1));
  }

  @Test
  void aFlushMakesEachMessageDueOnce() {
    DueHeap heap = new DueHeap();
    heap.add(300, new QueueId(7));
    heap.add(100, new QueueId(9));
    heap.add(200, new QueueId(7));

    heap.flush();

    assertThat(heap.poll(1)).isEqualTo(new QueueId(7));
    assertThat(heap.poll(1)).isEqualTo(new QueueId(9));
    assertThat(heap.poll(1)).isNull();
  }
}
