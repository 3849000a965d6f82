package dev.postrider.sasl;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** CRAM-MD5 (RFC 2195): an HMAC of the challenge under the password. */
final class CramMd5 implements SaslClient {
  private final Credentials credentials;

  CramMd5(Credentials credentials) {
    this.credentials = credentials;
  }

  @Override
  public String mechanism() {
    return "CRAM-MD5";
  }

  @Override
  public byte[] initialResponse() {
    return new byte[0];
  }

  @Override
  public byte[] respond(byte[] challenge) throws SaslException {
    if (challenge.length == 0) {
      throw new SaslException("CRAM-MD5: empty challenge");
    }
    byte[] digest = hmac(credentials.password().getBytes(StandardCharsets.UTF_8), challenge);
    return (credentials.user() + " " + HexFormat.of().formatHex(digest))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] hmac(byte[] key, byte[] text) throws SaslException {
    try {
      Mac mac = Mac.getInstance("HmacMD5");
      // An HMAC pads its key with zeros, so one zero octet is the empty key, which Java refuses.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacMD5"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new SaslException("CRAM-MD5: not possible in this Java: " + e.getMessage());
    }
  }

  @Override
  public boolean isComplete() {
    return true;
  }
}
