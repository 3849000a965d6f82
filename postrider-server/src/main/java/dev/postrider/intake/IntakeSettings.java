package dev.postrider.intake;

import dev.postrider.config.Config;
import dev.postrider.mapping.AddressMappings;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What intake takes from main.cf, read once per snapshot. Immutable. */
final class IntakeSettings {
  final AddressMappings mappings;
  final String hostName;
  final ReceivedHeader received;
  final Set<String> droppedHeaders;
  final String undisclosedRecipients;
  final boolean alwaysComplete;
  final boolean obsoleteFrom;
  final boolean longIds;
  final int headerLimit;
  final int hopLimit;
  final int duplicateLimit;

  /** Whether two recipients that were given differently stay two. */
  final boolean keepsOriginal;

  final long sizeLimit;
  final long minimumFree;

  IntakeSettings(IntakeSource source) {
    this.mappings = source.mappings();
    Config config = source.config();
    hostName = config.text("myhostname");
    received =
        new ReceivedHeader(
            hostName,
            config.text("mail_name"),
            config.flag("smtpd_sasl_authenticated_header"),
            config.flag("smtpd_tls_received_header"));
    droppedHeaders = new HashSet<>();
    for (String name : config.list("message_drop_headers")) {
      droppedHeaders.add(name.toLowerCase(Locale.ROOT));
    }
    undisclosedRecipients = config.text("undisclosed_recipients_header");
    alwaysComplete = config.flag("always_add_missing_headers");
    obsoleteFrom = config.text("header_from_format").equals("obsolete");
    longIds = config.flag("enable_long_queue_ids");
    headerLimit = config.number("header_size_limit");
    hopLimit = config.number("hopcount_limit");
    keepsOriginal = config.flag("enable_original_recipient");
    duplicateLimit = config.number("duplicate_filter_limit");
    sizeLimit = config.size("message_size_limit");
    minimumFree = config.size("queue_minfree");
  }
}
