package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** postlog(1): writes a line into the mail log, for scripts. */
public final class Postlog implements Command {
  /** Opens the mail log of a configuration; closed when the command ends. */
  @FunctionalInterface
  public interface LogOpener {
    /**
     * Opens the log under a tag of the caller's.
     *
     * @param tag the program's name in the line, used instead of {@code syslog_name/process}
     */
    OpenLog open(Config config, String tag) throws UnusableLogException;
  }

  /** The log cannot be written; the message names it and says why. */
  public static final class UnusableLogException extends IOException {
    private static final long serialVersionUID = 1;

    public UnusableLogException(IOException cause) {
      super(cause.getMessage(), cause);
    }
  }

  /** A log and the way to end it. */
  public interface OpenLog extends AutoCloseable {
    MailLog log();

    @Override
    void close();
  }

  private final LogOpener opener;

  public Postlog(LogOpener opener) {
    this.opener = opener;
  }

  @Override
  public int run(Invocation call) throws IOException {
    Getopt options = new Getopt(call.arguments(), "c:ip:t:v");
    Optional<String> directory = Optional.empty();
    String priority = "info";
    String tag = call.environment().getOrDefault("MAIL_LOGTAG", "postlog");
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      Getopt.Option option = next.get();
      switch (option.letter()) {
        case 'c' -> directory = Optional.of(option.value());
        case 'p' -> priority = option.value();
        case 't' -> tag = option.value();
        case 'i', 'v' -> {
          // The process id is in every line anyway; more detail there is not.
        }
        default -> {
          call.err().println("postlog: invalid option -- '" + option.value() + "'");
          call.err()
              .println(
                  "postlog: fatal: usage: postlog [-c config_dir] [-i] [-p priority] [-t tag] [-v]"
                      + " [text]");
          return 1;
        }
      }
    }
    Optional<MailLog.Severity> severity = severity(priority);
    if (severity.isEmpty()) {
      call.err()
          .println(
              "postlog: fatal: bad priority \""
                  + priority
                  + "\" (use info, warn, error, fatal or panic)");
      return 1;
    }
    try (OpenLog open = opener.open(Config.load(ConfigDirectory.of(call, directory)), tag)) {
      if (!options.operands().isEmpty()) {
        write(call, open.log(), severity.get(), tag, String.join(" ", options.operands()));
        return 0;
      }
      BufferedReader in =
          new BufferedReader(new InputStreamReader(call.in(), StandardCharsets.UTF_8));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        write(call, open.log(), severity.get(), tag, line);
      }
      return 0;
    } catch (ConfigException e) {
      call.fatal(String.valueOf(e.getMessage()));
      return 1;
    }
  }

  private static void write(
      Invocation call, MailLog log, MailLog.Severity severity, String tag, String text) {
    log.log(severity, "", text);
    if (call.errIsTerminal()) {
      String word =
          switch (severity) {
            case INFO -> "";
            case WARNING -> "warning: ";
            case ERROR -> "error: ";
          };
      call.err().println(tag + ": " + word + text);
    }
  }

  private static Optional<MailLog.Severity> severity(String priority) {
    return switch (priority) {
      case "info" -> Optional.of(MailLog.Severity.INFO);
      case "warn", "warning" -> Optional.of(MailLog.Severity.WARNING);
      case "error", "fatal", "panic" -> Optional.of(MailLog.Severity.ERROR);
      default -> Optional.empty();
    };
  }
}
