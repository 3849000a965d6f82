package dev.postrider.pickup;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A login account.
 *
 * @param uid the kernel's number
 * @param login its name; the number in digits if it has none
 * @param fullName of the GECOS field, may be empty
 */
public record Account(long uid, String login, String fullName) {
  private static final Path PASSWD = Path.of("/etc/passwd");

  /** The account of a uid. One without a name is no error: containers have such. */
  public static Account of(long uid) {
    String number = Long.toString(uid);
    Account found = find(number, fields -> fields[2].equals(number));
    return found != null ? found : new Account(uid, number, "");
  }

  /** The account of a name, or of a number in digits; null if there is none. */
  static @Nullable Account named(String name) {
    Account found = find(name, fields -> fields[0].equals(name));
    if (found != null) {
      return found;
    }
    return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9')
        ? of(Long.parseLong(name))
        : null;
  }

  private static @Nullable Account find(String key, Predicate<String[]> matches) {
    try (BufferedReader reader = Files.newBufferedReader(PASSWD, StandardCharsets.ISO_8859_1)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Account account = account(line, matches);
        if (account != null) {
          return account;
        }
      }
    } catch (IOException e) {
      // Without a readable passwd file there may still be a directory service.
    }
    return directory(key, matches);
  }

  /** Accounts that only LDAP, systemd or the like know: by the one program that asks them all. */
  private static @Nullable Account directory(String key, Predicate<String[]> matches) {
    try {
      Process getent =
          new ProcessBuilder("getent", "passwd", key)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String line = new String(getent.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return account(line.strip(), matches);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Account account(String line, Predicate<String[]> matches) {
    String[] fields = line.split(":", -1);
    if (fields.length < 5 || !matches.test(fields)) {
      return null;
    }
    try {
      byte[] gecos = fields[4].getBytes(StandardCharsets.ISO_8859_1);
      return new Account(
          Long.parseLong(fields[2]),
          fields[0],
          fullName(new String(gecos, StandardCharsets.UTF_8), fields[0]));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The name in a GECOS field: up to the first comma or such, an ampersand being the login. */
  private static String fullName(String gecos, String login) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < gecos.length() && ",;%".indexOf(gecos.charAt(i)) < 0; i++) {
      if (gecos.charAt(i) == '&' && !login.isEmpty()) {
        name.append(login.substring(0, 1).toUpperCase(Locale.ROOT)).append(login.substring(1));
      } else {
        name.append(gecos.charAt(i));
      }
    }
    return name.toString().strip();
  }
}
