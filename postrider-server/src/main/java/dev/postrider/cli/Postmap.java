package dev.postrider.cli;

import dev.postrider.table.CompiledTable.Kind;
import java.io.IOException;

/** postmap(1): makes and queries lookup tables. */
public final class Postmap implements Command {
  private static final TableCommand COMMAND =
      new TableCommand(
          Kind.MAP,
          "bc:d:fFhijmnNopq:rsuUvw",
          "usage: postmap [-bfFhijmnNoprsuUvw] [-c config_dir] [-d key] [-q key]"
              + " [map_type:]file...");

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    return COMMAND.run(call);
  }
}
