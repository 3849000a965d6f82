package dev.postrider.local;

import dev.postrider.config.Config;
import dev.postrider.config.ConfigException;
import dev.postrider.table.LookupTable;
import dev.postrider.table.Tables;

/**
 * The tables that give single users another transport or command. Safe on any thread.
 *
 * @param transports mailbox_transport_maps
 * @param commands mailbox_command_maps
 * @param fallbacks fallback_transport_maps
 */
record MailboxMaps(LookupTable transports, LookupTable commands, LookupTable fallbacks) {
  static MailboxMaps open(Config config, Tables tables) throws ConfigException {
    return new MailboxMaps(
        tables.fixedChain(config.list("mailbox_transport_maps")),
        tables.fixedChain(config.list("mailbox_command_maps")),
        tables.fixedChain(config.list("fallback_transport_maps")));
  }
}
