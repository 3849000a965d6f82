package dev.postrider.provider;

import java.util.Locale;

/**
 * What an account is opened with.
 *
 * @param kind of credential
 * @param page where it is made, or empty
 * @param hint what else a person should know of it, or empty
 */
public record CredentialKind(Kind kind, String page, String hint) {
  /** The kinds there are. */
  public enum Kind {
    /** The account's own password. */
    PASSWORD("the account's password"),
    /** A password for one program, made in the account's settings. */
    APP_PASSWORD("an app password"),
    /** A key or token for sending. */
    KEY("a key for sending"),
    /** A login in the browser, whose token is renewed by the daemon. */
    OAUTH("a login in the browser (OAuth)");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For people: with its article, to follow "it needs". */
    public String words() {
      return words;
    }

    static Kind of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }
}
