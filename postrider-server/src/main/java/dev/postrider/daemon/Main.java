package dev.postrider.daemon;

import dev.postrider.cli.Command;
import dev.postrider.cli.Invocation;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Entry point of every command: the first argument is the name it was called by. */
public final class Main {
  /** A failure of the machine, not of the user: try again (sysexits.h). */
  private static final int EX_TEMPFAIL = 75;

  private static final int EX_USAGE = 64;

  private Main() {}

  public static void main(String[] args) {
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    int code;
    if (args.length == 0) {
      err.println("postrider: fatal: usage: postrider command [argument ...]");
      code = EX_USAGE;
    } else {
      List<String> arguments = Arrays.asList(args).subList(1, args.length);
      code =
          run(
              new Invocation(
                  args[0],
                  arguments,
                  System.getenv(),
                  new FileInputStream(FileDescriptor.in),
                  out,
                  err));
    }
    out.flush();
    err.flush();
    // Not a plain return: a thread somebody forgot must not keep a command alive.
    Runtime.getRuntime().exit(code);
  }

  private static int run(Invocation call) {
    Optional<Command> command = Commands.find(call.name());
    if (command.isEmpty()) {
      call.err()
          .println(
              "postrider: fatal: unknown command: \"" + call.name() + "\" (try: postrider help)");
      return EX_USAGE;
    }
    try {
      return command.get().run(call);
    } catch (IOException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return EX_TEMPFAIL;
    } catch (InterruptedException e) {
      return EX_TEMPFAIL;
    } catch (RuntimeException e) {
      // Our bug. Temporary, so that a caller keeps its message; the trace is for whoever reports
      // it.
      call.fatal("internal error: " + e);
      for (StackTraceElement at : e.getStackTrace()) {
        call.err().println("  at " + at);
      }
      return EX_TEMPFAIL;
    }
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 8192),
        false,
        StandardCharsets.UTF_8);
  }
}
