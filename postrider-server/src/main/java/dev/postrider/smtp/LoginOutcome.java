package dev.postrider.smtp;

/** What came of trying a login. */
public enum LoginOutcome {
  /** The server knows the login, and takes the sender if one was named. */
  WORKS,
  /** No connection came about: another server or port may do. */
  UNREACHABLE,
  /** The server answered, and cannot be used as it is asked to: no TLS, a wrong certificate. */
  UNUSABLE,
  /** The server does not take this user and password: to be tried again with another only. */
  REFUSED,
  /** The server cannot say at the moment whether the login is right. */
  NOT_NOW,
  /** The login is right, and mail of that sender is not taken. */
  SENDER_REFUSED
}
