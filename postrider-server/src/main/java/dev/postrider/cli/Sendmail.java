package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.io.OwnUser;
import dev.postrider.pickup.CleanedContent;
import dev.postrider.pickup.HandOver;
import dev.postrider.pickup.HandedOver;
import dev.postrider.pickup.HeaderRecipients;
import dev.postrider.pickup.LocalHandOver;
import dev.postrider.pickup.Maildrop;
import dev.postrider.pickup.MaildropIntake;
import dev.postrider.pickup.SendmailArguments;
import dev.postrider.pickup.SendmailCall;
import dev.postrider.pickup.SendmailOptions;
import dev.postrider.pickup.Submitter;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * sendmail(1), mailq(1) and newaliases(1). The everyday hand-over is the shell script of the same
 * name, which comes here with all it does not do itself; what both do, they do alike.
 *
 * <p>Every fatal error ends with 75, as with Postfix: callers try again or keep the message.
 */
public final class Sendmail implements Command {
  private static final int EX_TEMPFAIL = 75;

  private final Map<String, Command> others;
  private final StandAloneDialog dialog;
  private final InstantSource clock;

  /**
   * @param others the commands this one calls: {@code postqueue}, {@code postalias}, {@code
   *     postfix}
   * @param dialog holds the dialog of {@code -bs}
   */
  public Sendmail(Map<String, Command> others, StandAloneDialog dialog, InstantSource clock) {
    this.others = Map.copyOf(others);
    this.dialog = dialog;
    this.clock = clock;
  }

  @Override
  public int run(Invocation invoked) throws IOException, InterruptedException {
    Invocation call = invoked.as("sendmail", arguments(invoked));
    SendmailCall parsed = SendmailArguments.parse(call.arguments());
    parsed.warnings().forEach(call::warning);
    return switch (parsed) {
      case SendmailCall.Misused(var _, String complaint, String fatal) -> {
        if (!complaint.isEmpty()) {
          call.err().println(complaint);
        }
        yield fatal(call, fatal);
      }
      case SendmailOptions options -> run(call, options);
    };
  }

  /** By the names mailq and newaliases it is sendmail with one more option. */
  private static List<String> arguments(Invocation invoked) {
    List<String> arguments = new ArrayList<>(invoked.arguments());
    switch (invoked.name()) {
      case "mailq" -> arguments.addFirst("-bp");
      case "newaliases" -> arguments.addFirst("-bi");
      default -> {
        // sendmail, or whatever a link to it is called.
      }
    }
    return arguments;
  }

  private int run(Invocation call, SendmailOptions options)
      throws IOException, InterruptedException {
    Config config;
    try {
      config =
          Config.load(ConfigDirectory.of(call, Optional.ofNullable(options.configDirectory())));
    } catch (ConfigException e) {
      return fatal(call, String.valueOf(e.getMessage()));
    }
    return switch (options.mode()) {
      case ENQUEUE -> deliveryMode(call, options, config);
      case LIST_QUEUE -> other(call, "postqueue", config, List.of("-p"));
      case FLUSH_QUEUE -> other(call, "postqueue", config, List.of("-f"));
      case NEW_ALIASES -> newAliases(call, options, config);
      case DAEMON -> other(call, "postfix", config, List.of("start"));
      case STAND_ALONE -> {
        dialog.run(call.in(), call.out(), config, new MaildropIntake(Maildrop.of(config), clock));
        seeToDaemon(config);
        yield 0;
      }
      case ADDRESS_TEST ->
          other(
              call,
              "explain",
              config,
              options.recipients().isEmpty() ? List.of("-") : afterOptions(options.recipients()));
      case IGNORE -> 0;
    };
  }

  private static List<String> afterOptions(List<String> operands) {
    List<String> all = new ArrayList<>(List.of("--"));
    all.addAll(operands);
    return all;
  }

  private int other(Invocation call, String name, Config config, List<String> arguments)
      throws IOException, InterruptedException {
    Command command = others.get(name);
    if (command == null) {
      throw new IllegalStateException("sendmail was made without " + name);
    }
    List<String> all = new ArrayList<>(List.of("-c", config.directory().toString()));
    all.addAll(arguments);
    return command.run(call.as(name, all));
  }

  private int newAliases(Invocation call, SendmailOptions options, Config config)
      throws IOException, InterruptedException {
    String named = options.aliasDatabase();
    List<String> tables = named == null ? config.list("alias_database") : List.of(named);
    if (tables.isEmpty()) {
      return 0;
    }
    List<String> arguments = new ArrayList<>(List.of("--"));
    arguments.addAll(tables);
    return other(call, "postalias", config, arguments);
  }

  private int deliveryMode(Invocation call, SendmailOptions options, Config config)
      throws IOException, InterruptedException {
    String site = options.flushSite();
    if (site != null) {
      return other(call, "postqueue", config, List.of("-s", site));
    }
    String id = options.flushId();
    return id != null
        ? other(call, "postqueue", config, List.of("-i", id))
        : enqueue(call, options, config);
  }

  private int enqueue(Invocation call, SendmailOptions options, Config config) throws IOException {
    Submitter caller = Submitter.of(OwnUser.uid());
    String who = caller.login() + "(" + caller.uid() + "): ";
    LocalHandOver handOver = new LocalHandOver(config, caller);
    Optional<String> refusal = handOver.refusal();
    if (refusal.isPresent()) {
      return fatal(call, refusal.get());
    }
    String unsupported = unsupported(options);
    if (!unsupported.isEmpty()) {
      return fatal(call, who + unsupported);
    }
    if (options.recipients().isEmpty() && !options.recipientsFromHeader()) {
      return fatal(
          call,
          who + "Recipient addresses must be specified on the command line or via the -t option");
    }
    HandedOver outcome;
    try {
      outcome = take(call, options, handOver);
    } catch (IOException e) {
      return fatal(call, who + "error reading input: " + MailReason.of(e));
    }
    if (outcome == null) {
      return fatal(call, who + "No recipient addresses found in message header");
    }
    if (!HandOver.isCurrent(config.directory())) {
      HandOver.refreshIfAllowed(config.directory());
    }
    return switch (outcome) {
      case HandedOver.Stored _ -> {
        seeToDaemon(config);
        if (options.wantsReport()) {
          call.out()
              .println("Mail Delivery Status Report will be mailed to <" + caller.login() + ">.");
        }
        yield 0;
      }
      case HandedOver.TooBig _ -> {
        // Three lines where one would do: scripts look for Postfix's.
        call.err().println("postdrop: warning: uid=" + caller.uid() + ": File too large");
        call.warning("mail_stream_cleanup: close error");
        yield fatal(call, who + "message file too big");
      }
      case HandedOver.Failed(String reason) -> fatal(call, who + reason);
    };
  }

  private static void seeToDaemon(Config config) {
    if (config.flag("postrider_autostart")) {
      try {
        new DaemonProcess(config).startOnDemand();
      } catch (IOException e) {
        // The message is stored, and the next one tries again.
        return;
      }
    }
  }

  /** Null when -t found nobody. */
  private static @Nullable HandedOver take(
      Invocation call, SendmailOptions options, LocalHandOver handOver) throws IOException {
    if (options.verify()) {
      // As Postfix: standard input is not read, the probe is a message of its own.
      return submit(call, handOver, new ByteArrayInputStream(probe(options)));
    }
    InputStream content = new CleanedContent(new BufferedInputStream(call.in()), options.dotEnds());
    if (options.recipientsFromHeader()) {
      HeaderRecipients recipients = HeaderRecipients.read(content);
      if (!recipients.any() && options.recipients().isEmpty()) {
        return null;
      }
      content = recipients.whole();
    }
    return submit(call, handOver, content);
  }

  private static HandedOver submit(Invocation call, LocalHandOver handOver, InputStream content)
      throws IOException {
    return handOver.submit(call.environment().getOrDefault("NAME", ""), call.arguments(), content);
  }

  /** What the report of -bv returns; nobody else ever sees it. */
  private static byte[] probe(SendmailOptions options) {
    String to = String.join(",\n\t", options.recipients()).replace("\0", "");
    return ("Subject: probe\nTo: " + to + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What would be ignored at the sender's cost; empty if there is nothing such. */
  private static String unsupported(SendmailOptions options) {
    if (options.requireTls()) {
      return "-O requiretls=yes cannot be promised: set smtp_tls_security_level = encrypt instead";
    }
    if (options.verpDelimiters() != null && options.recipientsFromHeader()) {
      return "-XV needs its recipients on the command line: it cannot go with -t";
    }
    return "";
  }

  private static int fatal(Invocation call, String text) {
    call.fatal(text);
    return EX_TEMPFAIL;
  }
}
