package dev.postrider.account;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * By what a changed password is noticed: two bytes of a salted hash. That is enough to see a change
 * (but for one in 65,536) and far too little to find the password by.
 */
record PasswordMark(String salt, String mark) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SALT_BYTES = 16;
  private static final int MARK_BYTES = 2;

  static PasswordMark of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    String text = HexFormat.of().formatHex(salt);
    return new PasswordMark(text, hash(text, password));
  }

  boolean fits(String password) {
    return hash(salt, password).equals(mark);
  }

  private static String hash(String salt, String password) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(salt.getBytes(StandardCharsets.US_ASCII));
      byte[] hash = digest.digest(password.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, MARK_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
