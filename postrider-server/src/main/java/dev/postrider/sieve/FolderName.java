package dev.postrider.sieve;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a folder as a script spells it, and where IMAP servers keep it. No name leads out of
 * the mailbox. Immutable.
 *
 * @param name parts joined by {@code /}; in a maildir {@code .} parts them too
 */
public record FolderName(String name) {
  /** Octets of a file name that every file system takes, with room for what is put around it. */
  private static final int MOST_OCTETS = 200;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public FolderName {
    @Nullable String problem = problem(name);
    if (problem != null) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** Why no folder can be called that, or null. */
  static @Nullable String problem(String name) {
    if (name.isEmpty()) {
      return "a folder needs a name";
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      return "the name of a folder has a control character";
    }
    String quoted = "\"" + name + "\"";
    if (name.startsWith("~") || name.startsWith("/")) {
      return "folder "
          + quoted
          + " begins with "
          + name.charAt(0)
          + ": name it without, it is always one of the mailbox";
    }
    for (String part : name.split("[/.]", -1)) {
      if (part.isBlank()) {
        return "folder " + quoted + " has an empty part: put a name between the dots or slashes";
      }
      if (!part.equals(part.strip())) {
        return "folder " + quoted + " has a part that begins or ends with a space";
      }
    }
    if (encoded(name).getBytes(StandardCharsets.UTF_8).length > MOST_OCTETS) {
      return "the name of a folder has more than " + MOST_OCTETS + " octets";
    }
    return null;
  }

  /** Whether it is the mailbox itself. */
  public boolean isInbox() {
    return name.equalsIgnoreCase("INBOX");
  }

  /**
   * Where a Maildir++ has it.
   *
   * @param maildir of the mailbox
   */
  public Path maildir(Path maildir) {
    return maildir.resolve("." + encoded(name.replace('/', '.')));
  }

  /**
   * Where it is beside an mbox.
   *
   * @param home of the user
   */
  public Path mbox(Path home) {
    Path file = home.resolve("mail");
    for (String part : parts()) {
      file = file.resolve(encoded(part));
    }
    return file;
  }

  private List<String> parts() {
    return List.of(name.split("/"));
  }

  /** Modified UTF-7 (RFC 3501 §5.1.3), which is how IMAP servers spell names on the disk. */
  static String encoded(String name) {
    StringBuilder out = new StringBuilder(name.length());
    List<Character> others = new ArrayList<>();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < ' ' || c > '~') {
        others.add(c);
        continue;
      }
      flush(others, out);
      out.append(c == '&' ? "&-" : String.valueOf(c));
    }
    flush(others, out);
    return out.toString();
  }

  private static void flush(List<Character> others, StringBuilder out) {
    if (others.isEmpty()) {
      return;
    }
    byte[] octets = new byte[2 * others.size()];
    for (int i = 0; i < others.size(); i++) {
      octets[2 * i] = (byte) (others.get(i) >> 8);
      octets[2 * i + 1] = (byte) (int) others.get(i);
    }
    out.append('&')
        .append(Base64.getEncoder().withoutPadding().encodeToString(octets).replace('/', ','))
        .append('-');
    others.clear();
  }

  @Override
  public String toString() {
    return name;
  }
}
