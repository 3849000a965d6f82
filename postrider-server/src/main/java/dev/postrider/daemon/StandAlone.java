package dev.postrider.daemon;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.intake.Intake;
import dev.postrider.log.MailLog;
import dev.postrider.smtpd.SessionSettings;
import dev.postrider.smtpd.SmtpSession;
import dev.postrider.table.Tables;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;

/** SMTP on standard input and output ({@code sendmail -bs}), as whoever calls it. */
final class StandAlone {
  private StandAlone() {}

  static void run(InputStream in, OutputStream out, Config config, Intake intake)
      throws IOException {
    // What the dialog makes of a message is logged when the daemon takes it from the maildrop.
    MailLog nowhere = (severity, process, text) -> {};
    try {
      SessionSettings settings =
          SessionSettings.of(config, "smtpd", new Tables(config, nowhere)::open, Set.of());
      SmtpSession.onStreams(in, out, settings, intake, nowhere).run();
    } catch (ConfigException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
