package dev.postrider.agent;

import dev.postrider.config.Config;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What every command inherits: of what import_environment let in, what export_environment lets out,
 * and a PATH. Stateless.
 */
public final class ExportedEnvironment {
  /**
   * Where programs are sought that are named without a directory, whatever the daemon's own PATH
   * is.
   */
  public static final String PATH = "/usr/bin:/bin";

  private ExportedEnvironment() {}

  /**
   * Makes it. In either list {@code name} stands for a variable that is there, {@code name=value}
   * for a value of its own. The map is the caller's, to add to.
   */
  public static Map<String, String> of(Config config) {
    Map<String, String> own = imported(config, System.getenv());
    own.put("MAIL_CONFIG", config.directory().toString());
    Map<String, String> environment = filtered(config.list("export_environment"), own);
    environment.put("PATH", PATH);
    return environment;
  }

  /**
   * What import_environment lets in. The map is the caller's, to add to.
   *
   * @param environment from outside
   */
  public static Map<String, String> imported(Config config, Map<String, String> environment) {
    return filtered(config.list("import_environment"), environment);
  }

  private static Map<String, String> filtered(List<String> wanted, Map<String, String> from) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String each : wanted) {
      String text =
          each.startsWith("{") && each.endsWith("}")
              ? each.substring(1, each.length() - 1).strip()
              : each;
      int equals = text.indexOf('=');
      if (equals > 0) {
        environment.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
        continue;
      }
      @Nullable String value = from.get(text);
      if (value != null) {
        environment.put(text, value);
      }
    }
    return environment;
  }
}
