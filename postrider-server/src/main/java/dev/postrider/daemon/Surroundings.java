package dev.postrider.daemon;

import dev.postrider.queue.Circumstances;
import dev.postrider.table.Tables;
import java.util.List;

/** Notices corrected tables and a network that is back. For one thread at a time. */
final class Surroundings implements Circumstances {
  private final Tables tables;
  private final NetworkWatch network;

  Surroundings(Tables tables, NetworkWatch network) {
    this.tables = tables;
    this.network = network;
  }

  @Override
  public String change() {
    boolean elsewhere = network.hasChanged();
    List<String> changed = tables.changed();
    if (!changed.isEmpty()) {
      return String.join(", ", changed) + " changed";
    }
    return elsewhere ? "the network has changed" : "";
  }
}
