package dev.postrider.setup;

import dev.postrider.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What main.cf and the alias file have to say so that mail goes out without a provider. Immutable.
 */
public final class DirectSetup {
  private final Config config;
  private final String hostName;
  private final Path root;

  /**
   * @param config as it is
   * @param hostName by which this machine greets
   * @param root where the system's files are, {@code /} but in tests
   */
  public DirectSetup(Config config, String hostName, Path root) {
    this.config = config;
    this.hostName = hostName;
    this.root = root;
  }

  /** The domain that root's mail and the like comes from. */
  public String domain() {
    return config.isSet("myorigin")
        ? config.with(Map.of("myhostname", hostName)).text("myorigin")
        : hostName;
  }

  /** The parameters to set, in the order of a guide. */
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("myhostname", hostName);
    if (!config.isSet("myorigin")) {
      // Its alias for root counts, and SPF of one name is all that is wanted.
      settings.put("myorigin", "$myhostname");
    }
    settings.put("relayhost", "");
    // Between servers that do not know each other nothing stricter delivers everywhere.
    settings.put("smtp_tls_security_level", "may");
    if (config.isSet("smtp_tls_wrappermode")) {
      settings.put("smtp_tls_wrappermode", "no");
    }
    if (config.isSet(SenderMaps.NAME)) {
      settings.put(SenderMaps.NAME, SenderMaps.without(config));
    }
    return settings;
  }

  /**
   * Adds it all to some changes.
   *
   * @param rootTo who gets root's mail; nobody new if empty
   */
  public void addTo(ChangeSet changes, Optional<String> rootTo) throws IOException {
    changes.settings(settings());
    new AliasFile(config, root).addTo(changes, rootTo);
  }
}
