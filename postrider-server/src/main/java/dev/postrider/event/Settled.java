package dev.postrider.event;

import java.util.BitSet;

/** Which recipients of one message are done, where it has several. For one thread. */
final class Settled {
  /** Done, in the life that the message has now. */
  private final BitSet done = new BitSet();

  /** Done since the last crash: nothing can explain doing them again. */
  private final BitSet fresh = new BitSet();

  /** Done before a crash, which may have undone it. */
  private final BitSet before = new BitSet();

  /** What it means that a recipient is done. */
  enum News {
    FIRST,
    /** Again, as a crash lies between. */
    REPEATED,
    /** Again, and there is no excuse. */
    DOUBLE
  }

  News settle(int recipient) {
    News news =
        fresh.get(recipient) ? News.DOUBLE : before.get(recipient) ? News.REPEATED : News.FIRST;
    done.set(recipient);
    fresh.set(recipient);
    return news;
  }

  void crashed() {
    before.or(done);
    fresh.clear();
  }

  /** The spool says that these are done; perhaps the log knew. */
  void state(BitSet recipients) {
    done.or(recipients);
    before.or(recipients);
  }

  /** It had ended, and is back with these done. */
  void back(BitSet recipients, int count) {
    before.set(0, count);
    done.clear();
    done.or(recipients);
  }

  int count() {
    return done.cardinality();
  }
}
