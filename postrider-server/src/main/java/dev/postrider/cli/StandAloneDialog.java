package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.intake.Intake;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** SMTP on a program's standard input and output, as {@code sendmail -bs} holds it. */
@FunctionalInterface
public interface StandAloneDialog {
  /** Holds it to its end. */
  void run(InputStream in, OutputStream out, Config config, Intake intake) throws IOException;
}
