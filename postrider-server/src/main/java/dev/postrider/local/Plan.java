package dev.postrider.local;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to happen to the mail of a local address: a tree whose inner nodes say which list led
 * where and whose leaves say what is done at last. A value: making it delivers nothing, so that a
 * delivery, a probe and an explanation read the same tree. Immutable.
 */
sealed interface Plan {
  /**
   * A list that stands for an address.
   *
   * @param scope whose mail it is
   * @param list which list
   * @param steps its lines, each with its targets; a line is not begun when one before it has to
   *     wait. An alias has one line
   */
  record Branch(Scope scope, ListName list, List<List<Plan>> steps) implements Plan {
    public Branch {
      steps = List.copyOf(steps);
    }
  }

  /**
   * An address that stands for one other address.
   *
   * @param scope with the new address
   */
  record Step(Scope scope, Plan next) implements Plan {}

  /**
   * The end of a way.
   *
   * @param scope whose mail it is
   * @param act what is done
   */
  record Leaf(Scope scope, Act act) implements Plan {}

  /** Which list an address was looked up in. */
  sealed interface ListName {
    /**
     * An entry of alias_maps.
     *
     * @param table as main.cf names it
     * @param key under which it was found
     * @param owner the owner alias that there is for it, or null
     */
    record Alias(String table, String key, @Nullable String owner) implements ListName {}

    /**
     * A user's file of forwarding instructions.
     *
     * @param file its whole name
     */
    record Forward(String file) implements ListName {}

    /**
     * A file that {@code :include:} names.
     *
     * @param file its whole name
     */
    record Include(String file) implements ListName {}

    /**
     * A user's Sieve script.
     *
     * @param file its whole name
     * @param actions what it might do; empty if a message was looked at and decided it
     */
    record Sieve(String file, String actions) implements ListName {}

    /** luser_relay. */
    record LuserRelay() implements ListName {}
  }
}
