package dev.postrider.cli;

import dev.postrider.config.Config;
import dev.postrider.table.TableSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an instance keeps its logins: the index that {@code smtp_sasl_password_maps} names, and a
 * private directory beside it. Immutable.
 *
 * @param index may not exist yet
 * @param listed whether main.cf names it
 */
record SecretPlaces(Path index, boolean listed) {
  private static final String TYPE = "secret:";

  /**
   * Of an instance.
   *
   * @param table the file that the caller names, if so
   */
  static SecretPlaces of(Config config, Optional<String> table) {
    List<String> maps = config.list("smtp_sasl_password_maps");
    Optional<Path> first =
        maps.stream()
            .filter(spec -> spec.startsWith(TYPE))
            .map(spec -> Path.of(TableSpec.parse(spec, "").name()))
            .findFirst();
    Path index =
        table
            .map(name -> Path.of(name.startsWith(TYPE) ? name.substring(TYPE.length()) : name))
            .map(Path::toAbsolutePath)
            .or(() -> first)
            .orElseGet(() -> config.directory().resolve("secrets"));
    return new SecretPlaces(index, maps.contains(TYPE + index));
  }

  /** The file for the secret of a login, by a name that anybody may see. */
  Path file(String key, String user) {
    StringBuilder name = new StringBuilder();
    for (byte octet : (user + " at " + key).getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || "@_-.".indexOf(c) >= 0;
      name.append(plain ? Character.toLowerCase(c) : '_');
    }
    String tidy = name.toString().replaceAll("_+", "_").replaceAll("^[_.]+|_$", "");
    return index
        .resolveSibling(index.getFileName() + ".d")
        .resolve(tidy.isEmpty() ? "login" : tidy.toLowerCase(Locale.ROOT));
  }
}
