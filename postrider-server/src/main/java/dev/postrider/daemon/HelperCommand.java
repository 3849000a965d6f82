package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.Invocation;
import dev.postrider.config.ConfigException;
import dev.postrider.helper.HelperMain;
import dev.postrider.io.OwnUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The helper's process, which the daemon's shell starts and nobody else: {@code helper -c DIR}, as
 * root, in the helper's directory.
 */
final class HelperCommand implements Command {
  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    List<String> arguments = call.arguments();
    if (arguments.size() != 2 || !arguments.getFirst().equals("-c") || !OwnUser.isRoot()) {
      call.fatal("the mail system starts its helper itself, when root starts it: postfix start");
      return 1;
    }
    try {
      new HelperMain(call.out()).run(Path.of(arguments.getLast()), call.in());
      return 0;
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
  }
}
