package dev.postrider.table;

import dev.postrider.io.ReadRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may write the entries of a table, and so in whose name they act where entries are commands
 * (aliases(5)). Immutable.
 */
public sealed interface TableOwner {
  /** Only who may write main.cf, or root. */
  record Trusted() implements TableOwner {}

  /** A user. */
  record User(long uid) implements TableOwner {}

  /** Nobody can say: a server's table, or a file that cannot be looked at. */
  record Unknown(String reason) implements TableOwner {}

  /** Whose value stands in main.cf, or belongs to the system. */
  Set<String> INSIDE = Set.of("inline", "static", "unix", "environ", "fail");

  /** Whose entries come from whoever answers. */
  Set<String> REMOTE = Set.of("tcp", "socketmap");

  /**
   * Finds the owner of a table's source; of its compiled file where there is no source.
   *
   * @param text {@code type:name} as main.cf has it
   * @param defaultType for a name without a type
   */
  static TableOwner of(String text, String defaultType, ReadRights rights) {
    TableSpec spec = TableSpec.parse(text, defaultType);
    @Nullable String inner = TableSpec.braced(spec.name());
    if (INSIDE.contains(spec.type()) || (inner != null && !isCombined(spec))) {
      return new Trusted();
    }
    if (inner != null) {
      return ofAll(TableSpec.split(inner), defaultType, rights);
    }
    if (spec.type().equals("debug")) {
      return of(spec.name(), defaultType, rights);
    }
    if (REMOTE.contains(spec.type())) {
      return new Unknown(spec + " is answered by another program");
    }
    return ofFile(spec, rights);
  }

  private static boolean isCombined(TableSpec spec) {
    return Set.of("unionmap", "pipemap", "randmap").contains(spec.type());
  }

  /** One untrusted member makes the whole so. */
  private static TableOwner ofAll(Iterable<String> members, String defaultType, ReadRights rights) {
    for (String member : members) {
      TableOwner owner = of(member, defaultType, rights);
      if (!(owner instanceof Trusted)) {
        return owner;
      }
    }
    return new Trusted();
  }

  private static TableOwner ofFile(TableSpec spec, ReadRights rights) {
    try {
      return owner(Path.of(spec.name()), rights);
    } catch (NoSuchFileException e) {
      @Nullable Path compiled = Tables.compiledFile(spec);
      try {
        return compiled == null
            ? new Unknown(spec.name() + " is not there")
            : owner(compiled, rights);
      } catch (IOException again) {
        return new Unknown(spec.name() + ": " + again.getMessage());
      }
    } catch (IOException e) {
      return new Unknown(spec.name() + ": " + e.getMessage());
    }
  }

  private static TableOwner owner(Path file, ReadRights rights) throws IOException {
    Object uid = rights.read(() -> Files.getAttribute(file, "unix:uid"));
    if (!(uid instanceof Integer number)) {
      return new Unknown(file + ": its owner is not known");
    }
    return number == 0 ? new Trusted() : new User(Integer.toUnsignedLong(number));
  }
}
