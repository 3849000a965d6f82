package dev.postrider.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * Private keys as OpenSSL writes them: PKCS#8, and the older forms PKCS#1 for RSA (RFC 8017 §A.1.2)
 * and RFC 5915 for elliptic curves, which Java reads only inside PKCS#8. Functions only.
 */
final class PrivateKeys {
  private static final byte[] VERSION_0 = {2, 1, 0};

  /** rsaEncryption, with its parameters NULL. */
  private static final byte[] RSA = {
    0x30, 0x0d, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  /** id-ecPublicKey; its parameters, the curve, follow. */
  private static final byte[] EC = {6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1};

  private PrivateKeys() {}

  static boolean isKey(String label) {
    return label.endsWith("PRIVATE KEY");
  }

  /**
   * Reads one.
   *
   * @throws IOException if it is no key that this Java can use
   */
  static PrivateKey read(Pem.Block block) throws IOException {
    byte[] pkcs8 =
        switch (block.label()) {
          case "PRIVATE KEY" -> block.data();
          case "RSA PRIVATE KEY" -> sequence(VERSION_0, RSA, tagged(4, block.data()));
          case "EC PRIVATE KEY" ->
              sequence(VERSION_0, sequence(EC, curve(block.data())), tagged(4, block.data()));
          default -> throw new IOException("keys of the kind " + block.label() + " are not used");
        };
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException _) {
        // Another kind of key.
      } catch (GeneralSecurityException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    throw new IOException("a private key that is damaged or of a kind that is not known");
  }

  /** The curve of an EC key: what stands in its part [0]. */
  private static byte[] curve(byte[] key) throws IOException {
    int position = 1 + lengthOctets(key, 1);
    while (position >= 0 && position + 2 < key.length) {
      int tag = key[position] & 0xff;
      int content = position + 1 + lengthOctets(key, position + 1);
      int length = length(key, position + 1);
      if (length < 0 || content + length > key.length) {
        break;
      }
      if (tag == 0xa0) {
        return java.util.Arrays.copyOfRange(key, content, content + length);
      }
      position = content + length;
    }
    throw new IOException("an EC key that does not name its curve: convert it by openssl pkcs8");
  }

  private static int lengthOctets(byte[] der, int at) {
    int first = der[at] & 0xff;
    return first < 0x80 ? 1 : 1 + (first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 1; i <= (first & 0x7f); i++) {
      if (i > 3 || at + i >= der.length) {
        return -1;
      }
      length = (length << 8) | (der[at + i] & 0xff);
    }
    return length;
  }

  private static byte[] sequence(byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    return tagged(0x30, content.toByteArray());
  }

  private static byte[] tagged(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
