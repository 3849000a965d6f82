package dev.postrider.migrate;

import java.util.Optional;

/** Reads the configuration of one mail program. */
@FunctionalInterface
public interface ForeignConfig {
  /**
   * Reads it.
   *
   * @return empty if there is none
   * @throws ForeignFileException if a file is there and cannot be read
   */
  Optional<Migration> read(Sources sources) throws ForeignFileException;

  /** The programs by the names that a person gives. */
  static Optional<ForeignConfig> of(String name) {
    return switch (name) {
      case "msmtp" -> Optional.of(sources -> new MsmtpConfig(sources).read());
      case "nullmailer" -> Optional.of(sources -> new NullmailerConfig(sources).read());
      case "dma" -> Optional.of(sources -> new DmaConfig(sources).read());
      case "ssmtp" -> Optional.of(sources -> new SsmtpConfig(sources).read());
      case "exim-smarthost" -> Optional.of(sources -> new EximConfig(sources).read());
      default -> Optional.empty();
    };
  }
}
