package dev.postrider.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The writer is this thread: nothing here may keep it for ever. */
@Timeout(30)
class InboxTest {
  private final Inbox inbox = new Inbox();

  @BeforeEach
  void serve() {
    inbox.servedBy(Thread.currentThread());
  }

  @Test
  void theEndIsNotSleptThroughWhenALockTookTheWakeUp() {
    inbox.end();
    // As waiting for a lock does.
    LockSupport.park();

    inbox.sleep(0);
    inbox.collect(0);
  }

  @Test
  void whatWasPutBeforeIsNotSleptThrough() {
    Operation.Flush flush = new Operation.Flush();
    assertThat(inbox.put(flush)).isTrue();

    inbox.sleep(0);

    ArrayDeque<Operation> taken = new ArrayDeque<>();
    assertThat(inbox.take(taken)).isOne();
    assertThat(taken).containsExactly(flush);
  }

  @Test
  void aClosedInboxTakesNothing() {
    ArrayDeque<Operation> taken = new ArrayDeque<>();
    assertThat(inbox.close(taken)).isZero();

    assertThat(inbox.put(new Operation.Flush())).isFalse();
  }
}
