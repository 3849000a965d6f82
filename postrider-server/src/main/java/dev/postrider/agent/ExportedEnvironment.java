package dev.postrider.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What commands inherit: of what import_environment let in, what export_environment lets out, and a
 * PATH. Stateless.
 */
public final class ExportedEnvironment {
  /** Where programs are sought that are named without a directory. */
  private static final String PATH = "/usr/bin:/bin";

  private ExportedEnvironment() {}

  /**
   * Makes it.
   *
   * @param imported {@code name} for a variable that the daemon was started with, {@code
   *     name=value} for a value of its own
   * @param exported {@code name} for a variable that is there after that, {@code name=value} for
   *     another value
   * @param configDirectory the value of MAIL_CONFIG
   */
  public static Map<String, String> of(
      List<String> imported, List<String> exported, String configDirectory) {
    Map<String, String> own = filtered(imported, System.getenv());
    own.put("MAIL_CONFIG", configDirectory);
    Map<String, String> environment = filtered(exported, own);
    environment.put("PATH", PATH);
    return environment;
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
