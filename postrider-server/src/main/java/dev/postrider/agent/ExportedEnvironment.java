package dev.postrider.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What commands inherit: nothing but what export_environment names, and a PATH. Stateless. */
public final class ExportedEnvironment {
  /** Where programs are sought that are named without a directory. */
  private static final String PATH = "/usr/bin:/bin";

  private ExportedEnvironment() {}

  /**
   * Makes it.
   *
   * @param exported {@code name} for the daemon's own value, {@code name=value} for another
   * @param configDirectory the value of MAIL_CONFIG
   */
  public static Map<String, String> of(List<String> exported, String configDirectory) {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String each : exported) {
      String text =
          each.startsWith("{") && each.endsWith("}")
              ? each.substring(1, each.length() - 1).strip()
              : each;
      int equals = text.indexOf('=');
      if (equals > 0) {
        environment.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
        continue;
      }
      @Nullable String own = text.equals("MAIL_CONFIG") ? configDirectory : System.getenv(text);
      if (own != null) {
        environment.put(text, own);
      }
    }
    environment.put("PATH", PATH);
    return environment;
  }
}
