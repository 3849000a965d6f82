package dev.postrider.archive;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * By what a content is known again. Immutable.
 *
 * @param size in bytes
 * @param sha256 in hexadecimal, lower case
 */
public record ContentMark(long size, String sha256) {
  static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  static ContentMark of(long size, MessageDigest digest) {
    return new ContentMark(size, HexFormat.of().formatHex(digest.digest()));
  }
}
