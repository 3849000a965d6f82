package dev.postrider.smtp;

import dev.postrider.failure.FailureRules;
import java.util.ArrayList;
import java.util.List;

/** What all deliveries of one client share. Safe on any thread. */
record ClientParts(
    ClientContext context,
    MxWalk walk,
    TlsPolicies policies,
    TlsReports reports,
    FailurePolicy policy,
    FailureRules rules,
    Adviser adviser,
    ConnectionCache cache,
    OutgoingAddresses addresses,
    LimitTables limits,
    List<String> fallbackRelays,
    int sessionLimit,
    BestMx bestMx) {
  /** All next hops of a destination in order: itself, then the relays of last resort. */
  List<String> withFallback(String destination) {
    List<String> sites = new ArrayList<>(Site.split(destination));
    for (String relay : fallbackRelays) {
      if (!sites.contains(relay)) {
        sites.add(relay);
      }
    }
    return sites.isEmpty() ? List.of(destination) : sites;
  }
}
