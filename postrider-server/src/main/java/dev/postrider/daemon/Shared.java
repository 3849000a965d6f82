package dev.postrider.daemon;

import dev.postrider.helper.Helper;
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
 * @param helper acts with the rights of a recipient
 * @param network notices another network
 */
record Shared(
    OwnedLog log,
    Disk disk,
    InstantSource clock,
    ReadRights rights,
    Helper helper,
    NetworkWatch network) {
  /** On the machine's own disk. */
  Shared(OwnedLog log, InstantSource clock, ReadRights rights, Helper helper) {
    this(log, new RealDisk(), clock, rights, helper, new NetworkWatch());
  }
}
