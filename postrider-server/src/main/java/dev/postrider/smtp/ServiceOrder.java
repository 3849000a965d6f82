package dev.postrider.smtp;

import dev.postrider.dns.SrvHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The order in which the servers of SRV records are tried (RFC 2782): by priority, and among those
 * of one priority by lot, in which each has a share as large as its weight. Functions only.
 */
final class ServiceOrder {
  private ServiceOrder() {}

  static List<SrvHost> of(List<SrvHost> records, RandomGenerator random) {
    List<SrvHost> left = new ArrayList<>(records);
    // Those of no weight first, so that the lot falls on them only where it must (RFC 2782).
    left.sort(Comparator.comparingInt(SrvHost::priority).thenComparingInt(SrvHost::weight));
    List<SrvHost> ordered = new ArrayList<>(left.size());
    while (!left.isEmpty()) {
      int priority = left.getFirst().priority();
      int sum = 0;
      for (SrvHost each : left) {
        sum += each.priority() == priority ? each.weight() : 0;
      }
      int lot = random.nextInt(sum + 1);
      int reached = 0;
      for (int i = 0; i < left.size(); i++) {
        reached += left.get(i).weight();
        if (reached >= lot) {
          ordered.add(left.remove(i));
          break;
        }
      }
    }
    return ordered;
  }
}
