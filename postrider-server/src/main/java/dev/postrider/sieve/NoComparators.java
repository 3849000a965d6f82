package dev.postrider.sieve;

import java.util.List;
import org.apache.jsieve.ComparatorManager;
import org.apache.jsieve.comparators.Comparator;
import org.apache.jsieve.exception.LookupException;

/** jSieve's comparators are not used: {@link Comparison} takes their place. Stateless. */
final class NoComparators implements ComparatorManager {
  @Override
  public Comparator getComparator(String name) throws LookupException {
    throw new LookupException(name);
  }

  @Override
  public boolean isImplicitlyDeclared(String name) {
    return false;
  }

  @Override
  public boolean isSupported(String name) {
    return false;
  }

  @Override
  public List<String> getExtensions() {
    return List.of();
  }
}
