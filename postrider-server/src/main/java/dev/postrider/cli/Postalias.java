package dev.postrider.cli;

import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;

/** postalias(1): makes and queries alias databases. */
public final class Postalias implements Command {
  private static final TableCommand COMMAND =
      new TableCommand(
          Kind.ALIASES,
          "c:d:finNopq:rsuvw",
          "usage: postalias [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file...");

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    return COMMAND.run(call);
  }
}
