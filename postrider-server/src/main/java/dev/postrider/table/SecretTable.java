package dev.postrider.table;

import dev.postrider.config.ConfigException;
import dev.postrider.secret.SecretLogin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code secret:file}: an index of logins, whose answer is {@code user source}; it holds no secret
 * and gives none. A line that cannot be read makes its own key unavailable: as if there were no
 * login, mail would go out without one and come back.
 *
 * @param path for messages
 */
record SecretTable(String path, Map<String, Lookup> logins, Map<String, Integer> lines)
    implements Content {
  /** Reads the source. */
  static Loaded parse(String path, byte[] bytes, boolean utf8) {
    SourceText source = MapSource.parse(path, bytes, utf8);
    Map<String, Lookup> logins = new HashMap<>();
    Map<String, Integer> lines = new HashMap<>();
    List<String> faults = new ArrayList<>(source.faults());
    List<String> notes = new ArrayList<>();
    for (SourceEntry entry : source.entries()) {
      String key = Keys.fold(entry.key());
      String place = path + ", line " + entry.line();
      if (logins.containsKey(key)) {
        notes.add(place + ": duplicate entry: \"" + entry.key() + "\"");
        continue;
      }
      lines.put(key, entry.line());
      try {
        logins.put(key, new Lookup.Found(SecretLogin.parse(entry.value()).text()));
      } catch (ConfigException e) {
        faults.add(place + ": " + e.getMessage());
        logins.put(key, new Lookup.Unavailable(place + ": " + e.getMessage()));
      }
    }
    return new Loaded(new SecretTable(path, logins, lines), faults, notes);
  }

  @Override
  public Lookup lookup(String key) {
    @Nullable Lookup answer = logins.get(Keys.fold(key));
    return answer == null ? new Lookup.NotFound() : answer;
  }

  @Override
  public int line(String key) {
    return lines.getOrDefault(Keys.fold(key), 0);
  }
}
