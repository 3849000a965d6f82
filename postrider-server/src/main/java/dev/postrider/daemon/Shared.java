package dev.postrider.daemon;

import dev.postrider.io.ActingAs;
import dev.postrider.io.Disk;
import dev.postrider.io.ReadRights;
import dev.postrider.io.RealDisk;
import dev.postrider.log.OwnedLog;
import java.time.InstantSource;

/**
 * What outlives a reload.
 *
 * @param log the mail log, opened again at a reload
 * @param disk where the spool is
 * @param clock the time
 * @param rights reads tables that only root may read
 * @param actingAs takes the identity of a recipient
 * @param network notices another network
 */
record Shared(
    OwnedLog log,
    Disk disk,
    InstantSource clock,
    ReadRights rights,
    ActingAs actingAs,
    NetworkWatch network) {
  /** On the machine's own disk. */
  Shared(OwnedLog log, InstantSource clock, ReadRights rights, ActingAs actingAs) {
    this(log, new RealDisk(), clock, rights, actingAs, new NetworkWatch());
  }
}
