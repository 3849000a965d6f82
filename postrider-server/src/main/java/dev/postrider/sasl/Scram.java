package dev.postrider.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * SCRAM-SHA-1 (RFC 5802) and SCRAM-SHA-256 (RFC 7677), without channel binding. The server's
 * signature is checked: a server that does not know the password is found out even if it says 235.
 */
final class Scram implements SaslClient {
  /** More rounds would let a hostile server keep us busy; real servers use 4096 to 600,000. */
  private static final int MAX_ITERATIONS = 2_000_000;

  /** Fewer would make guessing the password from what we send cheap (RFC 7677 §4). */
  private static final int MIN_ITERATIONS = 4096;

  private static final String GS2_HEADER = "n,,";

  private final String hash;
  private final Credentials credentials;
  private final String clientNonce;
  private String expectedSignature = "";
  private int step;
  private boolean complete;

  /**
   * @param hash SHA-1 or SHA-256
   */
  Scram(String hash, Credentials credentials) {
    this(hash, credentials, nonce());
  }

  Scram(String hash, Credentials credentials, String clientNonce) {
    this.hash = hash;
    this.credentials = credentials;
    this.clientNonce = clientNonce;
  }

  private static String nonce() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return Base64.getEncoder().withoutPadding().encodeToString(random);
  }

  @Override
  public String mechanism() {
    return "SCRAM-" + hash;
  }

  @Override
  public byte[] initialResponse() {
    return (GS2_HEADER + clientFirstBare()).getBytes(StandardCharsets.UTF_8);
  }

  private String clientFirstBare() {
    String user = prepared(credentials.user()).replace("=", "=3D").replace(",", "=2C");
    return "n=" + user + ",r=" + clientNonce;
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    String message = new String(challenge, StandardCharsets.UTF_8);
    return switch (step++) {
      case 0 -> clientFinal(message);
      case 1 -> checkServer(message);
      default -> throw new SaslException(mechanism() + ": the server does not come to an end");
    };
  }

  private byte[] clientFinal(String serverFirst) throws SaslException {
    String nonce = field(serverFirst, 'r');
    byte[] salt = decoded(field(serverFirst, 's'));
    int iterations = iterations(field(serverFirst, 'i'));
    if (!nonce.startsWith(clientNonce) || nonce.length() == clientNonce.length()) {
      throw new SaslException(mechanism() + ": the server's nonce does not continue ours");
    }
    String withoutProof =
        "c="
            + Base64.getEncoder().encodeToString(GS2_HEADER.getBytes(StandardCharsets.UTF_8))
            + ",r="
            + nonce;
    byte[] signed =
        (clientFirstBare() + "," + serverFirst + "," + withoutProof)
            .getBytes(StandardCharsets.UTF_8);
    try {
      byte[] salted = salted(salt, iterations);
      byte[] clientKey = hmac(salted, "Client Key".getBytes(StandardCharsets.UTF_8));
      byte[] storedKey = MessageDigest.getInstance(hash).digest(clientKey);
      byte[] proof = hmac(storedKey, signed);
      for (int i = 0; i < proof.length; i++) {
        proof[i] ^= clientKey[i];
      }
      byte[] serverKey = hmac(salted, "Server Key".getBytes(StandardCharsets.UTF_8));
      expectedSignature = Base64.getEncoder().encodeToString(hmac(serverKey, signed));
      return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof))
          .getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new SaslException(mechanism() + ": not possible in this Java: " + e.getMessage());
    }
  }

  private byte[] checkServer(String serverFinal) throws SaslException {
    if (serverFinal.startsWith("e=")) {
      throw new SaslException(mechanism() + ": the server says " + serverFinal);
    }
    byte[] theirs = decoded(field(serverFinal, 'v'));
    if (!MessageDigest.isEqual(theirs, Base64.getDecoder().decode(expectedSignature))) {
      throw new SaslException(
          mechanism() + ": the server could not prove that it knows the password");
    }
    complete = true;
    return new byte[0];
  }

  @Override
  public boolean isComplete() {
    return complete;
  }

  /** The value of {@code name=value} among fields separated by commas. */
  private String field(String message, char name) throws SaslException {
    for (String part : message.split(",")) {
      if (part.length() > 1 && part.charAt(0) == name && part.charAt(1) == '=') {
        return part.substring(2);
      }
    }
    throw new SaslException(mechanism() + ": the server's message has no " + name + "=");
  }

  private byte[] decoded(String base64) throws SaslException {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw new SaslException(mechanism() + ": bad base64 from the server");
    }
  }

  private int iterations(String digits) throws SaslException {
    try {
      int iterations = Integer.parseInt(digits);
      if (iterations >= MIN_ITERATIONS && iterations <= MAX_ITERATIONS) {
        return iterations;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new SaslException(mechanism() + ": unacceptable iteration count " + digits);
  }

  /** Hi() of RFC 5802 §2.2, which is PBKDF2 with one block. */
  private byte[] salted(byte[] salt, int iterations) throws GeneralSecurityException {
    Mac mac = mac(prepared(credentials.password()).getBytes(StandardCharsets.UTF_8));
    byte[] block = Arrays.copyOf(salt, salt.length + 4);
    block[block.length - 1] = 1;
    byte[] round = mac.doFinal(block);
    byte[] result = round.clone();
    for (int i = 1; i < iterations; i++) {
      round = mac.doFinal(round);
      for (int j = 0; j < result.length; j++) {
        result[j] ^= round[j];
      }
    }
    return result;
  }

  private byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    return mac(key).doFinal(text);
  }

  private Mac mac(byte[] key) throws GeneralSecurityException {
    String algorithm = "Hmac" + hash.replace("-", "");
    Mac mac = Mac.getInstance(algorithm);
    mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, algorithm));
    return mac;
  }

  /** The part of SASLprep (RFC 4013) that changes what people type. */
  private static String prepared(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC);
  }
}
