package dev.postrider.daemon;

import dev.postrider.config.BounceTemplates;
import dev.postrider.config.Config;
import dev.postrider.config.ConfigCheck;
import dev.postrider.config.ConfigException;
import dev.postrider.config.MasterConfig;
import dev.postrider.config.ServiceEntry;
import dev.postrider.policy.AccessPolicy;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What is wrong with a configuration, before anything is started with it. */
final class ConfigProblems {
  private ConfigProblems() {}

  static void check(Config config, Consumer<String> warnings, Consumer<String> errors) {
    try {
      // A missing master.cf is no fault: the start writes the usual one.
      MasterConfig master =
          Files.exists(config.directory().resolve("master.cf"))
              ? MasterConfig.load(config.directory())
              : new MasterConfig(List.of(), List.of());
      ConfigCheck found = ConfigCheck.of(config, master);
      found.warnings().forEach(warnings);
      found.errors().forEach(errors);
      TableProblems.check(config, warnings);
      List<String> templates = new ArrayList<>();
      BounceTemplates _ = BounceTemplates.configured(config, templates);
      templates.forEach(warnings);
      for (ServiceEntry service : Assembly.listeners(config, master.enabled(config)).keySet()) {
        if (found.errors().isEmpty()) {
          AccessPolicy.check(config.forService(service));
        }
      }
    } catch (ConfigException e) {
      errors.accept(String.valueOf(e.getMessage()));
    }
  }
}
