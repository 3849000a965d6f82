package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.helper.Helper;
import dev.postrider.io.Disk;
import dev.postrider.io.ReadRights;
import dev.postrider.io.RealDisk;
import dev.postrider.log.OwnedLog;
import dev.postrider.smtp.LoginSources;
import java.nio.file.Path;
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
 * @param logins where the secrets of logins come from that a table only names
 */
record Shared(
    OwnedLog log,
    Disk disk,
    InstantSource clock,
    ReadRights rights,
    Helper helper,
    NetworkWatch network,
    LoginSources logins) {
  /** On the machine's own disk. */
  Shared(Config config, OwnedLog log, InstantSource clock, ReadRights rights, Helper helper) {
    this(
        log,
        new RealDisk(),
        clock,
        rights,
        helper,
        new NetworkWatch(),
        LoginSources.of(
            Path.of(config.text("data_directory")), rights, clock, new LoginWatch(log)));
  }
}
