package dev.postrider.oauth;

/** Hears when a person is needed. Called once for each turn of events, on any thread. */
public interface LoginAlarm {
  /**
   * An account stopped working until a person logs in.
   *
   * @param reason what happened, without the remedy
   */
  void needsLogin(String account, String reason);

  /** It works again. */
  void worksAgain(String account);

  /** For commands, whose caller sees it anyway. */
  static LoginAlarm silent() {
    return new LoginAlarm() {
      @Override
      public void needsLogin(String account, String reason) {}

      @Override
      public void worksAgain(String account) {}
    };
  }
}
