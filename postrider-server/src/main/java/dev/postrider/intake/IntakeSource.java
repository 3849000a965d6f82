package dev.postrider.intake;

import dev.postrider.config.Config;
import dev.postrider.mapping.AddressMappings;
import dev.postrider.table.TableSource;

/** One reading of the settings that intake works by. Immutable; a reload makes another. */
public record IntakeSource(Config config, AddressMappings mappings) {
  /** Opens the tables that the settings name. */
  public static IntakeSource of(Config config, TableSource tables) {
    return new IntakeSource(config, new AddressMappings(config, tables));
  }
}
