package dev.postrider.table;

import java.util.ArrayList;
import java.util.List;

/** Collects the results of one lookup, up to expansion_limit. For one thread. */
final class ResultList {
  private final int limit;
  private final List<String> results = new ArrayList<>();

  /**
   * @param limit how many there may be; 0 for any number
   */
  ResultList(int limit) {
    this.limit = limit;
  }

  void add(String result) {
    results.add(result);
  }

  boolean isTooLong() {
    return limit > 0 && results.size() > limit;
  }

  /** The results joined by commas. */
  Lookup answer(String table, String key) {
    if (isTooLong()) {
      return new Lookup.Unavailable(
          "table "
              + table
              + ": more than expansion_limit = "
              + limit
              + " results for key "
              + MapSource.printable(key));
    }
    String joined = String.join(",", results);
    return joined.isEmpty() ? new Lookup.NotFound() : new Lookup.Found(joined);
  }
}
