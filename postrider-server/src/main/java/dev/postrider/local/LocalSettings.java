package dev.postrider.local;

import dev.postrider.agent.ExportedEnvironment;
import dev.postrider.config.Config;
import dev.postrider.route.Rewriter;
import dev.postrider.table.RecipientDelimiter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What main.cf says of local delivery. Immutable. */
final class LocalSettings {
  final String service;
  final String origin;

  /** Completes the addresses of lists. */
  final Rewriter rewriter;

  final String delimiters;
  final RecipientDelimiter separator;
  final int duplicateLimit;
  final int lineLimit;
  final boolean frozenDeliveredTo;
  final boolean ownerRequestSpecial;
  final boolean expandOwnerAlias;
  final boolean resetOwnerAlias;
  final boolean requireHome;
  final Set<Source> commandsFrom;
  final Set<Source> filesFrom;
  final Set<Source> extensionsTo;
  final Set<Placement> deliveredHeader;
  final boolean tellsOriginal;
  final List<String> forwardPath;
  final String forwardFilter;
  final String luserRelay;
  final String mailboxTransport;
  final String mailboxCommand;
  final String homeMailbox;
  final String spoolDirectory;
  final boolean sieve;
  final String sieveDirectory;

  /** Where it is kept whom users' scripts have answered. */
  final Path answerDirectory;

  final String fallbackTransport;
  final String defaultPrivileges;
  final String commandShell;
  final String commandDirectory;
  final String commandFilter;
  final String directoryFilter;
  final Duration commandLimit;

  /** What every command inherits. */
  final Map<String, String> environment;

  final long mailboxLimit;

  /** Where a Delivered-To line may stand. */
  enum Placement {
    COMMAND,
    FILE,
    FORWARD
  }

  LocalSettings(Config config) {
    this.service = config.text("service_name").isEmpty() ? "local" : config.text("service_name");
    this.origin = config.text("myorigin");
    this.rewriter = new Rewriter(config);
    this.delimiters = config.text("recipient_delimiter");
    this.separator = RecipientDelimiter.of(config);
    this.duplicateLimit = config.number("duplicate_filter_limit");
    this.lineLimit = config.number("line_length_limit");
    this.frozenDeliveredTo = config.flag("frozen_delivered_to");
    this.ownerRequestSpecial = config.flag("owner_request_special");
    this.expandOwnerAlias = config.flag("expand_owner_alias");
    this.resetOwnerAlias = config.flag("reset_owner_alias");
    this.requireHome = config.flag("require_home_directory");
    this.commandsFrom = sources(config, "allow_mail_to_commands");
    this.filesFrom = sources(config, "allow_mail_to_files");
    this.extensionsTo = sources(config, "propagate_unmatched_extensions");
    this.deliveredHeader = placements(config);
    this.tellsOriginal = config.flag("enable_original_recipient");
    this.forwardPath = config.list("forward_path");
    this.forwardFilter = config.text("forward_expansion_filter");
    this.luserRelay = config.text("luser_relay");
    this.mailboxTransport = config.text("mailbox_transport");
    this.mailboxCommand = config.text("mailbox_command");
    this.homeMailbox = config.text("home_mailbox");
    this.spoolDirectory = config.text("mail_spool_directory");
    this.sieve = config.flag("postrider_sieve");
    this.sieveDirectory = config.text("sieve_dir");
    this.answerDirectory = Path.of(config.text("data_directory"), "vacation");
    this.fallbackTransport = config.text("fallback_transport");
    this.defaultPrivileges = config.text("default_privs");
    this.commandShell = config.text("local_command_shell");
    this.commandDirectory = config.text("command_execution_directory");
    this.commandFilter = config.text("command_expansion_filter");
    this.directoryFilter = config.text("execution_directory_expansion_filter");
    this.commandLimit = config.time("command_time_limit");
    this.environment = Collections.unmodifiableMap(ExportedEnvironment.of(config));
    this.mailboxLimit = config.size("mailbox_size_limit");
  }

  private static Set<Source> sources(Config config, String parameter) {
    Set<Source> found = EnumSet.noneOf(Source.class);
    for (String word : config.list(parameter)) {
      for (Source source : Source.values()) {
        if (source.word().equalsIgnoreCase(word) && source != Source.RECIPIENT) {
          found.add(source);
        }
      }
    }
    return found;
  }

  private static Set<Placement> placements(Config config) {
    Set<Placement> found = EnumSet.noneOf(Placement.class);
    for (String word : config.list("prepend_delivered_header")) {
      for (Placement placement : Placement.values()) {
        if (placement.name().equals(word.toUpperCase(Locale.ROOT))) {
          found.add(placement);
        }
      }
    }
    return found;
  }
}
