package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.log.MailLog;
import dev.postrider.spool.QueueId;
import dev.postrider.spool.SegmentSpool;
import dev.postrider.spool.SpoolView;
import dev.postrider.spool.StoredMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** postcat(1): shows a message of the queue. Works with and without a daemon. */
public final class Postcat implements Command {
  private static final String USAGE =
      "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)]"
          + " [-e (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]";
  private static final MailLog NOWHERE = (severity, process, text) -> {};

  @Override
  public int run(Invocation call) {
    Getopt options = new Getopt(call.arguments(), "bc:dehoqv");
    Optional<String> directory = Optional.empty();
    Set<Character> flags = new HashSet<>();
    for (var next = options.next(); next.isPresent(); next = options.next()) {
      Getopt.Option option = next.get();
      switch (option.letter()) {
        case 'c' -> directory = Optional.of(option.value());
        case ':' -> {
          call.err().println("postcat: option requires an argument -- '" + option.value() + "'");
          return fatal(call, USAGE);
        }
        case '?' -> {
          call.err().println("postcat: invalid option -- '" + option.value() + "'");
          return fatal(call, USAGE);
        }
        default -> flags.add(option.letter());
      }
    }
    if (!flags.contains('q')) {
      return notInTheQueue(call, options);
    }
    try {
      Config config = Config.load(ConfigDirectory.of(call, directory));
      MessageDump dump =
          new MessageDump(
              call.out(), flags, ZoneId.systemDefault(), config.flag("enable_long_queue_ids"));
      return show(call, Path.of(config.text("queue_directory")), options, dump);
    } catch (ConfigException | IOException e) {
      return fatal(call, String.valueOf(e.getMessage()));
    }
  }

  private static int show(Invocation call, Path queueDirectory, Getopt options, MessageDump dump)
      throws IOException {
    String current = "";
    List<QueueId> wanted =
        options.operands().stream().map(QueueId::parse).flatMap(Optional::stream).toList();
    try (SpoolView spool = SegmentSpool.readOnly(queueDirectory, wanted, NOWHERE)) {
      for (String name : options.operands()) {
        current = name;
        Optional<StoredMessage> message = QueueId.parse(name).flatMap(spool::find);
        if (message.isEmpty()) {
          return fatal(call, "open queue file " + name + ": No such file or directory");
        }
        dump.print(message.get());
      }
      return 0;
    } catch (UncheckedIOException e) {
      return fatal(call, String.valueOf(e.getMessage()));
    } catch (AccessDeniedException e) {
      String name = current.isEmpty() ? String.join(" ", options.operands()) : current;
      return fatal(call, "open queue file " + name + ": Permission denied");
    }
  }

  /** Without -q, Postfix's reads its queue files by their names; there are none here. */
  private static int notInTheQueue(Invocation call, Getopt options) {
    for (String name : options.operands()) {
      return fatal(
          call,
          Files.exists(Path.of(name))
              ? name + " is no message of the queue: use postcat -q ID (postqueue -p has the ids)"
              : "open " + name + ": No such file or directory");
    }
    return fatal(call, "name a message: postcat -q ID (postqueue -p has the ids)");
  }

  private static int fatal(Invocation call, String text) {
    call.fatal(text);
    return 1;
  }
}
