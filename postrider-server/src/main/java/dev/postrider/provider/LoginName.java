package dev.postrider.provider;

/** What an account's name is where it logs in. */
public sealed interface LoginName {
  /** The whole address. */
  record Address() implements LoginName {}

  /** What is before the at sign. */
  record LocalPart() implements LoginName {}

  /** The same for everybody: the key alone says who it is. */
  record Fixed(String name) implements LoginName {}

  /**
   * Only its owner knows.
   *
   * @param what it is and where it stands, for the question
   */
  record Asked(String what) implements LoginName {}

  /** The name for an address, or nothing where it must be asked for. */
  default java.util.Optional<String> of(String address) {
    return switch (this) {
      case Address _ -> java.util.Optional.of(address);
      case LocalPart _ ->
          java.util.Optional.of(address.substring(0, Math.max(0, address.lastIndexOf('@'))));
      case Fixed(var name) -> java.util.Optional.of(name);
      case Asked _ -> java.util.Optional.empty();
    };
  }
}
