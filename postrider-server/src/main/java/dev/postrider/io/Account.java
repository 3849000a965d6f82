package dev.postrider.io;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A user of this machine. Immutable.
 *
 * @param name as the machine spells it
 * @param uid the user's number
 * @param gid the user's own group
 * @param home may not exist
 * @param line the entry as passwd(5) has it, an octet a character
 */
public record Account(String name, long uid, long gid, Path home, String line) {
  private static final int GECOS = 4;

  /**
   * The person's name of the GECOS field, which may be empty: up to the first comma or such, an
   * ampersand being the login.
   */
  public String fullName() {
    String[] fields = line.split(":", -1);
    // macOS: class, change and expire stand before.
    int at = fields.length > 7 ? GECOS + 3 : GECOS;
    if (at >= fields.length) {
      return "";
    }
    String gecos =
        new String(fields[at].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    StringBuilder full = new StringBuilder();
    for (int i = 0; i < gecos.length() && ",;%".indexOf(gecos.charAt(i)) < 0; i++) {
      if (gecos.charAt(i) == '&' && !name.isEmpty()) {
        full.append(name.substring(0, 1).toUpperCase(Locale.ROOT)).append(name.substring(1));
      } else {
        full.append(gecos.charAt(i));
      }
    }
    return full.toString().strip();
  }
}
