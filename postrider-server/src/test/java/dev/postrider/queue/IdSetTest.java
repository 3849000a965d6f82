package dev.postrider.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.spool.QueueId;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Sets and lines of message numbers, compared with those of the library. */
class IdSetTest {
  @Test
  void itIsASetUnderAnyMixOfCalls() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      IdSet set = new IdSet();
      Set<QueueId> expected = new HashSet<>();
      for (int i = 0; i < 400; i++) {
        QueueId id = new QueueId(1 + random.nextInt(60) * (1L << random.nextInt(20)));
        if (random.nextBoolean()) {
          set.add(id);
          expected.add(id);
        } else {
          set.remove(id);
          expected.remove(id);
        }
        assertThat(set.size()).as("seed " + seed).isEqualTo(expected.size());
      }
      Set<QueueId> found = new HashSet<>();
      set.forEach(found::add);
      assertThat(found).as("seed " + seed).isEqualTo(expected);
      Set<QueueId> inTurn = new HashSet<>();
      for (int i = 0; i < expected.size(); i++) {
        inTurn.add(set.next());
      }
      assertThat(inTurn).as("seed " + seed).isEqualTo(expected);
    }
  }

  @Test
  void aLineOfIdsKeepsItsOrderAtBothEnds() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      WaitingIds line = new WaitingIds();
      ArrayDeque<WaitingIds.Waiting> expected = new ArrayDeque<>();
      for (int i = 1; i < 20_000; i++) {
        boolean grows = random.nextInt(10) < (i < 12_000 ? 7 : 2);
        if (grows || expected.isEmpty()) {
          boolean flushed = random.nextBoolean();
          line.addLast(new QueueId(i), flushed);
          expected.addLast(new WaitingIds.Waiting(new QueueId(i), flushed));
        } else if (random.nextBoolean()) {
          assertThat(line.pollFirst()).isEqualTo(expected.pollFirst());
        } else {
          assertThat(line.pollLast()).isEqualTo(expected.pollLast());
        }
        assertThat(line.isEmpty()).isEqualTo(expected.isEmpty());
      }
      assertThat(line.size()).isEqualTo(expected.size());
    }
  }
}
