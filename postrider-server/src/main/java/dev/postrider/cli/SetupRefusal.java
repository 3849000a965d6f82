package dev.postrider.cli;

/** Why a setup ends before it has written anything; the message is for people. */
final class SetupRefusal extends Exception {
  private static final long serialVersionUID = 1;

  /** Something cannot be reached, or takes no mail from here. */
  static final int EX_UNAVAILABLE = 69;

  /** A login is refused, or something is missing that nobody can be asked for. */
  static final int EX_NOPERM = 77;

  private final int code;

  SetupRefusal(int code, String message) {
    super(message);
    this.code = code;
  }

  static SetupRefusal unavailable(String message) {
    return new SetupRefusal(EX_UNAVAILABLE, message);
  }

  static SetupRefusal noPermission(String message) {
    return new SetupRefusal(EX_NOPERM, message);
  }

  /** The exit code of the command. */
  int code() {
    return code;
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
